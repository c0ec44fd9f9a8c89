import type * as Y from "yjs";

/** Keeps documents from one start of the application to the next. What one subject keeps no other one may see. */
export interface OfflineStore {
  /** Brings what is kept under `name` into `doc`, and keeps its changes from now on. */
  open(name: string, doc: Y.Doc, options?: KeepOptions): Promise<KeptCopy>;
  /** Whether anything is kept under `name`. */
  has(name: string): Promise<boolean>;
  /** Forgets everything, as when its subject signs out. */
  eraseAll(): Promise<void>;
}

export interface KeepOptions {
  /** Every page keeps what it does itself, not one for all: wishes, which exist nowhere else. */
  readonly everyPage?: boolean;
}

export interface KeptCopy {
  /** When it was last written, ms since 1970; null: there was nothing. */
  readonly savedAtMs: number | null;
  /** Resolves when all changes so far are kept. */
  saved(): Promise<void>;
  /** Forgets what is kept, and keeps nothing more. */
  erase(): void;
  close(): void;
}
