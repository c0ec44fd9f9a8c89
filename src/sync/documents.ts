import type { Locality, Meta } from "#contract/layout.ts";
import type { Result } from "#contract/result.ts";
import type { AppendError, StorageError } from "../backend/backend.ts";
import type { Baseline, Delta } from "../model/delta.ts";
import type { ChangeOrigin } from "../model/origin.ts";
import type { Lifted, Overlay } from "../model/overlay.ts";
import type { Change } from "./recent-changes.ts";

/** All documents of this daemon: loaded when asked for, one live copy each, durable in the log. */
export interface Documents {
  /** The live document of an encoded name (contract/document-name.ts), loaded from the log on first use. */
  open(name: string): Promise<Result<LiveDocument, OpenError>>;
  /** Whether a document of this name is there, without loading it. */
  has(name: string): Promise<Result<boolean, StorageError>>;
  /** Opens a tab's mirror, or makes an empty one. */
  create(identity: {
    readonly source: string;
    readonly tab: string;
    readonly title: string;
  }): Promise<Result<LiveDocument, OpenError>>;
  /** Ends the document's sessions with 4404 and erases its log. */
  remove(name: string): Promise<Result<void, StorageError>>;
  /** Keeps a loaded document in memory until the result is called. */
  retain(name: string): () => void;
  /** Called with the name of each removed document, after it is gone from the log. */
  onRemoved(listener: (name: string) => void): () => void;
}

/** A tab's mirror, writable. Only the actor of its source calls `apply`. */
export interface LiveDocument {
  readonly name: string;
  /** Why this object is done with: nothing may be written through it, nobody may join. */
  readonly ended: "removed" | "unloaded" | null;
  meta(): Meta;
  /** The rows as they are durable: what the next snapshot is diffed against. */
  baseline(): Baseline;
  /** Changes whenever the content may have changed; fit for an ETag. */
  revision(): string;
  /** The whole document as one update, at the revision it is; encoded once per revision, with pauses. */
  encoded(): Promise<Encoded>;
  /**
   * Tells `follower` where the document stands, then each change once it is durable, without a gap. `since` is a
   * revision that it knows already, from this or an earlier life of the daemon. Resolves with the undo, after `begin`.
   */
  follow(since: string | null, follower: Follower): Promise<() => void>;
  /** One transaction, durable when it resolves. Applying what is already there changes nothing. */
  apply(change: {
    readonly delta: Delta;
    readonly title?: string;
    readonly locality?: Locality;
    /** Wishes that show from now on, and those that are over. */
    readonly overlay?: Overlay;
    readonly lifted?: Lifted;
    /** What the history is to know of it. */
    readonly origin?: ChangeOrigin;
    /** Origin, such as "source". */
    readonly author: string;
  }): Promise<Result<{ readonly changed: boolean }, AppendError>>;
}

export interface Follower {
  /** `missed` is what follows the revision it knows; null: it must start with the rows as they are. */
  begin(document: LiveDocument, missed: readonly Change[] | null): void;
  change(change: Change): void;
}

export interface Encoded {
  readonly revision: string;
  readonly update: Uint8Array;
}

export type OpenError = { readonly tag: "NoSuchDocument"; readonly name: string } | StorageError;
