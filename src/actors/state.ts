import type { SourceProblem, WorkbookAnswer } from "#contract/rest.ts";
import type { Pace, PaceOutcome } from "../model/pacing.ts";
import type { Revision } from "../sources/source.ts";
import type { PollSettings } from "./poll-settings.ts";
import type { ActorRecord, TabBinding } from "./record.ts";

/** The life of an actor, drawn in transition.ts. Times are monotonic milliseconds unless said otherwise. */
export type State =
  | {
      readonly tag: "Loading";
      readonly known: Known;
      readonly failures: number;
      /** What was asked for before the record could tell. */
      readonly wish: "pause" | "resume" | null;
    }
  | ({ readonly tag: "Waiting" } & Rest)
  | {
      readonly tag: "Polling";
      readonly known: Known;
      readonly startedAt: number;
      /** Hinted after the poll began: it may have read too early. */
      readonly again: boolean;
    }
  | {
      readonly tag: "Applying";
      readonly known: Known;
      readonly startedAt: number;
      readonly again: boolean;
      /** What the record will say once everything is durable. */
      readonly next: {
        readonly revision: Revision;
        readonly tabs: readonly TabBinding[];
        readonly notices: readonly string[];
        /** Wall time at which the poll began. */
        readonly readAt: number;
        /** What the poll means for the pace, once it is applied. */
        readonly pace: PaceOutcome;
        readonly workbook?: WorkbookAnswer;
      };
    }
  | ({
      readonly tag: "Writing";
      /** Settings came that the source has to be opened with. */
      readonly reopened: boolean;
    } & Rest)
  | { readonly tag: "Paused"; readonly known: Known; readonly saveFailures: number }
  /** Needs a person; tried again slowly all the same. */
  | ({ readonly tag: "Failed" } & Rest)
  | { readonly tag: "Stopped"; readonly known: Known };

export type StateOf<T extends State["tag"]> = Extract<State, { tag: T }>;

/** Between two polls. */
export interface Rest {
  readonly known: Known;
  readonly poll: PollTimes;
  /** The next poll begins then, or later when it is the source's turn. */
  readonly dueAt: number;
  /** Something says that it has changed. */
  readonly hinted: boolean;
}

export interface PollTimes {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What an actor knows in every state. */
export interface Known {
  readonly settings: PollSettings;
  /** As it should stand on disk. */
  readonly record: ActorRecord;
  /** As it does stand on disk; the same object once all is saved. */
  readonly stored: ActorRecord;
  /** What to poll from: the record's revision, or a newer one of the same content, which is not worth a write. */
  readonly since: Revision | null;
  readonly pace: Pace;
  readonly health: Health;
  readonly writes: Writes;
  /** Wall time. */
  readonly lastPollAt?: number;
  /** Wall time at which the newest poll began that told what the source holds. */
  readonly readAt?: number;
}

/** Edits that wait in the outbox, as far as a transition needs to know. */
export interface Writes {
  /** When to write next; null: nothing waits for a time. */
  readonly dueAt: number | null;
  /** Some edits wait for the next poll. */
  readonly afterPoll: boolean;
  /** In a row. */
  readonly failures: number;
  /** Why nothing can be written at present. */
  readonly problem?: SourceProblem;
  /** What a person should know of edits that wait, each a sentence. */
  readonly notices: readonly string[];
}

export const NO_WRITES: Writes = { dueAt: null, afterPoll: false, failures: 0, notices: [] };

/** What the last poll and apply say about the source. new: nothing yet. */
export type Health =
  | { readonly tag: "new" }
  | { readonly tag: "live" }
  | { readonly tag: "limited"; readonly problem: SourceProblem }
  | { readonly tag: "failing"; readonly problem: SourceProblem }
  | { readonly tag: "failed"; readonly problem: SourceProblem };
