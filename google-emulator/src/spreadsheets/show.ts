/** A workbook as spreadsheets.get answers it; only what the field mask wants is built. */

import { type FieldMask, select, wants } from "../fields/field-mask.ts";
import type { Overlay, Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { type Box, boxOf, type GridRange, overlaps, shownRange } from "../ranges/box.ts";
import { type Place, resolveRange } from "../ranges/resolve.ts";
import { DEFAULT_FORMAT, DEFAULT_THEME } from "./defaults.ts";
import { showGridData } from "./grid-data.ts";

export interface ShowOptions {
  readonly mask: FieldMask;
  /** Grid data is answered when the mask names it, or without a mask when this is set. */
  readonly includeGridData: boolean;
  /** Only these tabs and cells are answered; null for all. */
  readonly places: readonly Pick<Place, "tab" | "box">[] | null;
  /** Whether a protection lets the caller through; without it, everybody. */
  readonly mayEdit?: (range: Overlay) => boolean;
}

export function showWorkbook(workbook: Workbook, options: ShowOptions): JsonObject {
  const { mask } = options;
  const { places } = options;
  const wanted = places ?? [];
  const tabs = places ? workbook.tabs.filter((tab) => places.some((one) => one.tab === tab)) : workbook.tabs;
  const shown: JsonObject = {
    spreadsheetId: workbook.id,
    properties: showProperties(workbook),
  };
  if (wants(mask, "sheets")) {
    shown.sheets = tabs.map((tab) => {
      const boxes = wanted.filter((one) => one.tab === tab).map((one) => one.box);
      return showTab(workbook, tab, options, boxes);
    });
  }
  const named = workbook.namedRanges.filter((one) => inBoxes(workbook, one.range, wanted));
  if (named.length > 0) {
    shown.namedRanges = named.map((one) => ({ ...one, range: shownRange(one.range) }));
  }
  shown.spreadsheetUrl = `https://docs.google.com/spreadsheets/d/${workbook.id}/edit`;
  const metadata = workbook.metadata.filter((one) => locationOf(one).spreadsheet === true);
  if (metadata.length > 0) shown.developerMetadata = metadata;
  const selected = select(shown, mask);
  return selected as JsonObject;
}

/** Places of A1 ranges as a request lists them; null when it lists none. */
export function placesOf(workbook: Workbook, ranges: readonly string[]): Place[] | null {
  return ranges.length > 0 ? ranges.map((range) => resolveRange(workbook, range, "read")) : null;
}

export function showTabProperties(workbook: Workbook, tab: Tab): JsonObject {
  const { state } = tab;
  const color = state.tabColorStyle;
  const rgb = color?.rgbColor;
  return {
    sheetId: tab.id,
    title: state.title,
    index: workbook.tabs.indexOf(tab),
    sheetType: state.sheetType,
    ...(state.sheetType === "GRID" ? { gridProperties: { ...state.gridProperties } } : {}),
    ...(state.hidden ? { hidden: true } : {}),
    ...(rgb !== undefined ? { tabColor: rgb } : {}),
    ...(state.rightToLeft ? { rightToLeft: true } : {}),
    ...(color ? { tabColorStyle: color } : {}),
  };
}

/** A table shows as a banding as well, by the same id [R]. */
function bandingOf(table: Overlay): Overlay {
  const colors: JsonObject = {};
  for (const [name, style] of Object.entries(isObject(table.rowsProperties) ? table.rowsProperties : {})) {
    colors[name] = style;
    if (isObject(style) && isObject(style.rgbColor)) colors[name.replace(/Style$/, "")] = style.rgbColor;
  }
  const id = String(table.tableId);
  return {
    bandedRangeId: numberFor(id),
    range: table.range,
    rowProperties: colors,
    bandedRangeReference: id,
  };
}

/** Google's ids of tables are numbers; a caller may have given any text. */
function numberFor(id: string): number {
  if (/^\d{1,9}$/.test(id) || Number(id) <= 2_147_483_647) return Number(id);
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + letter.charCodeAt(0)) % 2_147_483_647;
  return hash;
}

function showProperties(workbook: Workbook): JsonObject {
  const { title, locale, timeZone, autoRecalc, extra } = workbook.properties;
  return {
    title,
    locale,
    autoRecalc,
    timeZone,
    defaultFormat: DEFAULT_FORMAT,
    spreadsheetTheme: DEFAULT_THEME,
    ...extra,
  };
}

function showTab(workbook: Workbook, tab: Tab, options: ShowOptions, boxes: readonly Box[]): JsonObject {
  const { state } = tab;
  const { mask } = options;
  const shown: JsonObject = { properties: showTabProperties(workbook, tab) };
  const data = mask === "all" ? options.includeGridData : wants(mask, "sheets", "data");
  if (data) shown.data = showGridData(workbook, tab, boxes, mask);
  const near = (range: GridRange): boolean =>
    boxes.length === 0 || boxes.some((box) => overlaps(box, boxOf(range, tab.size)));
  const list = (name: string, items: readonly Overlay[]): void => {
    const kept = items.filter((item) => near(item.range));
    if (kept.length > 0) shown[name] = kept.map((item) => ({ ...item, range: shownRange(item.range) }));
  };
  const merges = state.merges.filter(near);
  if (merges.length > 0) shown.merges = merges.map(shownRange);
  if (state.conditionalFormats.length > 0) {
    shown.conditionalFormats = state.conditionalFormats.map((rule) => ({
      ...rule,
      ranges: rule.ranges.map(shownRange),
    }));
  }
  list("filterViews", state.filterViews);
  list(
    "protectedRanges",
    state.protectedRanges.map((range) => protectionFor(range, options)),
  );
  if (state.basicFilter) {
    shown.basicFilter = { ...state.basicFilter, range: shownRange(state.basicFilter.range) };
  }
  list("bandedRanges", [...state.bandedRanges, ...state.tables.map(bandingOf)]);
  const metadata = workbook.metadata.filter((one) => locationOf(one).sheetId === tab.id);
  if (metadata.length > 0) shown.developerMetadata = metadata;
  list("rowGroups", state.rowGroups);
  list("columnGroups", state.columnGroups);
  list("tables", state.tables);
  if (state.charts.length > 0) shown.charts = state.charts;
  if (state.slicers.length > 0) shown.slicers = state.slicers;
  return shown;
}

/** Who may not edit a protected range does not see who may. */
function protectionFor(range: Overlay, { mayEdit }: ShowOptions): Overlay {
  if (range.warningOnly === true || !mayEdit || mayEdit(range)) return range;
  const { editors: _hidden, requestingUserCanEdit: _not, ...rest } = range;
  return rest;
}

function locationOf(metadata: JsonObject): JsonObject {
  const location = metadata.location;
  return typeof location === "object" && location !== null && !Array.isArray(location) ? location : {};
}

function inBoxes(
  workbook: Workbook,
  range: GridRange,
  wanted: readonly { readonly tab: Tab; readonly box: Box }[],
): boolean {
  if (wanted.length === 0) return true;
  const tab = workbook.tabById(range.sheetId ?? 0);
  return wanted.some((one) => one.tab === tab && overlaps(one.box, boxOf(range, one.tab.size)));
}
