/** Structural changes of a workbook: rows, columns and tabs come, go and move, and all that refers to them follows. */
import { afterEdit, afterRename, afterTabDeleted } from "../formulas/adjust.ts";
import { makeFormula } from "../formulas/formula.ts";
import { isObject, type Json, type JsonObject } from "../http/json.ts";
import type { GridRange } from "../ranges/box.ts";
import { type AxisEdit, type Dimension, editedRange, editedSpan } from "./axis-edit.ts";
import { isRich } from "./cell.ts";
import type { Overlay, Tab } from "./tab.ts";
import type { Workbook } from "./workbook.ts";

/** Inserts, deletes or moves rows or columns of a tab; the grid grows and shrinks with it. */
export function editAxis(workbook: Workbook, tab: Tab, dimension: Dimension, edit: AxisEdit): void {
  // To where it is: nothing moves.
  if (edit.kind === "move" && edit.destination >= edit.at && edit.destination <= edit.at + edit.count) return;
  const { grid, state } = tab;
  const rows = dimension === "ROWS";
  if (edit.kind === "insert") {
    if (rows) grid.insertRows(edit.at, edit.count);
    else grid.insertColumns(edit.at, edit.count);
  } else if (edit.kind === "delete") {
    if (rows) grid.deleteRows(edit.at, edit.count);
    else grid.deleteColumns(edit.at, edit.count);
  } else if (rows) grid.moveRows(edit.at, edit.count, edit.destination);
  else grid.moveColumns(edit.at, edit.count, edit.destination);
  const growth = edit.kind === "insert" ? edit.count : edit.kind === "delete" ? -edit.count : 0;
  state.gridProperties[rows ? "rowCount" : "columnCount"] += growth;
  editProperties(rows ? state.rows : state.columns, edit);
  editOverlays(workbook, tab, dimension, edit);
  rewriteFormulas(workbook, (text, own) => afterEdit(text, own.title, tab.title, dimension, edit));
}

export function renameTab(workbook: Workbook, tab: Tab, title: string): void {
  const before = tab.title;
  tab.state.title = title;
  if (before !== title) rewriteFormulas(workbook, (text) => afterRename(text, before, title));
}

export function removeTab(workbook: Workbook, tab: Tab): void {
  workbook.tabs = workbook.tabs.filter((one) => one !== tab);
  workbook.namedRanges = workbook.namedRanges.filter((one) => (one.range.sheetId ?? 0) !== tab.id);
  workbook.metadata = workbook.metadata.filter((one) => {
    const location = isObject(one.location) ? one.location : {};
    const range = isObject(location.dimensionRange) ? location.dimensionRange : location;
    return location.spreadsheet === true || (range.sheetId ?? 0) !== tab.id;
  });
  rewriteFormulas(workbook, (text) => afterTabDeleted(text, tab.title));
}

/** Rewrites formulas of all tabs; those whose text stays are not touched. */
export function rewriteFormulas(workbook: Workbook, rewrite: (text: string, tab: Tab) => string): void {
  for (const tab of workbook.tabs) {
    if (!tab.grid.hasFormulas) continue;
    tab.grid.mapCells((cell) => {
      if (!isRich(cell) || !cell.formula) return cell;
      const text = rewrite(cell.formula.text, tab);
      return text === cell.formula.text ? cell : { ...cell, formula: makeFormula(text) };
    });
  }
}

function editProperties(set: unknown[], edit: AxisEdit): void {
  if (set.length === 0) return;
  if (edit.kind === "delete") set.splice(edit.at, edit.count);
  else if (edit.kind === "insert") {
    if (edit.at < set.length) set.splice(edit.at, 0, ...new Array(edit.count));
  } else {
    const block = Array.from({ length: edit.count }, (_none, i) => set[edit.at + i]);
    set.splice(edit.at, edit.count);
    const to = edit.destination > edit.at ? edit.destination - edit.count : edit.destination;
    while (set.length < to) set.push(undefined);
    set.splice(to, 0, ...block);
  }
}

function editOverlays(workbook: Workbook, tab: Tab, dimension: Dimension, edit: AxisEdit): void {
  const { state } = tab;
  const follow = <T extends Overlay>(items: readonly T[]): T[] =>
    items.flatMap((item) => {
      const range = editedRange(item.range, dimension, edit);
      return range ? [{ ...item, range }] : [];
    });
  state.merges = state.merges.flatMap((merge) => editedRange(merge, dimension, edit) ?? []);
  state.filterViews = follow(state.filterViews);
  state.protectedRanges = follow(state.protectedRanges);
  state.bandedRanges = follow(state.bandedRanges);
  state.tables = follow(state.tables);
  state.basicFilter = state.basicFilter ? (follow([state.basicFilter])[0] ?? null) : null;
  state.conditionalFormats = state.conditionalFormats.flatMap((rule) => {
    const ranges = rule.ranges.flatMap((range) => editedRange(range, dimension, edit) ?? []);
    return ranges.length > 0 ? [{ ...rule, ranges }] : [];
  });
  workbook.namedRanges = workbook.namedRanges.flatMap((named) => {
    if ((named.range.sheetId ?? 0) !== tab.id) return [named];
    const range = editedRange(named.range, dimension, edit);
    return range ? [{ ...named, range }] : [];
  });
  const groups = dimension === "ROWS" ? "rowGroups" : "columnGroups";
  state[groups] = state[groups].flatMap((group) => {
    const range = editedDimension(group.range, edit);
    return range ? [{ ...group, range }] : [];
  });
  editMetadata(workbook, tab, dimension, edit);
  for (const one of workbook.tabs) {
    one.state.charts = one.state.charts.map(
      (chart) => followed(chart, tab.id, dimension, edit) as JsonObject,
    );
    one.state.slicers = one.state.slicers.map(
      (slicer) => followed(slicer, tab.id, dimension, edit) as JsonObject,
    );
  }
}

/** A chart or slicer whose ranges on the edited tab follow; one that was deleted stays as it was. */
function followed(value: Json, tabId: number, dimension: Dimension, edit: AxisEdit): Json {
  if (Array.isArray(value)) return value.map((item) => followed(item, tabId, dimension, edit));
  if (!isObject(value)) return value;
  const here = (value.sheetId ?? 0) === tabId;
  if (here && (value.startRowIndex !== undefined || value.startColumnIndex !== undefined)) {
    return editedRange(value as GridRange, dimension, edit) ?? value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, followed(item, tabId, dimension, edit)]),
  );
}

/** A DimensionRange afterwards; null when nothing of it is left. */
function editedDimension(range: JsonObject, edit: AxisEdit): JsonObject | null {
  const span = editedSpan(Number(range.startIndex ?? 0), Number(range.endIndex ?? 0), edit);
  return span && { ...range, startIndex: span[0], endIndex: span[1] };
}

/** Developer metadata on a row or column follows it and goes with it. */
function editMetadata(workbook: Workbook, tab: Tab, dimension: Dimension, edit: AxisEdit): void {
  workbook.metadata = workbook.metadata.flatMap((one) => {
    const location = one.location;
    const range = isObject(location) ? location.dimensionRange : undefined;
    if (!isObject(location) || !isObject(range)) return [one];
    if ((range.sheetId ?? 0) !== tab.id || range.dimension !== dimension) return [one];
    const dimensionRange = editedDimension(range, edit);
    return dimensionRange ? [{ ...one, location: { ...location, dimensionRange } }] : [];
  });
}
