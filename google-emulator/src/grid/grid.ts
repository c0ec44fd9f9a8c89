/**
 * The cells of one tab, by row: an array of plain values each. A million plain cells are a few megabytes.
 * Rows are shared between a grid and its copies until one of them writes (copy on write), which makes
 * undoing a failed batch and duplicating a tab cost one array of pointers.
 */
import { isRich, type Stored } from "./cell.ts";

interface Row {
  /** The grid that may write this row in place; any other copies it first. */
  owner: object;
  cells: Stored[];
}

export class Grid {
  private rows: (Row | undefined)[];
  private token: object = {};
  /** Sticky: once a formula was stored, structural changes look for references to adjust. */
  hasFormulas = false;
  /** Sticky likewise: some formula may fill the cells below and beside it. */
  hasFills = false;

  constructor(rows: (Row | undefined)[] = []) {
    this.rows = rows;
  }

  /** A grid with the same content; both go on independently. */
  share(): Grid {
    const copy = new Grid(this.rows.slice());
    copy.hasFormulas = this.hasFormulas;
    copy.hasFills = this.hasFills;
    // Neither owns the common rows any more.
    this.token = {};
    return copy;
  }

  /** Rows up to the last one ever written; rows beyond are empty. */
  get height(): number {
    return this.rows.length;
  }

  get(row: number, column: number): Stored {
    return this.rows[row]?.cells[column];
  }

  /** The row's cells for reading only; may be shorter than the tab is wide. */
  row(row: number): readonly Stored[] {
    return this.rows[row]?.cells ?? NO_CELLS;
  }

  set(row: number, column: number, cell: Stored): void {
    if (cell === undefined && (this.rows[row]?.cells.length ?? 0) <= column) return;
    const cells = this.writable(row);
    while (cells.length < column) cells.push(undefined);
    cells[column] = cell;
    if (!isRich(cell) || !cell.formula) return;
    this.hasFormulas = true;
    if (cell.formula.mayFill) this.hasFills = true;
  }

  insertRows(at: number, count: number): void {
    if (at >= this.rows.length) return;
    this.rows = [...this.rows.slice(0, at), ...new Array<undefined>(count), ...this.rows.slice(at)];
  }

  deleteRows(at: number, count: number): void {
    this.rows = [...this.rows.slice(0, at), ...this.rows.slice(at + count)];
  }

  insertColumns(at: number, count: number): void {
    this.eachRow((row, cells) => {
      if (cells.length > at) this.writable(row).splice(at, 0, ...new Array<undefined>(count));
    });
  }

  deleteColumns(at: number, count: number): void {
    this.eachRow((row, cells) => {
      if (cells.length > at) this.writable(row).splice(at, count);
    });
  }

  /** Puts rows `at..at+count` before the row that is now `destination`. */
  moveRows(at: number, count: number, destination: number): void {
    while (this.rows.length < Math.max(at + count, destination)) this.rows.push(undefined);
    this.rows = moved(this.rows, at, count, destination);
  }

  moveColumns(at: number, count: number, destination: number): void {
    this.eachRow((row, cells) => {
      if (cells.length <= Math.min(at, destination)) return;
      const padded = [...cells];
      while (padded.length < Math.max(at + count, destination)) padded.push(undefined);
      this.rows[row] = { owner: this.token, cells: moved(padded, at, count, destination) };
    });
  }

  /** Drops what lies outside: a tab was made smaller. */
  crop(rowCount: number, columnCount: number): void {
    if (this.rows.length > rowCount) this.rows = this.rows.slice(0, rowCount);
    this.eachRow((row, cells) => {
      if (cells.length > columnCount) this.writable(row).length = columnCount;
    });
  }

  /** Calls for each row that has cells, top to bottom. */
  eachRow(visit: (row: number, cells: readonly Stored[]) => void): void {
    for (let row = 0; row < this.rows.length; row += 1) {
      const found = this.rows[row];
      if (found) visit(row, found.cells);
    }
  }

  /** Replaces each cell of which `change` makes another one. */
  mapCells(change: (cell: Stored, row: number, column: number) => Stored): void {
    this.eachRow((row, cells) => {
      for (let column = 0; column < cells.length; column += 1) {
        const before = cells[column];
        const after = change(before, row, column);
        if (after !== before) this.set(row, column, after);
      }
    });
  }

  private writable(row: number): Stored[] {
    const found = this.rows[row];
    if (found?.owner === this.token) return found.cells;
    while (this.rows.length < row) this.rows.push(undefined);
    const own: Row = { owner: this.token, cells: found ? found.cells.slice() : [] };
    this.rows[row] = own;
    return own.cells;
  }
}

const NO_CELLS: readonly Stored[] = [];

function moved<T>(items: readonly T[], at: number, count: number, destination: number): T[] {
  const block = items.slice(at, at + count);
  if (destination < at) {
    return [
      ...items.slice(0, destination),
      ...block,
      ...items.slice(destination, at),
      ...items.slice(at + count),
    ];
  }
  return [
    ...items.slice(0, at),
    ...items.slice(at + count, destination),
    ...block,
    ...items.slice(destination),
  ];
}
