/** A sheet that knows who its rows and columns really are, and random things that people do to it. */
import type { CellValue } from "#contract/cell.ts";
import type { TabSnapshot } from "../../src/model/snapshot.ts";
import type { Random } from "../../src/runtime/random.ts";

export interface TrueTable {
  columns: { id: number; header: string }[];
  rows: { id: number; cells: Map<number, CellValue> }[];
  nextId: number;
  /** Id of the column that identifies rows, if any. */
  key: number | null;
}

export interface TableOptions {
  readonly rows: number;
  readonly columns: number;
  /** Cells of every row differ from those of every other row. */
  readonly distinct: boolean;
  readonly keyed?: boolean;
}

export type TableAction =
  | "editCell"
  | "editRow"
  | "insertRow"
  | "deleteRow"
  | "moveRow"
  | "sortRows"
  | "duplicateRow"
  | "blankRow"
  | "insertColumn"
  | "deleteColumn"
  | "moveColumn"
  | "renameColumn"
  | "breakKey";

export const ROW_ACTIONS: readonly TableAction[] = [
  "editCell",
  "insertRow",
  "deleteRow",
  "moveRow",
  "sortRows",
];
export const ALL_ACTIONS: readonly TableAction[] = [
  ...ROW_ACTIONS,
  "editRow",
  "duplicateRow",
  "blankRow",
  "insertColumn",
  "deleteColumn",
  "moveColumn",
  "renameColumn",
  "breakKey",
];

export const below = (random: Random, bound: number): number => Math.floor(random.float() * bound);
export const pick = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)]!;

export function createTable(random: Random, options: TableOptions): TrueTable {
  const table: TrueTable = { columns: [], rows: [], nextId: 1, key: null };
  for (let i = 0; i < options.columns; i++) table.columns.push({ id: table.nextId++, header: `column ${i}` });
  if (options.keyed) table.key = table.columns[0]!.id;
  for (let i = 0; i < options.rows; i++) table.rows.push(newRow(random, table, options.distinct));
  return table;
}

export function act(random: Random, table: TrueTable, action: TableAction, distinct: boolean): void {
  const row = table.rows.length > 0 ? pick(random, table.rows) : null;
  const place = below(random, table.rows.length + 1);
  switch (action) {
    case "editCell":
      if (row) editCell(random, table, row, distinct);
      return;
    case "editRow":
      for (const column of table.columns) {
        if (row && column.id !== table.key) row.cells.set(column.id, cell(random, table, distinct));
      }
      return;
    case "insertRow":
      table.rows.splice(place, 0, newRow(random, table, distinct));
      return;
    case "deleteRow":
      if (row) table.rows.splice(table.rows.indexOf(row), 1);
      return;
    case "moveRow":
      if (row) {
        table.rows.splice(table.rows.indexOf(row), 1);
        table.rows.splice(below(random, table.rows.length + 1), 0, row);
      }
      return;
    case "sortRows": {
      const by = pick(random, table.columns).id;
      table.rows.sort((a, b) => compare(String(a.cells.get(by)), String(b.cells.get(by))));
      return;
    }
    case "duplicateRow":
      if (row) table.rows.splice(place, 0, { id: table.nextId++, cells: new Map(row.cells) });
      return;
    case "blankRow":
      table.rows.splice(place, 0, { id: table.nextId++, cells: new Map() });
      return;
    case "insertColumn": {
      const column = { id: table.nextId++, header: pick(random, ["", "note", `new ${table.nextId}`]) };
      table.columns.splice(below(random, table.columns.length + 1), 0, column);
      if (random.float() < 0.5)
        for (const r of table.rows) r.cells.set(column.id, cell(random, table, distinct));
      return;
    }
    case "deleteColumn":
      if (table.columns.length > 1) {
        const gone = table.columns.splice(below(random, table.columns.length), 1)[0]!;
        if (gone.id === table.key) table.key = null;
      }
      return;
    case "moveColumn": {
      const moved = table.columns.splice(below(random, table.columns.length), 1)[0]!;
      table.columns.splice(below(random, table.columns.length + 1), 0, moved);
      return;
    }
    case "renameColumn":
      pick(random, table.columns).header = pick(random, ["", "note", `named ${table.nextId++}`]);
      return;
    case "breakKey":
      if (row && table.key !== null) row.cells.set(table.key, pick(random, [null, "again", "again"]));
  }
}

export function toSnapshot(table: TrueTable): TabSnapshot {
  const keyColumn = table.columns.findIndex((column) => column.id === table.key);
  return {
    tabId: "1",
    title: "Table",
    columns: table.columns.map(({ header }) => ({ header, type: "mixed" })),
    rows: table.rows.map((row) => {
      const cells = table.columns.map((column) => row.cells.get(column.id) ?? null);
      while (cells.length > 0 && cells[cells.length - 1] === null) cells.pop();
      return cells;
    }),
    ...(keyColumn >= 0 ? { keyColumn } : {}),
  };
}

function newRow(random: Random, table: TrueTable, distinct: boolean): TrueTable["rows"][number] {
  const cells = new Map<number, CellValue>();
  const id = table.nextId++;
  for (const column of table.columns) {
    cells.set(column.id, column.id === table.key ? `key ${id}` : cell(random, table, distinct));
  }
  return { id, cells };
}

function editCell(random: Random, table: TrueTable, row: TrueTable["rows"][number], distinct: boolean): void {
  const free = table.columns.filter((column) => column.id !== table.key);
  if (free.length > 0) row.cells.set(pick(random, free).id, cell(random, table, distinct));
}

function cell(random: Random, table: TrueTable, distinct: boolean): CellValue {
  if (distinct) return `${pick(random, WORDS)} ${table.nextId++}`;
  return pick<CellValue>(random, [
    null,
    "",
    true,
    false,
    0,
    1,
    2.5,
    -3,
    "a",
    "b",
    { error: "#N/A" },
    "été 🎈",
  ]);
}

const WORDS = ["tea", "coffee", "cocoa", "juice", "water"];

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
