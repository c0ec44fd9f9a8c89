/** Where the tabs of an export stand in its workbook. Rows and columns count from 0. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { Geometry, SheetPlan, TabPlan } from "../plan.ts";
import { numberFor } from "./names.ts";

export interface TabPlace {
  readonly sheetId: number;
  readonly title: string;
  readonly headerRow: number;
  /** Of the rows below the header; before it where there are none. */
  readonly lastRow: number;
  readonly totalsRow: number | null;
  /** By key of the column. */
  readonly columns: ReadonlyMap<string, number>;
}

/** By id of the tab. */
export type Places = ReadonlyMap<string, TabPlace>;

/** Of a workbook that is made of the plan and has nothing else. */
export function newPlaces(plan: Pick<SheetPlan, "tabs">, exportId: string): Places {
  return new Map(
    plan.tabs.map((tab) => {
      const lastRow = tab.rows.length;
      const place: TabPlace = {
        sheetId: numberFor(exportId, "tab", tab.id),
        title: tab.title,
        headerRow: 0,
        lastRow,
        totalsRow: tab.totals ? totalsAt(lastRow) : null,
        columns: new Map(tab.columns.map(({ key }, at) => [key, at])),
      };
      return [tab.id, place];
    }),
  );
}

/** An empty tab keeps one row between its header and its totals, so that ranges name something. */
function totalsAt(lastRow: number): number {
  return Math.max(lastRow, 1) + 1;
}

export function geometryOf(places: Places): Geometry {
  return {
    columnAt: (tab, column) => places.get(tab)?.columns.get(column) ?? null,
    titleOf: (tab) => places.get(tab)?.title ?? tab,
    rowsOf(tab) {
      const place = places.get(tab);
      return place ? { first: place.headerRow + 1, last: place.lastRow } : { first: 1, last: 0 };
    },
  };
}

/** The cells of a column below the header, at least one, totals not included; with the header where asked. */
export function columnRange(place: TabPlace, key: string, header = false): sheets_v4.Schema$GridRange | null {
  const at = place.columns.get(key);
  if (at === undefined) return null;
  return {
    sheetId: place.sheetId,
    startRowIndex: place.headerRow + (header ? 0 : 1),
    endRowIndex: Math.max(place.lastRow, place.headerRow + 1) + 1,
    startColumnIndex: at,
    endColumnIndex: at + 1,
  };
}

/** From the first of the tab's columns to the last one; people's own may stand between. */
export function tableRange(place: TabPlace, rows: "header" | "all"): sheets_v4.Schema$GridRange {
  const at = [...place.columns.values()];
  return {
    sheetId: place.sheetId,
    startRowIndex: place.headerRow,
    endRowIndex: rows === "header" ? place.headerRow + 1 : Math.max(place.lastRow, place.headerRow + 1) + 1,
    startColumnIndex: Math.min(...at),
    endColumnIndex: Math.max(...at) + 1,
  };
}

/** Rows that a tab of so many is made with: some to type into, though not so many that cells run out. */
export function rowCountOf(tab: TabPlan): number {
  return Math.max(tab.rows.length, 1) + 2 + SPARE_ROWS;
}

const SPARE_ROWS = 20;
