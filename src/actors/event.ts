import type { TabAnswer } from "#contract/rest.ts";
import type { Result } from "#contract/result.ts";
import type { AppendError, StorageError } from "../backend/backend.ts";
import type { PollResult, SourceError } from "../sources/source.ts";
import type { Waiting, WriteError, WriteReport } from "./edits/write-back.ts";
import type { PollSettings } from "./poll-settings.ts";
import type { ActorRecord } from "./record.ts";

/** What happens to an actor: results of its effects, its timer, and what others ask of it. */
export type ActorEvent =
  | { readonly tag: "Loaded"; readonly result: Result<LoadedRecord, StorageError> }
  | { readonly tag: "Polled"; readonly result: Result<PollResult, SourceError> }
  | { readonly tag: "Applied"; readonly result: Result<AppliedTabs, ApplyError> }
  /** `record` is the very object of the save effect. */
  | { readonly tag: "Saved"; readonly record: ActorRecord; readonly result: Result<void, StorageError> }
  | { readonly tag: "Written"; readonly result: Result<WriteReport, WriteError> }
  | { readonly tag: "Wake" }
  | { readonly tag: "WriteDue" }
  /** There are edits in the outbox. */
  | { readonly tag: "EditsTaken" }
  /** The source may have changed, or a person wants to know: poll soon. */
  | { readonly tag: "Hinted" }
  | { readonly tag: "PauseRequested" }
  | { readonly tag: "ResumeRequested" }
  /** `reopen`: more than the polling interval changed, so that revisions of before mean nothing any more. */
  | { readonly tag: "SettingsChanged"; readonly settings: PollSettings; readonly reopen: boolean }
  | { readonly tag: "StopRequested" };

export type EventOf<T extends ActorEvent["tag"]> = Extract<ActorEvent, { tag: T }>;

export interface LoadedRecord {
  /** Null for a source that was never read. */
  readonly record: ActorRecord | null;
  /** Bound tabs without a document, or of which the record tells nothing: their content must be read again. */
  readonly missing: readonly string[];
  /** Of edits. */
  readonly waiting: Waiting;
}

export interface AppliedTabs {
  readonly tabs: readonly TabAnswer[];
  /** Names of the documents whose content or title changed, removed ones included. */
  readonly changed: readonly string[];
  /** Oddities met while applying, each a sentence for a person. */
  readonly notices: readonly string[];
}

/** MissingDocument: a tab said to be unchanged has no document here. */
export type ApplyError = AppendError | { readonly tag: "MissingDocument"; readonly name: string };
