import type { FieldProblem, RegisterBody } from "#contract/rest.ts";
import type { Result } from "#contract/result.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { WriteBatch, WriteResult } from "../model/write.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Opaque to everyone but the source that made it; kept by the actor, given back at the next poll. */
export type Revision = string;

/** Where content comes from. Holds no timer, retry or cursor: the actor owns pacing and state. */
export interface Source {
  /** Without a `turn` a source goes by its own idea of how much one poll may ask. */
  poll(
    since: Revision | null,
    signal: AbortSignal,
    turn?: PollTurn,
  ): Promise<Result<PollResult, SourceError>>;
  /**
   * Absent: read-only. Reads where everything stands, decides each edit on what it finds there (model/resolve.ts), and
   * writes what may be written, in this one go. An error says that nothing is known of any edit: the same batch comes
   * again with `again` set, and must not be written twice.
   */
  write?(batch: WriteBatch, signal: AbortSignal): Promise<Result<WriteResult, SourceError>>;
  /**
   * Absent where the far end does not say by itself when it changed. Calls `onHint` when it may have, and resolves
   * when the far end stops saying so; whoever watches begins again, with a pause.
   */
  watch?(onHint: () => void, signal: AbortSignal): Promise<Result<void, SourceError>>;
  /** What it shares with other sources; absent where every source is on its own. */
  readonly budget?: Budget;
  /** Where news of its content may come from, and what it is called there. */
  readonly hints?: { readonly feed: ChangeFeed; readonly key: string };
}

/**
 * What a far end tells of changes in many sources at once: the same object for all of them. A hint only: what it tells
 * may come late or never, so that nothing is proven unchanged by its silence.
 */
export interface ChangeFeed {
  /** Keys of what changed since `cursor`; null: from now on. */
  read(cursor: string | null, signal: AbortSignal): Promise<Result<FeedNews, SourceError>>;
  /** Asks to be called at `address` when there is news. */
  watch(
    channel: Channel,
    cursor: string,
    signal: AbortSignal,
  ): Promise<Result<{ readonly resourceId: string; readonly endsAtMs: number }, SourceError>>;
  stop(
    channel: { readonly id: string; readonly resourceId: string },
    signal: AbortSignal,
  ): Promise<Result<void, SourceError>>;
}

export interface FeedNews {
  readonly cursor: string;
  readonly changed: readonly string[];
}

export interface Channel {
  readonly id: string;
  /** Comes back with every call. */
  readonly token: string;
  readonly address: string;
  /** Wished for; wall time. */
  readonly endsAtMs: number;
}

/** What whoever shares out a budget says of one poll. */
export interface PollTurn {
  /** Something says that the content has changed. */
  readonly hinted: boolean;
  /** Least time between two looks at what changes rarely and costs calls of its own, where the content just changed. */
  readonly lookIntervalMs: number;
}

/** How much a source may ask, where an account and its project bound all of their sources together. */
export interface Budget {
  /** Short, stable and not secret: equal for sources that share it. */
  readonly account: string;
  readonly project: string;
  /** Reads a minute: what is granted, less what refusals have taught. */
  limits(): { readonly account: number; readonly project: number };
  /** Reads that the account has sent in the running minute. */
  used(): number;
  /** Reads that this source has sent so far. */
  sent(): number;
  /** Reads that this source could not do without at its last poll and did not get; 0: it got what it needs. */
  wanted(): number;
  /** How long until so many reads may be sent, in ms; 0: now. */
  waitMs(reads: number): number;
}

export type PollResult =
  | { readonly tag: "Unchanged"; readonly revision: Revision; readonly freshForMs?: number }
  | {
      readonly tag: "Changed";
      readonly revision: Revision;
      readonly snapshot: Snapshot;
      /** The far end says that nothing new is to be had before. */
      readonly freshForMs?: number;
    }
  /** Formulas are still loading: what stands there is not settled and must not be diffed. */
  | { readonly tag: "Pending" };

/** `shared`: it concerns the account, and so all of its sources alike. */
export type SourceError =
  /** Too fast for the quota, or the other side says so. Never an error state: the pace stretches. */
  | { readonly tag: "RateLimited"; readonly retryAfterMs?: number; readonly shared?: true }
  | {
      readonly tag: "Unreachable";
      readonly detail: string;
      readonly fix?: string;
      readonly shared?: true;
    }
  /** Needs a person: credentials are wrong, or the workbook is not shared with them. */
  | {
      readonly tag: "Unauthorized";
      readonly detail: string;
      readonly fix: string;
      readonly shared?: true;
      /** Id of the account that a person must connect again. */
      readonly account?: string;
    }
  | { readonly tag: "NotFound"; readonly detail: string; readonly fix: string }
  | { readonly tag: "Malformed"; readonly path: string; readonly detail: string; readonly fix?: string }
  /** Read, but so unlike what was there before that a person should say whether it is right. */
  | {
      readonly tag: "Doubtful";
      readonly code: "empty" | "too-large" | "changed-shape";
      readonly detail: string;
      readonly fix: string;
    }
  /** The address is one that this daemon must not ask. Nothing was sent. */
  | { readonly tag: "Forbidden"; readonly detail: string; readonly fix: string };

/** One kind of source: a folder under sources/ and a line in drivers.ts. */
export interface SourceDriver {
  readonly kind: string;
  /** What is wrong with `settings`, for an answer 400; empty when it can be opened. */
  check(settings: SourceSettings): readonly FieldProblem[];
  /** `settings` has passed `check`. */
  open(settings: SourceSettings, runtime: Runtime, observe?: RequestObserver): Source;
}

/** Told of every request that a source sent, for metrics. `status` 0: no answer came. */
export type RequestObserver = (request: {
  readonly account: string;
  readonly kind: string;
  readonly status: number;
}) => void;

/** A source's record with its secrets in the clear: lives in memory only, never logged. */
export type SourceSettings = Omit<RegisterBody, "id" | "name" | "description"> & { readonly id: string };
