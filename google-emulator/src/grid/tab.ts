/** A tab of a workbook (a "sheet" in the API): its grid, its properties, and everything laid over the cells. */
import { copyOf, type JsonObject } from "../http/json.ts";
import type { GridRange, Size } from "../ranges/box.ts";
import { Grid } from "./grid.ts";

/** Anything that lies on a range and must follow inserted, deleted and moved rows and columns. */
export type Overlay = JsonObject & { range: GridRange };

/** Everything of a tab besides its cells: plain data, so that a copy is a deep copy. */
export interface TabState {
  title: string;
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
  /** Google's ConditionalFormatRule with its own list of ranges. */
  conditionalFormats: (JsonObject & { ranges: GridRange[] })[];
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
  copy(id = this.id): Tab {
    return new Tab(id, copyOf(this.state), this.grid.share());
  }
}

export function newTabState(title: string, size: Size = { rowCount: 1000, columnCount: 26 }): TabState {
  return {
    title,
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
  };
}
