/** A source among those of its account: what it brings, and what it may ask. */
import type { Result } from "#contract/result.ts";
import type { Heat } from "../../model/heat.ts";
import type { Budget, PollResult, PollTurn, SourceError } from "../../sources/source.ts";

/** What must be known of a source. */
export interface SeatOwner {
  readonly intervalMs: () => number;
  /** Something has changed, or the account works again: poll soon. */
  readonly onHint: () => void;
}

export interface Newcomer {
  readonly source: string;
  readonly owner: SeatOwner;
  readonly budget: Budget;
  readonly heat: Heat;
  /** It takes edits. */
  readonly writable: boolean;
}

export interface Member {
  wakeAt(atMs: number, hinted: boolean, run: () => void): void;
  cancelWake(): void;
  begin(): Result<PollTurn, SourceError>;
  ended(result: Result<PollResult, SourceError> | null): Result<PollResult, SourceError> | null;
  expectedAt(dueAtMs: number): number;
  /** Reads that something else than a poll has sent. */
  spent(reads: number): void;
  /** The source was read before this start. */
  remember(heat: Heat): void;
  /** What it was waiting for. */
  leave(): Wish | null;
}

export interface Wish {
  readonly atMs: number;
  readonly hinted: boolean;
  readonly run: () => void;
}
