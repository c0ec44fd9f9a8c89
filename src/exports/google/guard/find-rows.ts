/** Which row and column of a tab, as a batch was to leave it, each one of the tab now is. */
import type { CellValue } from "#contract/cell.ts";
import type { Baseline } from "../../../model/delta.ts";
import { type Located, locate } from "../../../model/locate.ts";
import type { TabSnapshot } from "../../../model/snapshot.ts";
import { isFormula, keyText, type SeenCell } from "../seen-cell.ts";
import type { AfterBatch } from "./after-batch.ts";
import type { Cells } from "./sight.ts";

export interface Astray {
  readonly sheetId: number;
  /** Row of the header before and after the batch, and as it stands now. */
  readonly headerRow: number;
  readonly headerNow: number;
  /** Column of the key before; null: there is none. */
  readonly keyAt: number | null;
  readonly before: Cells;
  readonly after: AfterBatch;
  readonly now: Cells;
}

export interface Found {
  /** Null: nobody had it. */
  rowOf(now: number): number | null;
  columnOf(now: number): number | null;
  /** Null: it is gone. */
  placeOf(row: number): number | null;
  positionOf(column: number): number | null;
  /** Rows that nobody had, and rows that are gone. */
  readonly strangers: readonly number[];
  readonly gone: readonly number[];
  /** Whether a row of now is one that stood before the batch: by the key, or else by all that is in it. */
  isRow(now: number, before: readonly SeenCell[], keyAt: number | null): boolean;
}

export function findRows({ headerRow, headerNow, keyAt, after, now }: Astray): Found {
  const plain = { header: headerRow, cells: after.cells };
  const seen = { header: headerNow, cells: now };
  const byAll = locate(baselineOf(plain), snapshotOf(seen, null));
  const columnOf = (column: number) => {
    const slot = byAll.columns[column]?.slot ?? -1;
    return slot >= 0 && slot < widthOf(plain.cells) ? slot : null;
  };
  const positionOf = (column: number) => {
    const at = byAll.columns.findIndex(({ slot }) => slot === column);
    return at < 0 ? null : at;
  };
  const rows = locateRows({ plain, seen, byAll, keyAt, after, columnOf, positionOf });
  const placeByRow = new Map<number, number>();
  const strangers: number[] = [];
  rows.order.forEach((id, index) => {
    const row = id + headerRow;
    if (row < after.cells.length) placeByRow.set(row, index + headerNow + 1);
    else strangers.push(index + headerNow + 1);
  });
  // What stands above the table moves with its header.
  for (let up = 0; up <= Math.min(headerRow, headerNow); up++) placeByRow.set(headerRow - up, headerNow - up);
  const rowByPlace = new Map([...placeByRow].map(([row, place]) => [place, row]));
  const hit = new Set(after.written.map(({ row, column }) => `${row}/${column}`));
  const below = after.cells.map((_, row) => row).filter((row) => row > headerRow);
  return {
    rowOf: (at) => rowByPlace.get(at) ?? null,
    columnOf,
    placeOf: (row) => placeByRow.get(row) ?? null,
    positionOf,
    strangers,
    gone: below.filter((row) => !placeByRow.has(row)),
    isRow(at, before, key) {
      const position = key === null ? null : positionOf(key);
      if (key !== null && position !== null) {
        const text = keyText(before[key]);
        return text !== null && text === keyText(now[at]?.[position]);
      }
      return before.every((was, column) => {
        const there = positionOf(column);
        // What was written over tells nothing of the row.
        return (
          there === null ||
          hit.has(`${at}/${there}`) ||
          isFormula(was) ||
          textOf(was) === textOf(now[at]?.[there] ?? null)
        );
      });
    },
  };
}

interface Sides {
  readonly plain: Side;
  readonly seen: Side;
  readonly byAll: Located;
  readonly keyAt: number | null;
  readonly after: Astray["after"];
  readonly columnOf: Found["columnOf"];
  readonly positionOf: Found["positionOf"];
}

/** By what the batch did not write, where there is any: that cannot mislead. */
function locateRows({ plain, seen, byAll, keyAt, after, columnOf, positionOf }: Sides): Located {
  const positions = new Set<number>();
  for (const { column } of after.written) {
    positions.add(column);
    const meant = positionOf(column);
    if (meant !== null) positions.add(meant);
  }
  const columns = new Set([...positions].flatMap((position) => columnOf(position) ?? []));
  const [was, is] = [without(plain, columns), without(seen, positions)];
  const key = keyAt === null || columns.has(keyAt) ? null : positionOf(keyAt);
  if (key === null && was.cells.every((line) => line.every((cell) => cell === null))) return byAll;
  return locate(baselineOf(was), snapshotOf(is, key));
}

interface Side {
  readonly header: number;
  readonly cells: Cells;
}

function without({ header, cells }: Side, columns: ReadonlySet<number>): Side {
  return {
    header,
    cells: cells.map((line, row) =>
      row === header ? line : line.map((cell, column) => (columns.has(column) ? null : cell)),
    ),
  };
}

/** Row ids count from 1 below the header, slots are columns. */
function baselineOf({ header, cells }: Side): Baseline {
  const rows = cells.slice(header + 1);
  const width = widthOf(cells);
  return {
    columns: headersOf({ header, cells }, width).map((name, slot) => ({
      slot,
      header: name,
      key: `c${slot}`,
      type: "text",
    })),
    order: rows.map((_, index) => index + 1),
    rows: new Map(rows.map((line, index) => [index + 1, { values: line.map(tellingOf) }])),
    nextRow: rows.length + 1,
    nextSlot: width,
  };
}

function snapshotOf({ header, cells }: Side, keyColumn: number | null): TabSnapshot {
  return {
    tabId: "tab",
    title: "tab",
    columns: headersOf({ header, cells }, widthOf(cells)).map((name) => ({ header: name, type: "text" })),
    rows: cells.slice(header + 1).map((line) => line.map(tellingOf)),
    ...(keyColumn !== null && { keyColumn }),
  };
}

function headersOf({ header, cells }: Side, width: number): string[] {
  return Array.from({ length: width }, (_, column) => textOf(cells[header]?.[column] ?? null));
}

function widthOf(cells: Cells): number {
  return cells.reduce((most, line) => Math.max(most, line.length), 0);
}

/** What a formula gives tells nothing: it names other rows as these move. */
function tellingOf(cell: SeenCell): CellValue {
  return isFormula(cell) ? null : cell;
}

function textOf(cell: SeenCell): string {
  if (cell === null || cell === undefined || isFormula(cell)) return "";
  return typeof cell === "object" ? cell.error : String(cell);
}
