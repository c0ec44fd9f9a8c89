import type { SourceError } from "../../sources/source.ts";

/** What an account is doing, for people. */
export interface AccountView {
  readonly account: string;
  readonly project: string;
  readonly readsPerMinute: number;
  readonly readsUsed: number;
  /** What all of its sources are told at present instead of being polled. */
  readonly error: SourceError | null;
  readonly sources: readonly {
    readonly id: string;
    /** Expected time between two polls. */
    readonly intervalMs: number;
    readonly watched: boolean;
    readonly hinted: boolean;
    readonly changesPerHour: number;
  }[];
}
