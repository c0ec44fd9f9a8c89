/** Answers of .../history and bodies of .../restore, as JSON. Times are ISO 8601, UTC. */
import type { CellValue } from "./cell.ts";
import type { Receipt } from "./edits-rest.ts";
import type { Column, RowId, Slot } from "./layout.ts";

/** One change of a cell, a row, the columns or the order of a tab. */
export type HistoryEntry = HistoryMark &
  (
    | {
        readonly kind: "cell";
        readonly row: RowId;
        readonly slot: Slot;
        /** Key of the column, where the tab still has it. */
        readonly column?: string;
        readonly before: CellValue;
        readonly after: CellValue;
      }
    /** The formula behind a cell; empty: none. */
    | {
        readonly kind: "formula";
        readonly row: RowId;
        readonly slot: Slot;
        readonly column?: string;
        readonly before: string;
        readonly after: string;
      }
    /** Values by slot, what they were when the row came or went. */
    | { readonly kind: "added" | "removed"; readonly row: RowId; readonly values: readonly CellValue[] }
    /** Rows that came at once, as `[first id, how many]`: too many to tell their values. */
    | { readonly kind: "loaded"; readonly rows: readonly (readonly [first: RowId, count: number])[] }
    | { readonly kind: "columns"; readonly before: readonly Column[]; readonly after: readonly Column[] }
    /** In sequence: at index `at` of the list so far, the rows `remove` go and `insert` come. */
    | {
        readonly kind: "order";
        readonly splices: readonly {
          readonly at: number;
          readonly remove: readonly RowId[];
          readonly insert: readonly RowId[];
        }[];
      }
    /** More changed at once than is told: so many cells, so many rows gone. */
    | { readonly kind: "rewritten"; readonly cells: number; readonly rows: number }
  );

export interface HistoryMark {
  /** In the order of time; the cursor that goes on behind this entry. */
  readonly id: string;
  /** When it was recorded: the sheet had it, or had confirmed it. */
  readonly at: string;
  readonly origin: "sheet" | "edit";
  /** Of the sheet: it was not yet so then. Absent: nobody knows. */
  readonly notBefore?: string;
  /** Subject of the token; of the sheet only where the source tells. */
  readonly by?: string;
  /** The edit's id, and when it was made. */
  readonly edit?: string;
  readonly madeAt?: string;
  /** The request, restore or conflict that it is part of. */
  readonly cause?: string;
}

export interface HistoryAnswer {
  /** The newest first. */
  readonly entries: readonly HistoryEntry[];
  readonly next?: string;
}

/** What differs between two times; rows in the order of the later one. */
export interface HistoryDiffAnswer {
  readonly from: string;
  readonly to: string;
  /** Present where any of them differs. */
  readonly columns?: { readonly before: readonly Column[]; readonly after: readonly Column[] };
  readonly added: readonly { readonly row: RowId; readonly values: readonly CellValue[] }[];
  readonly removed: readonly { readonly row: RowId; readonly values: readonly CellValue[] }[];
  readonly changed: readonly {
    readonly row: RowId;
    readonly slot: Slot;
    readonly column: string;
    readonly before: CellValue;
    readonly after: CellValue;
  }[];
  /** Rows of both times stand in another order. */
  readonly reordered: boolean;
}

/** POST .../restore: one of cell, row, tab and batch. */
export type RestoreBody = (
  | { readonly cell: { readonly row: RowId; readonly column: string }; readonly to: string }
  | { readonly row: RowId; readonly to: string }
  | { readonly tab: true; readonly to: string }
  /** Takes back what has this `cause`, where nobody has changed it since. */
  | { readonly batch: string }
) & {
  /** Tells the edits and makes none. */
  readonly preview?: boolean;
};

export interface RestoreAnswer {
  /** The cause of the edits; absent in a preview. */
  readonly restore?: string;
  /** Absent, as is `skipped`, in the answer to a request that comes again under its Idempotency-Key. */
  readonly edits?: readonly RestoreEdit[];
  /** What is left as it is, and why. */
  readonly skipped?: readonly { readonly row?: RowId; readonly column?: string; readonly why: string }[];
  /** One for each edit; absent in a preview. */
  readonly receipts?: readonly Receipt[];
}

export type RestoreEdit =
  | {
      readonly row: RowId;
      readonly column: string;
      readonly from: CellValue;
      readonly to: CellValue;
    }
  /** A row that went comes back as a new one, with another id. */
  | { readonly add: Readonly<Record<string, CellValue>>; readonly after: RowId | null; readonly was: RowId }
  | { readonly remove: RowId };
