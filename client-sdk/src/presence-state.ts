import type { RowId } from "./contract/layout.ts";

/** What a client tells of itself; more may be added, all of it JSON. */
export interface PresenceState {
  readonly name?: string;
  readonly color?: string;
  /** Where it is; `column` is the column's key. */
  readonly cell?: { readonly row: RowId; readonly column: string } | null;
  readonly [key: string]: unknown;
}

export interface Person {
  /** Of one page or process; another one after a reload. */
  readonly id: number;
  readonly state: PresenceState;
}

export interface PresenceWire {
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly now: () => number;
  send(update: Uint8Array): void;
  /** Asks who is there. */
  query(): void;
}
