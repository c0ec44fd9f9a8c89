/** What spreadsheets.get tells of a workbook: itself, its tabs, its named ranges. */
import type { WorkbookAnswer } from "#contract/rest.ts";
import { ok, type Result } from "#contract/result.ts";
import type { RowRun } from "../../model/snapshot.ts";
import type { SourceError } from "../source.ts";
import { type Box, formatBox } from "./a1.ts";
import { malformed, parseJson } from "./value-ranges.ts";

export interface WorkbookList {
  readonly facts: WorkbookAnswer;
  /** In the workbook's order. */
  readonly tabs: readonly ListedTab[];
  readonly namedRanges: readonly NamedRange[];
}

export interface ListedTab {
  readonly sheetId: number;
  readonly title: string;
  readonly hidden: boolean;
  /** A chart sheet or a connected database has no cells. */
  readonly hasCells: boolean;
  /** Of the grid, filled or not. */
  readonly rows: number;
  readonly columns: number;
  readonly merges: readonly Box[];
  /** Only where it was asked for. */
  readonly hiddenRows: readonly RowRun[];
}

export interface NamedRange {
  readonly id: string;
  readonly name: string;
  readonly sheetId: number;
  readonly box: Box;
}

/** A new tab of Google's, for answers that do not tell. */
const GRID_DEFAULT = { rowCount: 1_000, columnCount: 26 };

export function parseTabList(body: Uint8Array): Result<WorkbookList, SourceError> {
  const answer = parseJson(body);
  if (!answer.ok) return answer;
  const { properties, sheets, namedRanges } = (answer.value ?? {}) as AnsweredWorkbook;
  if (!Array.isArray(sheets) || sheets.length === 0) return malformed("sheets", "should be a list of tabs");
  const tabs: (ListedTab & { index: number })[] = [];
  for (const [position, sheet] of (sheets as (AnsweredTab | null)[]).entries()) {
    // Google leaves out a 0 where a field is not required: the first sheet's id may be missing.
    const { sheetId = 0, title, index = position, ...more } = sheet?.properties ?? {};
    if (typeof sheetId !== "number" || typeof title !== "string" || typeof index !== "number") {
      return malformed(`sheets[${position}].properties`, "should have a sheetId and a title");
    }
    tabs.push({
      sheetId,
      title,
      index,
      hidden: more.hidden === true,
      hasCells: (more.sheetType ?? "GRID") === "GRID",
      rows: more.gridProperties?.rowCount ?? GRID_DEFAULT.rowCount,
      columns: more.gridProperties?.columnCount ?? GRID_DEFAULT.columnCount,
      merges: list(sheet?.merges).map(boxOf),
      hiddenRows: hiddenRuns(sheet?.data?.[0]?.rowMetadata ?? []),
    });
  }
  return ok({
    facts: {
      title: text(properties?.title),
      timeZone: text(properties?.timeZone),
      locale: text(properties?.locale),
    },
    tabs: tabs.sort((a, b) => a.index - b.index),
    namedRanges: list(namedRanges).map(({ namedRangeId, name, range }) => ({
      id: text(namedRangeId),
      name: text(name),
      sheetId: range?.sheetId ?? 0,
      box: boxOf(range ?? {}),
    })),
  });
}

/** Merged cells that touch `box`, as A1 ranges. */
export function mergesWithin(merges: readonly Box[], box: Box): string[] {
  const end = (side: number | null): number => side ?? Number.POSITIVE_INFINITY;
  const touches = (merge: Box): boolean =>
    merge.row < end(box.endRow) &&
    end(merge.endRow) > box.row &&
    merge.column < end(box.endColumn) &&
    end(merge.endColumn) > box.column;
  return merges.filter(touches).map(formatBox);
}

interface AnsweredWorkbook {
  readonly properties?: { readonly title?: unknown; readonly timeZone?: unknown; readonly locale?: unknown };
  readonly sheets?: unknown;
  readonly namedRanges?: readonly {
    readonly namedRangeId?: unknown;
    readonly name?: unknown;
    readonly range?: GridRange & { readonly sheetId?: number };
  }[];
}

interface AnsweredTab {
  readonly properties?: {
    readonly sheetId?: unknown;
    readonly title?: unknown;
    readonly index?: unknown;
    readonly hidden?: unknown;
    readonly sheetType?: unknown;
    readonly gridProperties?: { readonly rowCount?: number; readonly columnCount?: number };
  };
  readonly merges?: readonly GridRange[];
  readonly data?: readonly { readonly rowMetadata?: readonly RowMetadata[] }[];
}

/** A missing start is the grid's, a missing end too. */
interface GridRange {
  readonly startRowIndex?: number;
  readonly endRowIndex?: number;
  readonly startColumnIndex?: number;
  readonly endColumnIndex?: number;
}

interface RowMetadata {
  readonly hiddenByUser?: boolean;
  readonly hiddenByFilter?: boolean;
}

function boxOf(range: GridRange): Box {
  return {
    row: range.startRowIndex ?? 0,
    column: range.startColumnIndex ?? 0,
    endRow: range.endRowIndex ?? null,
    endColumn: range.endColumnIndex ?? null,
  };
}

function hiddenRuns(rows: readonly RowMetadata[]): RowRun[] {
  const runs: [row: number, count: number][] = [];
  rows.forEach((row, index) => {
    if (!row.hiddenByUser && !row.hiddenByFilter) return;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === index) last[1]++;
    else runs.push([index, 1]);
  });
  return runs;
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
