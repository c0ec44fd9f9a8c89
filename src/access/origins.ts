/** Which pages may talk to this daemon from a browser. What is no browser sends no origin, and is let pass. */
export interface Origins {
  /** May connect: pages of the daemon's own address and of the listed ones. `host` is the request's Host header. */
  mayConnect(origin: string | null, host: string | null): boolean;
  /** May call REST from elsewhere: the listed ones alone. */
  isListed(origin: string): boolean;
  /** Whether any is listed: else all answers are the same whoever asks. */
  readonly anyListed: boolean;
}

export interface OriginsOptions {
  /** Such as "https://app.example.com"; "*" stands for all. */
  readonly listed: readonly string[];
  /** How people reach the daemon, where that is not what its requests say. */
  readonly publicUrl?: string | undefined;
}

export function createOrigins({ listed, publicUrl }: OriginsOptions): Origins {
  const own = publicUrl === undefined ? null : new URL(publicUrl).origin;
  const known = new Set(listed);
  const isListed = (origin: string): boolean => known.has("*") || known.has(origin);
  return {
    isListed,
    anyListed: listed.length > 0,
    mayConnect(origin, host) {
      if (origin === null || origin === own || isListed(origin)) return true;
      // Without the scheme: behind a proxy that speaks TLS the daemon hears http.
      return host !== null && URL.parse(origin)?.host === host;
    },
  };
}
