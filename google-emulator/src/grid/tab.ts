/** A tab of a workbook (a "sheet" in the API): its grid, its properties, and everything laid over the cells. */
import { copyOf, isObject, type Json, type JsonObject } from "../http/json.ts";
import type { GridRange, Size } from "../ranges/box.ts";
import { Grid } from "./grid.ts";

/** Anything that lies on a range and must follow inserted, deleted and moved rows and columns. */
export type Overlay = JsonObject & { range: GridRange };

/** Google's ConditionalFormatRule with its own list of ranges. */
export type ConditionalFormat = JsonObject & { ranges: GridRange[] };

/** Everything of a tab besides its cells: plain data, so that a copy is a deep copy. */
export interface TabState {
  title: string;
  /** OBJECT: a chart on a tab of its own, without cells. */
  sheetType: "GRID" | "OBJECT";
  hidden: boolean;
  rightToLeft: boolean;
  tabColorStyle: JsonObject | null;
  /** rowCount and columnCount always; frozen counts and the like when set. */
  gridProperties: JsonObject & { rowCount: number; columnCount: number };
  merges: GridRange[];
  /** DimensionProperties by index, holes where nothing was set. */
  rows: (JsonObject | undefined)[];
  columns: (JsonObject | undefined)[];
  rowGroups: Overlay[];
  columnGroups: Overlay[];
  basicFilter: Overlay | null;
  filterViews: Overlay[];
  protectedRanges: Overlay[];
  bandedRanges: Overlay[];
  tables: Overlay[];
  conditionalFormats: ConditionalFormat[];
  /** EmbeddedChart and Slicer as Google shows them. */
  charts: JsonObject[];
  slicers: JsonObject[];
}

export class Tab {
  readonly id: number;
  readonly grid: Grid;
  readonly state: TabState;

  constructor(id: number, state: TabState, grid = new Grid()) {
    this.id = id;
    this.state = state;
    this.grid = grid;
  }

  get title(): string {
    return this.state.title;
  }

  get size(): Size {
    return this.state.gridProperties;
  }

  /** The same tab, going its own way from here; cells are shared until written. */
  copy(): Tab {
    return new Tab(this.id, copyOf(this.state), this.grid.share());
  }

  /** A copy as another tab; all that lies over it gets ids of its own from `newId`. */
  duplicate(id: number, newId: () => number): Tab {
    return new Tab(id, duplicateState(this.state, this.id, id, newId), this.grid.share());
  }
}

export function newTabState(title: string, size: Size = { rowCount: 1000, columnCount: 26 }): TabState {
  return {
    title,
    sheetType: "GRID",
    hidden: false,
    rightToLeft: false,
    tabColorStyle: null,
    gridProperties: { rowCount: size.rowCount, columnCount: size.columnCount },
    merges: [],
    rows: [],
    columns: [],
    rowGroups: [],
    columnGroups: [],
    basicFilter: null,
    filterViews: [],
    protectedRanges: [],
    bandedRanges: [],
    tables: [],
    conditionalFormats: [],
    charts: [],
    slicers: [],
  };
}

const ID_NAMES = ["protectedRangeId", "filterViewId", "bandedRangeId", "chartId", "slicerId"];

function duplicateState(state: TabState, from: number, to: number, newId: () => number): TabState {
  const pointed = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(pointed);
    if (!isObject(value)) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, pointed(item)]));
    const place = PLACE_NAMES.some((name) => name in copy);
    if (copy.sheetId === from || (place && copy.sheetId === undefined && from === 0)) copy.sheetId = to;
    for (const name of ID_NAMES) if (name in copy) copy[name] = newId();
    if ("bandedRangeReference" in copy) copy.bandedRangeReference = String(copy.bandedRangeId);
    if ("tableId" in copy) copy.tableId = String(newId());
    return copy;
  };
  const { gridProperties, rows, columns, ...rest } = copyOf(state);
  const laidOver = pointed(rest as unknown as Json) as unknown as typeof rest;
  return { ...laidOver, gridProperties, rows, columns };
}

/** An object with one of these is a place on a tab. */
const PLACE_NAMES = [
  "startRowIndex",
  "endRowIndex",
  "startColumnIndex",
  "endColumnIndex",
  "anchorCell",
  "startIndex",
];
