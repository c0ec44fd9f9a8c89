/**
 * Bounds the bytes of large answers that wait in sockets at once. A crowd that joins a large tab is served in
 * turn, first come first served: memory stays flat, and the fast ones don't wait for the slow ones' buffers to grow.
 */
export interface JoinGate {
  /** Resolves when `bytes` may be sent; call the result when they have left. */
  enter(bytes: number): Promise<() => void>;
}

export function createJoinGate(bytesMax: number): JoinGate {
  let used = 0;
  const waiting: { readonly bytes: number; readonly admit: () => void }[] = [];

  function admit(bytes: number): () => void {
    used += bytes;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      used -= bytes;
      while (waiting[0] && fits(waiting[0].bytes)) waiting.shift()!.admit();
    };
  }
  /** An answer larger than the whole bound goes alone. */
  const fits = (bytes: number): boolean => used === 0 || used + bytes <= bytesMax;

  return {
    enter(bytes) {
      if (waiting.length === 0 && fits(bytes)) return Promise.resolve(admit(bytes));
      return new Promise((resolve) => {
        waiting.push({ bytes, admit: () => resolve(admit(bytes)) });
      });
    },
  };
}
