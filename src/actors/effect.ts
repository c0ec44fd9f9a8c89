import type { Snapshot } from "../model/snapshot.ts";
import type { Revision } from "../sources/source.ts";
import type { ActorRecord, TabBinding } from "./record.ts";

/**
 * What a transition asks its shell to do. Work is done one at a time in the order it was asked for; the rest is done
 * at once. When work fails, the work that the same transition asked for after it is not begun.
 */
export type Effect = Work | Order;

/** Wall times: when the poll before began, where there was one, and when the snapshot was there. */
export interface ReadTimes {
  readonly afterMs?: number;
  readonly beforeMs: number;
}

/** Takes time; `load`, `poll`, `apply`, `save` and `write` come back as Loaded, Polled, Applied, Saved and Written. */
export type Work =
  | { readonly tag: "load" }
  /** Opens the source with the newest settings. */
  | { readonly tag: "open" }
  | { readonly tag: "poll"; readonly since: Revision | null }
  /** Brings the snapshot into the documents; done once all of it is durable. `removed` go last. */
  | {
      readonly tag: "apply";
      readonly snapshot: Snapshot;
      readonly bindings: readonly TabBinding[];
      readonly removed: readonly TabBinding[];
      /** What the snapshot changes became so between these times. */
      readonly between: ReadTimes;
    }
  | { readonly tag: "save"; readonly record: ActorRecord }
  /** Takes a batch of edits into the source and settles it, or the one that is on its way since before. */
  | { readonly tag: "write" }
  /** Tells the authors of edits why these wait. */
  | { readonly tag: "hold"; readonly why: string }
  /** The actor is over. */
  | { readonly tag: "close" };

export type Order =
  /**
   * Replaces the wake asked for before. Comes at that time or later: when it is the source's turn among those that
   * share its account, `hinted` ones first.
   */
  | { readonly tag: "wakeAt"; readonly monotonicMs: number; readonly hinted: boolean }
  /** Replaces the WriteDue asked for before. Waits for nobody's turn. */
  | { readonly tag: "writeAt"; readonly monotonicMs: number }
  /** Of both. */
  | { readonly tag: "cancelWake" }
  /** Ends the running load, poll, apply or write and forgets those that wait: their events never come. */
  | { readonly tag: "abort" }
  | { readonly tag: "report"; readonly report: Report };

/** For metrics. Times are monotonic milliseconds. */
export type Report =
  | { readonly tag: "polled"; readonly outcome: PollOutcome; readonly durationMs: number }
  | {
      readonly tag: "applied";
      /** Names of the documents that changed. */
      readonly changed: readonly string[];
      /** When the poll that read the change began: propagation counts from here. */
      readonly polledAtMs: number;
      readonly durableAtMs: number;
    }
  | {
      readonly tag: "wrote";
      /** How many edits ended in which way. */
      readonly outcomes: Readonly<Record<string, number>>;
      readonly changed: readonly string[];
    };

export type PollOutcome =
  | "unchanged"
  | "changed"
  | "pending"
  | "rateLimited"
  | "unreachable"
  | "unauthorized"
  | "notFound"
  | "malformed"
  | "doubtful"
  | "forbidden";
