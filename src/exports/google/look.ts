/** How an export's workbook stands at present: where its tabs and columns are, and what is in them. */
import { isDeepStrictEqual } from "node:util";
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { err, ok, type Result } from "#contract/result.ts";
import type { Workbook, WorkbookCallError, WorkbookCalls } from "../../sources/google/workbook-calls.ts";
import type { SheetPlan, TabPlan } from "../plan.ts";
import { NOTE_KEYS, numberFor, readNote } from "./names.ts";
import type { TabPlace } from "./places.ts";
import { isBlank, type SeenCell, seen } from "./seen-cell.ts";

export interface Look {
  readonly workbook: Workbook;
  /** By id of the tab. */
  readonly tabs: ReadonlyMap<string, TabLook>;
}

export interface TabLook {
  readonly place: TabPlace;
  /** Columns of the plan that the sheet never had. */
  readonly missing: readonly string[];
  readonly sheet: sheets_v4.Schema$Sheet;
  /** By row and column of the grid, trimmed. */
  readonly cells: readonly (readonly SeenCell[])[];
}

/** People changed the sheet so that the export does not find its way. */
export interface StructureChanged {
  readonly tag: "StructureChanged";
  readonly message: string;
  readonly fix: string;
}

export type LookError = WorkbookCallError | StructureChanged;

const SHEET_FIELDS =
  "namedRanges,sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),conditionalFormats,bandedRanges,basicFilter,protectedRanges,charts(chartId,spec))";
const CELL_FIELDS = "sheets(properties(sheetId),data(startRow,rowData(values(userEnteredValue))))";
/** About 6 MB of JSON. */
const WINDOW_CELLS_MAX = 100_000;

const RESTORE =
  "Nothing was changed. Undo it by the workbook's version history, or delete this export and make a new one";

export interface LookFor {
  readonly fileId: string;
  readonly exportId: string;
  readonly plan: Pick<SheetPlan, "tabs">;
  /** Columns that the sheet was given, by tab. */
  readonly given: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Whoever changes a sheet faster than it can be read is waited for. */
const LOOKS_MAX = 5;

export async function lookAt(
  calls: WorkbookCalls,
  ask: LookFor,
  signal: AbortSignal,
): Promise<Result<Look, LookError>> {
  let before = await calls.notes(ask.fileId, Object.values(NOTE_KEYS), signal);
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    if (!before.ok) return before;
    const notes = readNotes(before.value, ask.exportId);
    const look = await lookBy(calls, ask, notes, signal);
    if (!look.ok && look.error.tag !== "StructureChanged" && look.error.tag !== "BadRange") return look;
    // Notes and cells come by several calls: what moved in between would be taken for something else.
    const after = await calls.notes(ask.fileId, Object.values(NOTE_KEYS), signal);
    if (!after.ok) return after;
    if (isDeepStrictEqual(readNotes(after.value, ask.exportId), notes)) return look;
    before = after;
  }
  return err({ tag: "Unreachable", detail: "the sheet changes while it is read" });
}

async function lookBy(
  calls: WorkbookCalls,
  { fileId, exportId, plan, given }: LookFor,
  found: readonly FoundNote[],
  signal: AbortSignal,
): Promise<Result<Look, LookError>> {
  const read = await calls.read(fileId, SHEET_FIELDS, [], signal);
  if (!read.ok) return read;
  const tabs = new Map<string, TabLook>();
  for (const tab of plan.tabs) {
    const placed = place(tab, exportId, found, read.value, given.get(tab.id) ?? new Set());
    if (!placed.ok) return placed;
    const cells = await readCells(calls, fileId, placed.value.sheet, signal);
    if (!cells.ok) return cells;
    const where = { ...placed.value.place, lastRow: lastRowOf(tab, placed.value.place, cells.value) };
    tabs.set(tab.id, { ...placed.value, place: where, cells: cells.value });
  }
  return ok({ workbook: read.value, tabs });
}

export interface FoundNote {
  readonly kind: "tab" | "column" | "row";
  readonly parts: readonly string[];
  readonly sheetId: number;
  readonly index: number;
}

export function readNotes(
  notes: readonly sheets_v4.Schema$DeveloperMetadata[],
  exportId: string,
): FoundNote[] {
  return notes.flatMap(({ metadataKey, metadataValue, location }) => {
    const parts = readNote(metadataValue, exportId);
    const kind = (["tab", "column", "row"] as const).find((one) => NOTE_KEYS[one] === metadataKey);
    if (!parts || !kind || !location) return [];
    const range = location.dimensionRange;
    const sheetId = range ? (range.sheetId ?? 0) : (location.sheetId ?? 0);
    return [{ kind, parts, sheetId, index: range?.startIndex ?? 0 }];
  });
}

/** Null: people deleted it. */
export function headerRowOf(notes: readonly FoundNote[], tab: string, sheetId: number): number | null {
  const note = notes.find(
    ({ kind, parts, sheetId: at }) =>
      kind === "row" && at === sheetId && parts[0] === tab && parts[1] === "header",
  );
  return note?.index ?? null;
}

function place(
  tab: TabPlan,
  exportId: string,
  notes: readonly FoundNote[],
  workbook: Workbook,
  given: ReadonlySet<string>,
): Result<Pick<TabLook, "place" | "missing" | "sheet">, StructureChanged> {
  const changed = (message: string): Result<never, StructureChanged> =>
    err({ tag: "StructureChanged", message, fix: RESTORE });
  const own = numberFor(exportId, "tab", tab.id);
  const candidates = notes.filter(({ kind, parts }) => kind === "tab" && parts[0] === tab.id);
  // A tab that people duplicated may carry its notes along: the original has the id that it was given.
  const note = candidates.find(({ sheetId }) => sheetId === own) ?? candidates[0];
  const sheet = workbook.sheets?.find(({ properties }) => (properties?.sheetId ?? 0) === note?.sheetId);
  if (!note || !sheet) return changed(`the tab "${tab.title}" was deleted by hand`);
  const here = notes.filter(({ sheetId, parts }) => sheetId === note.sheetId && parts[0] === tab.id);
  const rowOf = (name: string) => here.find(({ kind, parts }) => kind === "row" && parts[1] === name);
  const header = rowOf("header");
  const title = sheet.properties?.title ?? tab.title;
  if (!header) return changed(`the header of the tab "${title}" was deleted by hand`);
  const columns = new Map<string, number>();
  const missing: string[] = [];
  for (const { key, header: name } of tab.columns) {
    const at = here.find(({ kind, parts }) => kind === "column" && parts[1] === key)?.index;
    if (at !== undefined) columns.set(key, at);
    else if (given.has(key)) return changed(`the column "${name}" of the tab "${title}" was deleted by hand`);
    else missing.push(key);
  }
  const totalsRow = tab.totals ? (rowOf("totals")?.index ?? null) : null;
  const headerRow = header.index;
  const where: TabPlace = { sheetId: note.sheetId, title, headerRow, lastRow: headerRow, totalsRow, columns };
  return ok({ place: where, missing, sheet });
}

export async function readCells(
  calls: WorkbookCalls,
  fileId: string,
  { properties }: sheets_v4.Schema$Sheet,
  signal: AbortSignal,
): Promise<Result<SeenCell[][], WorkbookCallError>> {
  const { rowCount = 0, columnCount = 1 } = properties?.gridProperties ?? {};
  const title = (properties?.title ?? "").replaceAll("'", "''");
  const step = Math.max(1, Math.floor(WINDOW_CELLS_MAX / Math.max(1, columnCount ?? 1)));
  const cells: SeenCell[][] = [];
  for (let from = 0; from < (rowCount ?? 0); from += step) {
    const range = `'${title}'!${from + 1}:${Math.min(from + step, rowCount ?? 0)}`;
    const read = await calls.read(fileId, CELL_FIELDS, [range], signal);
    if (!read.ok) return read;
    const rows = read.value.sheets?.[0]?.data?.[0]?.rowData ?? [];
    rows.forEach(({ values }, index) => {
      while (cells.length < from + index) cells.push([]);
      cells.push((values ?? []).map(({ userEnteredValue }) => seen(userEnteredValue)));
    });
  }
  return ok(cells);
}

/** The last row of the table: with a key the last that has one, whatever people wrote below it. */
function lastRowOf(tab: TabPlan, place: TabPlace, cells: TabLook["cells"]): number {
  const end = Math.min(place.totalsRow ?? cells.length, cells.length) - 1;
  const key = tab.keyColumn === null ? undefined : place.columns.get(tab.keyColumn);
  const telling =
    key === undefined
      ? tab.columns.flatMap((column) => (column.formula ? [] : (place.columns.get(column.key) ?? [])))
      : [key];
  for (let row = end; row > place.headerRow; row--) {
    const line = cells[row] ?? [];
    if (telling.some((at) => !isBlank(line[at]))) return row;
  }
  return place.headerRow;
}
