/** Requests that add, remove, move and describe rows and columns. */
import { below, overwrite } from "../fields/field-mask.ts";
import type { Dimension } from "../grid/axis-edit.ts";
import { isRich, withFormat } from "../grid/cell.ts";
import { sizeProblem } from "../grid/limits.ts";
import { editAxis } from "../grid/structure.ts";
import type { Overlay, Tab } from "../grid/tab.ts";
import type { JsonObject } from "../http/json.ts";
import { type Apply, type Batch, fail, growTo, maskIn, numberIn, objectIn, tabIn } from "./request.ts";

export const insertDimension: Apply = (batch, request) => {
  const { tab, dimension, start, end } = spanIn(batch, request);
  if (start > lengthOf(tab, dimension)) fail(batch, `range.startIndex[${start}] must be within the grid.`);
  const count = end - start;
  const { rowCount, columnCount } = tab.size;
  const larger =
    dimension === "ROWS"
      ? { rowCount: rowCount + count, columnCount }
      : { rowCount, columnCount: columnCount + count };
  const problem = sizeProblem(batch.workbook, tab, larger);
  if (problem) fail(batch, problem);
  const before = request.inheritFromBefore === true;
  if (before && start === 0)
    fail(batch, "range.startIndex must be greater than 0 if inheritFromBefore is true.");
  if (!before && start === lengthOf(tab, dimension)) {
    fail(
      batch,
      `range.startIndex[${start}] must be less than the grid size (${start}) if inheritFromBefore is false.`,
    );
  }
  editAxis(batch.workbook, tab, dimension, { kind: "insert", at: start, count });
  inheritFormats(tab, dimension, { at: start, count, from: before ? start - 1 : start + count });
  return {};
};

/** New rows and columns look like their neighbour, as far as it has formats; values and rules are not copied. */
function inheritFormats(
  tab: Tab,
  dimension: Dimension,
  { at, count, from }: { readonly at: number; readonly count: number; readonly from: number },
): void {
  const rows = dimension === "ROWS";
  const length = rows ? tab.grid.row(from).length : tab.grid.height;
  const cellAt = (i: number, across: number) => (rows ? ([i, across] as const) : ([across, i] as const));
  for (let across = 0; across < length; across += 1) {
    const cell = tab.grid.get(...cellAt(from, across));
    if (!isRich(cell) || !cell.format) continue;
    for (let i = at; i < at + count; i += 1)
      tab.grid.set(...cellAt(i, across), withFormat(undefined, cell.format));
  }
}

export const deleteDimension: Apply = (batch, request) => {
  const { tab, dimension, start, end } = spanIn(batch, request);
  if (start === 0 && end >= lengthOf(tab, dimension)) {
    fail(batch, `You can't delete all the ${dimension === "ROWS" ? "rows" : "columns"} on the sheet.`);
  }
  const count = Math.min(end, lengthOf(tab, dimension)) - start;
  if (count <= 0)
    fail(batch, `Cannot delete a ${dimension === "ROWS" ? "row" : "column"} that doesn't exist.`);
  editAxis(batch.workbook, tab, dimension, { kind: "delete", at: start, count });
  return {};
};

export const appendDimension: Apply = (batch, request) => {
  const tab = tabIn(batch, numberIn(request, "sheetId"));
  const length = numberIn(request, "length") ?? 0;
  const columns = request.dimension === "COLUMNS";
  const { rowCount, columnCount } = tab.size;
  growTo(batch, tab, columns ? rowCount : rowCount + length, columns ? columnCount + length : columnCount);
  return {};
};

export const moveDimension: Apply = (batch, request) => {
  const { tab, dimension, start, end } = spanIn(batch, request, "source");
  const destination = numberIn(request, "destinationIndex") ?? 0;
  if (end > lengthOf(tab, dimension) || destination < 0 || destination > lengthOf(tab, dimension)) {
    fail(batch, `destinationIndex[${destination}] and source must be within the grid.`);
  }
  if (destination > start && destination < end) return {};
  editAxis(batch.workbook, tab, dimension, { kind: "move", at: start, count: end - start, destination });
  return {};
};

export const updateDimensionProperties: Apply = (batch, request) => {
  const { tab, dimension, start, end } = spanIn(batch, request);
  const mask = maskIn(batch, request, "DimensionProperties");
  const set = dimension === "ROWS" ? tab.state.rows : tab.state.columns;
  for (let i = start; i < Math.min(end, lengthOf(tab, dimension)); i += 1) {
    const written = overwrite(set[i] ?? {}, objectIn(request, "properties"), mask);
    // Google does not show what is false.
    const kept = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== false));
    set[i] = Object.keys(kept).length > 0 ? kept : undefined;
  }
  return {};
};

/** Widths that fit the content are a browser's business; nothing shows here. */
export const autoResizeDimensions: Apply = () => ({});

export const addDimensionGroup: Apply = (batch, request) => {
  const { tab, dimension, start, end } = spanIn(batch, request);
  const groups = groupsOf(tab, dimension);
  const depth = 1 + groups.filter((one) => inside(one, start, end)).length;
  groups.push(group(tab, dimension, start, end, depth));
  tab.state.gridProperties[dimension === "ROWS" ? "rowGroupControlAfter" : "columnGroupControlAfter"] = true;
  return { addDimensionGroup: { dimensionGroups: groups.map((one) => shownGroup(one)) } };
};

export const deleteDimensionGroup: Apply = (batch, request) => {
  const { tab, dimension, start, end } = spanIn(batch, request);
  const groups = groupsOf(tab, dimension);
  const at = groups.findIndex(
    (one) => numberOf(one, "startIndex") === start && numberOf(one, "endIndex") === end,
  );
  if (at < 0) fail(batch, "Cannot delete a group that doesn't exist.");
  groups.splice(at, 1);
  const left = groups.map((one) => shownGroup(one));
  return { deleteDimensionGroup: left.length > 0 ? { dimensionGroups: left } : {} };
};

export const updateDimensionGroup: Apply = (batch, request) => {
  const given = objectIn(request, "dimensionGroup");
  const { tab, dimension, start, end } = spanIn(batch, given);
  const mask = maskIn(batch, request, "DimensionGroup");
  for (const one of groupsOf(tab, dimension)) {
    if (numberOf(one, "startIndex") !== start || numberOf(one, "endIndex") !== end) continue;
    if (below(mask, "collapsed") !== undefined) one.collapsed = given.collapsed === true;
  }
  return {};
};

interface Span {
  readonly tab: Tab;
  readonly dimension: Dimension;
  readonly start: number;
  readonly end: number;
}

/** A DimensionRange, its open end closed by the grid. */
function spanIn(batch: Batch, request: JsonObject, name = "range"): Span {
  const range = objectIn(request, name);
  const tab = tabIn(batch, numberIn(range, "sheetId"));
  const dimension = range.dimension;
  if (dimension !== "ROWS" && dimension !== "COLUMNS") fail(batch, `${name}.dimension is required.`);
  const start = numberIn(range, "startIndex") ?? 0;
  const end = numberIn(range, "endIndex") ?? lengthOf(tab, dimension);
  if (start < 0 || end <= start)
    fail(batch, `${name}.endIndex[${end}] must be greater than startIndex[${start}].`);
  return { tab, dimension, start, end };
}

function lengthOf(tab: Tab, dimension: Dimension): number {
  return dimension === "ROWS" ? tab.size.rowCount : tab.size.columnCount;
}

function groupsOf(tab: Tab, dimension: Dimension): Overlay[] {
  return dimension === "ROWS" ? tab.state.rowGroups : tab.state.columnGroups;
}

/** A group's range is a DimensionRange; it lies in the same field as other overlays' ranges. */
function group(tab: Tab, dimension: Dimension, startIndex: number, endIndex: number, depth: number): Overlay {
  const range: JsonObject = { ...(tab.id ? { sheetId: tab.id } : {}), dimension, startIndex, endIndex };
  return { range, depth };
}

function shownGroup(one: Overlay): JsonObject {
  return { range: { ...one.range }, depth: one.depth ?? 1 };
}

function numberOf(one: Overlay, name: string): number {
  const range: JsonObject = one.range;
  return Number(range[name] ?? 0);
}

function inside(one: Overlay, start: number, end: number): boolean {
  return numberOf(one, "startIndex") <= start && numberOf(one, "endIndex") >= end;
}
