/** A tab as it stands at this moment, with all that decides what may be written where. */
import type { CellValue } from "#contract/cell.ts";
import type { HeaderRow } from "#contract/rest.ts";
import { ok, type Result } from "#contract/result.ts";
import { type Grid, mapGrid } from "../../../model/mapping.ts";
import type { RowRun, TabSnapshot } from "../../../model/snapshot.ts";
import type { SourceError } from "../../source.ts";
import type { Box } from "../a1.ts";
import { tableRows } from "../tab-reading.ts";
import { errorCode, LOADING, malformed, parseJson, type ValueRange } from "../value-ranges.ts";
import type { Condition } from "./validation.ts";

/** Rows and columns of `cell` count from 0 in the grid, those of `snapshot` in the table. */
export interface FreshTab {
  readonly tabId: string;
  readonly sheetId: number;
  readonly sheetTitle: string;
  /** What the source takes of the tab. */
  readonly box: Box;
  /** In the grid; -1 without a header. */
  readonly headerRow: number;
  readonly snapshot: TabSnapshot;
  /** In the grid: of a row of the table; beyond its end of the rows below. */
  gridRow(at: number): number;
  gridColumn(at: number): number;
  /** Undefined: blank. */
  cell(row: number, column: number): FreshCell | undefined;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly merges: readonly Box[];
  readonly protections: readonly Protection[];
  isHiddenRow(row: number): boolean;
  isHiddenColumn(column: number): boolean;
}

/** Where things stand in a tab, and what they are. */
export type SeenTab = Pick<
  FreshTab,
  | "tabId"
  | "sheetId"
  | "sheetTitle"
  | "box"
  | "headerRow"
  | "snapshot"
  | "gridRow"
  | "gridColumn"
  | "cell"
  | "rowCount"
>;

export interface FreshCell {
  readonly value: CellValue;
  readonly formula?: string;
  /** Nobody entered it: it is filled by a formula elsewhere. */
  readonly spilled: boolean;
  /** Whether it holds a formula, or is filled by one, is not known. */
  readonly bare?: true;
  readonly rule?: Condition;
}

/** What a formula gives may depend on what is written elsewhere. */
export function isGiven(cell: FreshCell | undefined): boolean {
  return cell !== undefined && (cell.formula !== undefined || cell.spilled);
}

export interface Protection {
  readonly box: Box;
  /** Cells of a protected tab that are free nonetheless. */
  readonly free: readonly Box[];
  /** The account may change them all the same. */
  readonly mayEdit: boolean;
}

/** What a tab's settings say, as in a poll. */
export interface FreshTabWish {
  readonly tabId: string;
  readonly sheetId: number;
  /** When it was listed: it may have another one by now. */
  readonly sheetTitle: string;
  readonly box: Box;
  readonly header: HeaderRow;
  readonly keyHeader?: string | undefined;
  /** Rows that are hidden are no rows of the table. */
  readonly leaveOutHidden: boolean;
}

export interface SheetAnswers {
  /** By sheetId. */
  readonly sheets: ReadonlyMap<number, AnsweredSheet>;
  /** Where named ranges are now, by the id of the tab that each is. */
  readonly namedRanges: ReadonlyMap<string, { readonly sheetId: number; readonly box: Box }>;
}

/** The answer of spreadsheets.getByDataFilter. */
export function parseSheets(body: Uint8Array): Result<SheetAnswers, SourceError> {
  const answer = parseJson(body);
  if (!answer.ok) return answer;
  const { sheets = [], namedRanges = [] } = (answer.value ?? {}) as AnsweredWorkbook;
  if (!Array.isArray(sheets)) return malformed("sheets", "should be a list of tabs");
  const found = new Map<number, AnsweredSheet>();
  for (const sheet of sheets as (AnsweredSheet | null)[]) {
    if (typeof sheet?.properties?.title !== "string") {
      return malformed("sheets", "each should have properties with a title");
    }
    found.set(sheet.properties.sheetId ?? 0, sheet);
  }
  const named = (Array.isArray(namedRanges) ? (namedRanges as AnsweredName[]) : []).map(
    ({ namedRangeId = "", range = {} }) =>
      [`named ${namedRangeId}`, { sheetId: range.sheetId ?? 0, box: boxOf(range) }] as const,
  );
  return ok({ sheets: found, namedRanges: new Map(named) });
}

/**
 * Null where the answer has nothing of the tab: it is gone. `values`: all of a large tab, where the answer has only some of
 * its rows; of the others only the values are known.
 */
export function freshTab(
  wish: FreshTabWish,
  sheets: SheetAnswers["sheets"],
  values?: ValueRange,
): FreshTab | null {
  const sheet = sheets.get(wish.sheetId);
  if (!sheet) return null;
  const blocks = (sheet.data ?? []).flatMap((one) => {
    const first = (one?.startRow ?? 0) === wish.box.row && (one?.startColumn ?? 0) === wish.box.column;
    return one && (values || first) ? [one] : [];
  });
  const lines = linesOf(blocks);
  const grid = values ? withErrors(values) : gridOf(lines, wish.box);
  const hiddenRows = blocks.flatMap((one) => hiddenRuns(one.rowMetadata ?? [], one.startRow ?? 0));
  const hiddenColumns = blocks.flatMap((one) => hiddenRuns(one.columnMetadata ?? [], one.startColumn ?? 0));
  const { row: top, column: left } = values ?? wish.box;
  const read = { grid, row: top, column: left, suspects: [] };
  const table = tableRows(read, wish.header, wish.leaveOutHidden ? hiddenRows : []);
  const header = table.headerRow < 0 ? undefined : lines.get(table.headerRow);
  const mapped = mapGrid(table.rows, {
    header: table.headerAt < 0 ? "none" : table.headerAt,
    shownHeaders:
      header?.answered.map((cell) =>
        cell?.effectiveValue?.numberValue === undefined ? null : (cell.formattedValue ?? null),
      ) ?? [],
  });
  const keyColumn = mapped.columns.findIndex((one) => one.header.trim() === wish.keyHeader?.trim());
  const { title, gridProperties } = sheet.properties ?? {};
  return {
    ...wish,
    sheetTitle: title!,
    headerRow: table.headerRow,
    snapshot: {
      tabId: wish.tabId,
      title: title!,
      columns: mapped.columns,
      rows: mapped.rows,
      ...(wish.keyHeader !== undefined && keyColumn >= 0 ? { keyColumn } : {}),
    },
    gridRow: (at) => {
      const { length } = mapped.rows;
      if (length === 0) return table.firstRow + at;
      const within = top + table.readAt(mapped.firstRow + Math.min(at, length - 1));
      return at < length ? within : within + 1 + at - length;
    },
    gridColumn: (at) => left + at,
    cell(row, column) {
      const line = lines.get(row);
      if (line) return line.cells[column - line.column] ?? undefined;
      const value = values?.grid[row - top]?.[column - left] ?? null;
      return value === null ? undefined : { value, spilled: false, bare: true };
    },
    rowCount: gridProperties?.rowCount ?? 0,
    columnCount: gridProperties?.columnCount ?? 0,
    merges: (sheet.merges ?? []).map(boxOf),
    protections: (sheet.protectedRanges ?? []).map((one) => ({
      box: boxOf(one.range ?? {}),
      free: (one.unprotectedRanges ?? []).map(boxOf),
      mayEdit: one.warningOnly === true || one.requestingUserCanEdit === true,
    })),
    isHiddenRow: (row) => within(hiddenRows, row),
    isHiddenColumn: (column) => within(hiddenColumns, column),
  };
}

interface Line {
  readonly column: number;
  readonly cells: readonly (FreshCell | null)[];
  readonly answered: readonly (AnsweredCell | null)[];
}

/** By row of the grid. */
function linesOf(blocks: readonly AnsweredBlock[]): Map<number, Line> {
  const lines = new Map<number, Line>();
  for (const { startRow = 0, startColumn: column = 0, rowData = [], rowMetadata = [] } of blocks) {
    // Rows at the end of a block that hold nothing are not told.
    for (let i = 0; i < Math.max(rowData.length, rowMetadata.length); i++) {
      const answered = rowData[i]?.values ?? [];
      lines.set(startRow + i, { column, cells: answered.map(cellOf), answered });
    }
  }
  return lines;
}

function gridOf(lines: ReadonlyMap<number, Line>, { row: top }: Box): Grid {
  const height = [...lines].reduce(
    (most, [row, { cells }]) => (cells.length > 0 ? Math.max(most, row + 1) : most),
    top,
  );
  return Array.from({ length: height - top }, (_, i) =>
    trimmed((lines.get(top + i)?.cells ?? []).map((cell) => cell?.value ?? null)),
  );
}

/** A text that reads like an error is taken for one: which it is, the rows that matter tell themselves. */
function withErrors({ grid, row, column, suspects }: ValueRange): Grid {
  for (const suspect of suspects) {
    const code = errorCode(suspect.text);
    const cells = grid[suspect.row - row] as CellValue[];
    if (code !== null) cells[suspect.column - column] = { error: code };
  }
  return grid;
}

function within(runs: readonly RowRun[], at: number): boolean {
  return runs.some(([from, count]) => at >= from && at < from + count);
}

/** What a cell holds, typed as polls read it; null for a blank that has no rule. */
export function cellOf(cell: AnsweredCell | null): FreshCell | null {
  if (!cell) return null;
  const { effectiveValue, userEnteredValue, dataValidation } = cell;
  const formula = userEnteredValue?.formulaValue;
  const value = cellValue(effectiveValue);
  const { condition } = dataValidation?.strict === true ? dataValidation : {};
  if (value === null && formula === undefined && !condition) return null;
  return {
    value,
    ...(formula === undefined ? {} : { formula }),
    spilled: value !== null && !userEnteredValue,
    ...(condition?.type
      ? {
          rule: {
            type: condition.type,
            values: (condition.values ?? []).map((one) => one.userEnteredValue ?? ""),
          },
        }
      : {}),
  };
}

/** Types of errors as Google names them, as the codes that a sheet shows. */
const ERROR_CODES: Readonly<Record<string, string>> = {
  NULL_VALUE: "#NULL!",
  DIVIDE_BY_ZERO: "#DIV/0!",
  VALUE: "#VALUE!",
  REF: "#REF!",
  NAME: "#NAME?",
  NUM: "#NUM!",
  N_A: "#N/A",
};

function cellValue(value: ExtendedValue | undefined): CellValue {
  if (!value) return null;
  if (value.errorValue) {
    const { type = "" } = value.errorValue;
    return type === "LOADING" ? LOADING : { error: ERROR_CODES[type] ?? "#ERROR!" };
  }
  return (
    value.numberValue ?? value.boolValue ?? (value.stringValue === "" ? null : (value.stringValue ?? null))
  );
}

function trimmed(row: readonly CellValue[]): readonly CellValue[] {
  return row.slice(0, row.findLastIndex((value) => value !== null) + 1);
}

function hiddenRuns(lines: readonly (Hideable | null)[], from: number): RowRun[] {
  const runs: [row: number, count: number][] = [];
  lines.forEach((line, index) => {
    if (!line?.hiddenByUser && !line?.hiddenByFilter) return;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === from + index) last[1]++;
    else runs.push([from + index, 1]);
  });
  return runs;
}

function boxOf(range: GridRange): Box {
  return {
    row: range.startRowIndex ?? 0,
    column: range.startColumnIndex ?? 0,
    endRow: range.endRowIndex ?? null,
    endColumn: range.endColumnIndex ?? null,
  };
}

interface ExtendedValue {
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly formulaValue?: string;
  readonly errorValue?: { readonly type?: string };
}

export interface AnsweredCell {
  readonly userEnteredValue?: ExtendedValue;
  readonly effectiveValue?: ExtendedValue;
  readonly formattedValue?: string;
  readonly dataValidation?: {
    readonly strict?: boolean;
    readonly condition?: {
      readonly type?: string;
      readonly values?: readonly { readonly userEnteredValue?: string }[];
    };
  };
}

interface AnsweredWorkbook {
  readonly sheets?: unknown;
  readonly namedRanges?: unknown;
}

interface AnsweredName {
  readonly namedRangeId?: string;
  readonly range?: GridRange & { readonly sheetId?: number };
}

interface Hideable {
  readonly hiddenByUser?: boolean;
  readonly hiddenByFilter?: boolean;
}

interface GridRange {
  readonly startRowIndex?: number;
  readonly endRowIndex?: number;
  readonly startColumnIndex?: number;
  readonly endColumnIndex?: number;
}

export interface AnsweredSheet {
  readonly properties?: {
    readonly sheetId?: number;
    readonly title?: string;
    readonly gridProperties?: { readonly rowCount?: number; readonly columnCount?: number };
  };
  readonly merges?: readonly GridRange[];
  readonly protectedRanges?: readonly {
    readonly range?: GridRange;
    readonly unprotectedRanges?: readonly GridRange[];
    readonly warningOnly?: boolean;
    readonly requestingUserCanEdit?: boolean;
  }[];
  readonly data?: readonly (AnsweredBlock | null)[];
}

interface AnsweredBlock {
  readonly startRow?: number;
  readonly startColumn?: number;
  readonly rowData?: readonly ({ readonly values?: readonly (AnsweredCell | null)[] } | null)[];
  readonly rowMetadata?: readonly (Hideable | null)[];
  readonly columnMetadata?: readonly (Hideable | null)[];
}
