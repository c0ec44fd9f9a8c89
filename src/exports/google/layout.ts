/** The requests that make an empty workbook what a plan says, all but the rows. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { type ColumnPlan, renderFormula, type SheetPlan, type TabPlan, totalFormula } from "../plan.ts";
import { cellFormat, columnFormat, rgb } from "./cells.ts";
import { dressing } from "./dressing.ts";
import { NOTE_KEYS, noteValue } from "./names.ts";
import { columnRange, geometryOf, type Places, rowCountOf, type TabPlace } from "./places.ts";

type Request = sheets_v4.Schema$Request;

/** `before`: ids of the tabs that the workbook was made with; they go. */
export function layout(
  plan: SheetPlan,
  exportId: string,
  places: Places,
  before: readonly number[],
): Request[] {
  const { title, locale, timeZone } = plan;
  return [
    {
      updateSpreadsheetProperties: {
        properties: { title, locale, timeZone },
        fields: "title,locale,timeZone",
      },
    },
    // Their titles may be among the plan's.
    ...before.map((sheetId) => ({
      updateSheetProperties: { properties: { sheetId, title: `${exportId} ${sheetId}` }, fields: "title" },
    })),
    ...plan.tabs.map((tab) => addTab(tab, places.get(tab.id)!)),
    ...before.map((sheetId) => ({ deleteSheet: { sheetId } })),
    ...plan.tabs.flatMap((tab) => tabLayout(tab, exportId, places)),
    ...plan.tabs.flatMap((tab) => dressing({ exportId, tab, place: places.get(tab.id)!, places })),
  ];
}

function addTab(tab: TabPlan, { sheetId, title }: TabPlace): Request {
  const columnCount = Math.max(tab.columns.length + (tab.charts.length > 0 ? 8 : 2), 8);
  const gridProperties = {
    rowCount: rowCountOf(tab),
    columnCount,
    frozenRowCount: tab.frozen.rows,
    frozenColumnCount: tab.frozen.columns,
  };
  const color = tab.tabColor === null ? {} : { tabColorStyle: { rgbColor: rgb(tab.tabColor) } };
  return { addSheet: { properties: { sheetId, title, gridProperties, ...color } } };
}

function tabLayout(tab: TabPlan, exportId: string, places: Places): Request[] {
  const place = places.get(tab.id)!;
  return [
    header(tab, place),
    ...tab.columns.map((column) => bodyFormat(column, tab, place)),
    ...tab.columns.map((column, at) => columnSize(column, place.sheetId, at)),
    ...heights(tab, place),
    ...fillFormulas(tab, places),
    ...totals(tab, places),
    ...notes(tab, exportId, place),
  ];
}

function header({ columns, headerStyle }: TabPlan, { sheetId, headerRow }: TabPlace): Request {
  const userEnteredFormat = cellFormat(headerStyle);
  const values = columns.map(({ header, note }) => ({
    userEnteredValue: { stringValue: header },
    userEnteredFormat,
    ...(note !== null && { note }),
  }));
  const start = { sheetId, rowIndex: headerRow, columnIndex: 0 };
  return { updateCells: { start, rows: [{ values }], fields: "userEnteredValue,userEnteredFormat,note" } };
}

/** Down to the tab's end, so that rows which people add look alike; the totals dress themselves afterwards. */
export function bodyFormat(column: ColumnPlan, tab: TabPlan, place: TabPlace): Request {
  const { endRowIndex: _end, ...range } = columnRange(place, column.key)!;
  const cell = { userEnteredFormat: columnFormat(column, tab.bodyStyle) };
  return { repeatCell: { range, cell, fields: "userEnteredFormat" } };
}

export function columnSize({ width, hidden }: ColumnPlan, sheetId: number, at: number): Request {
  return {
    updateDimensionProperties: {
      range: { sheetId, dimension: "COLUMNS", startIndex: at, endIndex: at + 1 },
      properties: { pixelSize: width, ...(hidden && { hiddenByUser: true }) },
      fields: hidden ? "pixelSize,hiddenByUser" : "pixelSize",
    },
  };
}

function heights({ headerHeight, rowHeight }: TabPlan, place: TabPlace): Request[] {
  const size = (startIndex: number, endIndex: number, pixelSize: number | null): Request[] =>
    pixelSize === null || endIndex <= startIndex
      ? []
      : [
          {
            updateDimensionProperties: {
              range: { sheetId: place.sheetId, dimension: "ROWS", startIndex, endIndex },
              properties: { pixelSize },
              fields: "pixelSize",
            },
          },
        ];
  const { headerRow, lastRow } = place;
  return [...size(headerRow, headerRow + 1, headerHeight), ...size(headerRow + 1, lastRow + 1, rowHeight)];
}

/** Formulas that fill down: one request for a column, as if copied from its first cell. */
export function fillFormulas(tab: TabPlan, places: Places): Request[] {
  const place = places.get(tab.id)!;
  if (place.lastRow <= place.headerRow) return [];
  return tab.columns.flatMap(({ key, formula }) => {
    const range = formula ? columnRange(place, key) : null;
    const text = range && renderFormula(formula!, tab.id, place.headerRow + 1, geometryOf(places));
    if (!range || text === null) return [];
    return [
      {
        repeatCell: { range, cell: { userEnteredValue: { formulaValue: text } }, fields: "userEnteredValue" },
      },
    ];
  });
}

/** The totals row: its label stands in the first column that totals nothing. "values" leaves its looks to people. */
export function totals(tab: TabPlan, places: Places, what: "all" | "values" = "all"): Request[] {
  const place = places.get(tab.id)!;
  const { totalsRow, sheetId } = place;
  if (!tab.totals || totalsRow === null) return [];
  const geometry = geometryOf(places);
  const labelled = tab.columns.find(({ total }) => total === null)?.key;
  return tab.columns.flatMap((column): Request[] => {
    const at = place.columns.get(column.key);
    if (at === undefined) return [];
    const formulaValue =
      column.total && renderFormula(totalFormula(column.key, column.total), tab.id, totalsRow, geometry);
    const value = formulaValue
      ? { formulaValue }
      : column.key === labelled
        ? { stringValue: tab.totals!.label }
        : null;
    const format = { ...tab.bodyStyle, ...tab.totals!.style };
    const userEnteredFormat = { ...columnFormat(column, format), ...cellFormat(format) };
    const start = { sheetId, rowIndex: totalsRow, columnIndex: at };
    if (what === "values") {
      if (!formulaValue) return [];
      const rows = [{ values: [{ userEnteredValue: { formulaValue } }] }];
      return [{ updateCells: { start, rows, fields: "userEnteredValue" } }];
    }
    const values = [{ ...(value && { userEnteredValue: value }), userEnteredFormat }];
    return [{ updateCells: { start, rows: [{ values }], fields: "userEnteredValue,userEnteredFormat" } }];
  });
}

function notes(tab: TabPlan, exportId: string, place: TabPlace): Request[] {
  const row = (name: "header" | "totals", at: number): Request =>
    note(NOTE_KEYS.row, noteValue(exportId, tab.id, name), dimension(place.sheetId, "ROWS", at));
  return [
    note(NOTE_KEYS.tab, noteValue(exportId, tab.id), { sheetId: place.sheetId }),
    row("header", place.headerRow),
    ...(place.totalsRow === null ? [] : [row("totals", place.totalsRow)]),
    ...tab.columns.map(({ key }) =>
      columnNote(exportId, tab.id, key, place.sheetId, place.columns.get(key)!),
    ),
  ];
}

export function columnNote(exportId: string, tab: string, key: string, sheetId: number, at: number): Request {
  return note(NOTE_KEYS.column, noteValue(exportId, tab, key), dimension(sheetId, "COLUMNS", at));
}

function dimension(
  sheetId: number,
  name: "ROWS" | "COLUMNS",
  at: number,
): sheets_v4.Schema$DeveloperMetadataLocation {
  return { dimensionRange: { sheetId, dimension: name, startIndex: at, endIndex: at + 1 } };
}

function note(
  metadataKey: string,
  metadataValue: string,
  location: sheets_v4.Schema$DeveloperMetadataLocation,
): Request {
  return {
    createDeveloperMetadata: {
      developerMetadata: { metadataKey, metadataValue, location, visibility: "DOCUMENT" },
    },
  };
}
