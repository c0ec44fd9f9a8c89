/** The edits documents, as those see them who carry the edits out. */
import type { Outcome, Progress, Wish } from "#contract/edits.ts";
import type { Result } from "#contract/result.ts";
import type { StorageError } from "../backend/backend.ts";

export interface EditsDocuments {
  /**
   * Calls `taker` with what stands in the edits documents and is not decided: all of it at the start, then whatever
   * comes, once it is durable. It is asked again until it says that everything is durable at its side.
   */
  start(taker: EditsTaker): Promise<void>;
  /**
   * Brings news of edits into their subject's document, durable when it resolves. An entry of `edits` is deleted only
   * if it still is the very edit; news of one that is not there any more is dropped. Telling it again changes nothing.
   */
  tell(place: EditsPlace, news: readonly EditNews[]): Promise<Result<void, StorageError>>;
  /** Removes the edits documents of a tab, or of all tabs of a source. */
  remove(source: string, tab?: string): Promise<Result<void, StorageError>>;
}

export type EditsTaker = (place: EditsPlace, change: EditsChange) => Promise<Result<void, StorageError>>;

export interface EditsPlace {
  readonly source: string;
  readonly tab: string;
  readonly subject: string;
}

export interface EditsChange {
  /** In the order of their arrival. */
  readonly put: readonly {
    readonly key: string;
    readonly id: string;
    /** What the id of the edit ends with that its author set it over; that one may have been decided meanwhile. */
    readonly over?: string;
    /** The wish, or what is wrong with it. */
    readonly wish: Wish | string;
    /** Wall time, ms. */
    readonly atMs: number;
  }[];
  /** Ids of edits that their author took back, or replaced by a later one of the same key. */
  readonly withdrawn: readonly string[];
}

export type EditNews = { readonly key: string; readonly id: string } & (
  | { readonly tag: "progress"; readonly progress: Progress }
  | { readonly tag: "confirmed" }
  | { readonly tag: "outcome"; readonly outcome: Outcome }
);
