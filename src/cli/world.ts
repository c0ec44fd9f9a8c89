/** What commands may touch of the world outside. main.ts brings the real one. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data alone. */
  readonly out: Sink;
  /** What is said to people: notes, progress, problems. */
  readonly err: Sink;
  stdinText(): Promise<string>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** Unguessable, for an Idempotency-Key. */
  randomId(): string;
  /** Where the daemon of this machine is, as its own settings and data directory say. Throws a Failure. */
  ownDaemon(flags: TargetFlags): Target;
  /** Asks a person; null where nobody is at a terminal. */
  confirm(question: string): Promise<boolean> | null;
}

export interface Sink {
  readonly isTerminal: boolean;
  /** Characters in a line of the terminal. */
  readonly columns: number;
  /** Resolves when more may be written. */
  write(content: string | Uint8Array): Promise<void>;
}

/** A daemon and the right to ask it. */
export interface Target {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** PEM of the certificate that the daemon of this machine has for other names than the one it is asked by. */
  readonly certificate?: string;
}

/** Options of every command that say where the daemon is. */
export interface TargetFlags {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly config?: string | undefined;
}
