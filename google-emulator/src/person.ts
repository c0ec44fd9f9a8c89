/** A person at a workbook: changes made by hand, beside the API, at once and without quota. */

import type { Dimension } from "./grid/axis-edit.ts";
import { compactCell, rich } from "./grid/cell.ts";
import { sortRows } from "./grid/sort.ts";
import { editAxis, removeTab, renameTab } from "./grid/structure.ts";
import { newTabState, Tab } from "./grid/tab.ts";
import type { Workbook } from "./grid/workbook.ts";
import type { Json } from "./http/json.ts";
import { readPlace } from "./ranges/a1.ts";
import { type Box, boxOf } from "./ranges/box.ts";
import { readRows, writeValues } from "./values/block.ts";
import type { ValueRender } from "./values/render.ts";

/** Tabs are named by title; rows and columns count from 0. A mistake of the caller throws. */
export interface Person {
  /** Types into one cell: "B2", "=A1*2", "2020-01-01", 5, null to leave it, "" to empty it. */
  setCell(tab: string, cell: string, typed: Json): void;
  /** Types a block whose first cell is at `cell`; the grid grows where needed. */
  setCells(tab: string, cell: string, typed: readonly (readonly Json[])[]): void;
  insertRows(tab: string, at: number, count?: number): void;
  deleteRows(tab: string, at: number, count?: number): void;
  /** `destination` is counted before the move: the rows end up before the row that is there now. */
  moveRows(tab: string, at: number, count: number, destination: number): void;
  insertColumns(tab: string, at: number, count?: number): void;
  deleteColumns(tab: string, at: number, count?: number): void;
  moveColumns(tab: string, at: number, count: number, destination: number): void;
  /** Sorts the rows of a range ("A2:H", the whole tab without it) by one column of the grid. */
  sortRange(tab: string, range: string | null, column: number, descending?: boolean): void;
  addTab(title: string, size?: { rowCount: number; columnCount: number }): void;
  renameTab(tab: string, title: string): void;
  deleteTab(tab: string): void;
  setTitle(title: string): void;
  tabs(): string[];
  /** Puts a note beside a cell, which moves with it; "" takes it away. */
  setNote(tab: string, cell: string, note: string): void;
  /** The notes of a column, from the first row to the last that has any; "" where there is none. */
  notes(tab: string, column: number): string[];
  /** The tab's values, trimmed as values.get trims; typed values unless told otherwise. */
  read(tab: string, range?: string, render?: ValueRender): Json[][];
}

export function createPerson(
  workbook: Workbook,
  world: { nowMs(): number; random(): number },
  touch: () => void,
): Person {
  const find = (title: string): Tab => {
    const tab = workbook.tabByTitle(title);
    if (tab) return tab;
    throw new Error(
      `No tab "${title}" in "${workbook.properties.title}"; there are: ${workbook.tabs.map((one) => one.title).join(", ")}.`,
    );
  };
  const edit = (title: string, dimension: Dimension, change: Parameters<typeof editAxis>[3]): void => {
    editAxis(workbook, find(title), dimension, change);
    touch();
  };
  const setCells: Person["setCells"] = (title, cell, typed) => {
    const tab = find(title);
    const at = placeOf(tab, cell);
    const width = typed.reduce((most, row) => Math.max(most, row.length), 0);
    growTo(tab, at.startRow + typed.length, at.startColumn + width);
    const context = { locale: workbook.properties.locale, nowMs: world.nowMs() };
    writeValues(tab, at, typed, { major: "ROWS", input: "USER_ENTERED", context });
    touch();
  };
  return {
    setCells,
    setCell: (tab, cell, typed) => setCells(tab, cell, [[typed]]),
    insertRows: (tab, at, count = 1) => edit(tab, "ROWS", { kind: "insert", at, count }),
    deleteRows: (tab, at, count = 1) => edit(tab, "ROWS", { kind: "delete", at, count }),
    moveRows: (tab, at, count, destination) => edit(tab, "ROWS", { kind: "move", at, count, destination }),
    insertColumns: (tab, at, count = 1) => edit(tab, "COLUMNS", { kind: "insert", at, count }),
    deleteColumns: (tab, at, count = 1) => edit(tab, "COLUMNS", { kind: "delete", at, count }),
    moveColumns: (tab, at, count, destination) =>
      edit(tab, "COLUMNS", { kind: "move", at, count, destination }),
    sortRange(title, range, column, descending = false) {
      const tab = find(title);
      const box = range === null ? boxOf({}, tab.size) : placeOf(tab, range);
      sortRows(workbook, tab, { ...box, endRow: Math.min(box.endRow, tab.grid.height) }, [
        { column, descending },
      ]);
      touch();
    },
    addTab(title, size) {
      if (workbook.tabByTitle(title)) throw new Error(`There is a tab "${title}" already.`);
      const id = Math.floor(world.random() * 2_147_483_647);
      workbook.tabs.push(new Tab(id, newTabState(title, size)));
      touch();
    },
    renameTab(title, after) {
      const tab = find(title);
      const other = workbook.tabByTitle(after);
      if (other && other !== tab) throw new Error(`There is a tab "${after}" already.`);
      renameTab(workbook, tab, after);
      touch();
    },
    deleteTab(title) {
      if (workbook.tabs.length === 1) throw new Error("A workbook keeps at least one tab.");
      removeTab(workbook, find(title));
      touch();
    },
    setTitle(title) {
      workbook.properties.title = title;
      touch();
    },
    tabs: () => workbook.tabs.map((tab) => tab.title),
    setNote(title, cell, note) {
      const { grid } = find(title);
      const { startRow, startColumn } = placeOf(find(title), cell);
      const { note: _before, ...rest } = rich(grid.get(startRow, startColumn));
      grid.set(startRow, startColumn, compactCell(note === "" ? rest : { ...rest, note }));
      touch();
    },
    notes(title, column) {
      const { grid } = find(title);
      const notes = Array.from({ length: grid.height }, (_, row) => rich(grid.get(row, column)).note ?? "");
      return notes.slice(0, notes.findLastIndex((note) => note !== "") + 1);
    },
    read(title, range, render = "UNFORMATTED_VALUE") {
      const tab = find(title);
      const box = range === undefined ? boxOf({}, tab.size) : placeOf(tab, range);
      return readRows(workbook, tab, box, { value: render, dateTime: "SERIAL_NUMBER" });
    },
  };
}

function placeOf(tab: Tab, text: string): Box {
  const place = readPlace(text);
  if (!place) throw new Error(`"${text}" is no place on a grid; write "B2" or "A2:H".`);
  return boxOf(place, tab.size);
}

function growTo(tab: Tab, rowCount: number, columnCount: number): void {
  const grid = tab.state.gridProperties;
  grid.rowCount = Math.max(grid.rowCount, rowCount);
  grid.columnCount = Math.max(grid.columnCount, columnCount);
}
