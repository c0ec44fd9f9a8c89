/** Where wishes come in and where their fate is told, whatever way they came. */

import type { CellValue } from "#contract/cell.ts";
import type { Wish } from "#contract/edits.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import type { Result } from "#contract/result.ts";
import type { StorageError } from "../../backend/backend.ts";

/** One wish as it arrived. */
export interface Arrival {
  /** Names the very wish; taking the same one twice is harmless. At most 200 characters. */
  readonly id: string;
  readonly source: string;
  /** The tab's name in document ids. */
  readonly tab: string;
  /** Its key in an edits document. */
  readonly key: string;
  /** The wish, or what is wrong with it. */
  readonly wish: Wish | string;
  /** Of the token, such as "token:ab12". */
  readonly subject: string;
  /** Wall time of its arrival, ms. */
  readonly atMs: number;
  /** document: its outcome goes to the subject's edits document; the others ask for their receipts. */
  readonly via: "document" | "rest" | "restore" | "resolve";
  /** What the id of the edit ends with that its author set it over, perhaps without having heard of its end. */
  readonly over?: string;
  /** What the source made of that one: to find it there is no surprise. */
  readonly own?: CellValue;
  /** Names the request, the restore or the conflict that it is part of. */
  readonly cause?: string;
}

export interface EditDesk {
  /**
   * Takes wishes into the outbox, or refuses them one by one. Durable when it resolves. They are told apart by id: one
   * that was taken before gives the receipt it has by now.
   */
  take(arrivals: readonly Arrival[]): Promise<Result<readonly Receipt[], StorageError>>;
  /** A document's wishes that were withdrawn before they were on their way; others are no longer to be stopped. */
  withdraw(source: string, ids: readonly string[]): Promise<Result<void, StorageError>>;
  /** null: no such edit, or its receipt is too old. */
  receipt(source: string, id: string): Promise<Receipt | null>;
  /** Where an edit belongs and whose it is, as long as it has a receipt. */
  ownerOf(source: string, id: string): Promise<Pick<Arrival, "tab" | "subject"> | null>;
  /** Resolves when the edit is decided, or with where it is after `ms`. */
  decided(source: string, id: string, ms: number): Promise<Receipt | null>;
}
