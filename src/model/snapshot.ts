import type { CellValue } from "#contract/cell.ts";
import type { ColumnType } from "#contract/layout.ts";
import type { WorkbookAnswer } from "#contract/rest.ts";

/** Content of a source at one revision, parsed: what a poll brings. */
export interface Snapshot {
  /** In the source's order. */
  readonly tabs: readonly (TabSnapshot | UnchangedTab)[];
  /** Some tabs could not be read: one that is missing here may still exist. */
  readonly incomplete?: true;
  /** What could not be read or is odd, each a sentence for a person. */
  readonly notices: readonly string[];
  /** Of a source that is a workbook. */
  readonly workbook?: WorkbookAnswer;
}

/** A tab whose content is known not to have changed since the revision that the poll started from. */
export interface UnchangedTab {
  readonly tabId: string;
  readonly title: string;
  readonly unchanged: true;
}

export interface TabSnapshot {
  /** The source's own stable id of the tab (a Google sheetId, a feed's path): outlives a rename. */
  readonly tabId: string;
  readonly title: string;
  readonly unchanged?: false;
  readonly columns: readonly ColumnSnapshot[];
  /** Below the header, by column position; may be ragged: a missing cell is empty. */
  readonly rows: readonly (readonly CellValue[])[];
  /** Position in `columns` of the column whose values identify rows, where the source names one. */
  readonly keyColumn?: number;
  /**
   * The formulas behind the cells, by row and column position; null where there is none. Absent: the source does
   * not tell any.
   */
  readonly formulas?: readonly (readonly (string | null)[])[];
  /** Merged cells as A1 ranges of the source's grid. */
  readonly merges?: readonly string[];
  /** A poll that finds nothing new looks at some of the rows only. */
  readonly readInParts?: true;
  /** Where the table stands in the source's grid. */
  readonly place?: TablePlace;
}

/** All positions count from 0 in the source's grid. */
export interface TablePlace {
  /** null: the table has no header. */
  readonly headerRow: number | null;
  /** Of the table's first row; each row after it is one further down, but for the `leftOut`. */
  readonly firstRow: number;
  readonly firstColumn: number;
  /** Rows of the grid that are no rows of the table, as runs in order. */
  readonly leftOut?: readonly RowRun[];
}

export type RowRun = readonly [row: number, count: number];

export interface ColumnSnapshot {
  readonly header: string;
  readonly type: ColumnType;
  readonly format?: string;
}
