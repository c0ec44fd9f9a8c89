/** Bodies of .../edits, /api/v1/conflicts and /api/v1/deadletters, as JSON. */
import type { CellValue } from "./cell.ts";
import type { EditState } from "./edits.ts";
import type { RowId, Slot } from "./layout.ts";

/** POST /datasources/{id}/tabs/{tab}/edits; the header Idempotency-Key makes a repetition harmless. */
export interface EditsBody {
  readonly edits: readonly EditBody[];
}

/** `column` is a column's key, as in the rows' answer; `row` the row's `$row`. */
export type EditBody =
  | {
      readonly row: RowId;
      readonly column: string;
      readonly value: CellValue;
      readonly formula?: string;
      readonly base?: CellValue;
    }
  | { readonly add: Readonly<Record<string, CellValue>>; readonly after?: RowId | null }
  | { readonly remove: RowId };

export interface EditsAnswer {
  /** One for each edit, in their order. */
  readonly receipts: readonly Receipt[];
}

/** Where one edit is. */
export interface Receipt {
  readonly id: string;
  /** The edit's key in an edits document, such as "12:3". */
  readonly key: string;
  readonly state: Exclude<EditState, "local">;
  /** Of an added row, once it has an id. */
  readonly row?: RowId;
  /** A sentence: why it is not confirmed. */
  readonly why?: string;
  readonly code?: string;
  /** Absent, as is `value`, for who may not read the tab. */
  readonly theirs?: CellValue;
  /** What the sheet made of it, once confirmed. */
  readonly value?: CellValue;
  /** Of the conflict or the dead letter. */
  readonly record?: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly decidedAt?: string;
}

/** Two wishes for one cell, or a wish for a row that is gone. The loser is kept until somebody has chosen. */
export interface ConflictAnswer {
  readonly id: string;
  readonly source: string;
  readonly tab: string;
  readonly row: RowId;
  /** Absent where the whole row is at stake. */
  readonly slot?: Slot;
  readonly column?: string;
  /** What the edit was made on; absent where it did not say, and for who may not read the tab. */
  readonly base?: CellValue;
  /** Absent for who may not read the tab, unless it is their own. */
  readonly mine?: CellValue;
  /** Absent for who may not read the tab. */
  readonly theirs?: CellValue;
  /** Whose edit it was, and when it arrived, ISO 8601. */
  readonly by: string;
  readonly at: string;
  /** When the other value was first seen. */
  readonly seenAt: string;
  readonly reason: "changed" | "row-gone" | "column-gone" | "unheard";
  /** Which value the policy let stand; "nobody": a person is asked. */
  readonly kept: "theirs" | "mine" | "nobody";
  readonly state: "open" | "resolved";
  readonly resolution?: {
    readonly choice: "mine" | "theirs" | "value";
    readonly value?: CellValue;
    readonly by: string;
    readonly at: string;
    /** The edit that carries the choice out. */
    readonly edit?: string;
  };
}

export interface ConflictsAnswer {
  /** The newest first. */
  readonly conflicts: readonly ConflictAnswer[];
  readonly next?: string;
}

/** POST /api/v1/conflicts/{id}/resolve. A choice other than "theirs" is a new edit on top of what stands there. */
export type ResolveBody =
  | { readonly choice: "mine" | "theirs" }
  | { readonly choice: "value"; readonly value: CellValue };

/** An edit that could not be written for a reason that nobody foresaw, after several tries. */
export interface DeadLetterAnswer {
  readonly id: string;
  readonly source: string;
  readonly tab: string;
  readonly key: string;
  readonly row?: RowId;
  readonly slot?: Slot;
  readonly column?: string;
  /** Absent for who may not read the tab, unless it is their own. */
  readonly mine?: CellValue | Readonly<Record<string, CellValue>> | null;
  readonly by: string;
  /** When it arrived and when it was parked, ISO 8601. */
  readonly at: string;
  readonly parkedAt: string;
  readonly tries: number;
  readonly why: string;
}

export interface DeadLettersAnswer {
  /** The newest first. */
  readonly deadLetters: readonly DeadLetterAnswer[];
  readonly next?: string;
}
