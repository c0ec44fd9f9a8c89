/**
 * Keys for requests that must not be done twice: the same for the same body, so that sending it again after a lost
 * answer does nothing anew; another once the body differs or the request was answered well.
 */
export interface RequestKeys {
  keyOf(body: unknown): string;
  /** The next request is another one, even with the same body. */
  renew(): void;
}

export function createRequestKeys(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): RequestKeys {
  let last: { readonly text: string; readonly key: string } | null = null;
  return {
    keyOf(body) {
      const text = JSON.stringify(body);
      if (last?.text !== text) last = { text, key: Array.from(random(new Uint8Array(16)), hex).join("") };
      return last.key;
    },
    renew() {
      last = null;
    },
  };
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
