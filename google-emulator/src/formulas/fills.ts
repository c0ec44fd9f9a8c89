/** Blocks that formulas of one tab lay over the cells below and beside them, for one version of the workbook. */
import { isBlank, isRich } from "../grid/cell.ts";
import type { Tab } from "../grid/tab.ts";
import { writeA1 } from "../ranges/a1.ts";
import type { Formula } from "./formula.ts";
import { FormulaError, type Matrix, type Scalar } from "./value.ts";

export interface Anchor {
  readonly row: number;
  readonly column: number;
  readonly formula: Formula;
}

export class Fills {
  private readonly tab: Tab;
  private readonly unsettled: Set<Anchor>;
  private readonly cells = new Map<number, Map<number, Scalar>>();
  private reach: [rows: number, columns: number] = [0, 0];

  constructor(tab: Tab) {
    this.tab = tab;
    const anchors: Anchor[] = [];
    tab.grid.eachRow((row, cells) => {
      for (const [column, cell] of cells.entries()) {
        if (isRich(cell) && cell.formula?.mayFill) anchors.push({ row, column, formula: cell.formula });
      }
    });
    this.unsettled = new Set(anchors);
  }

  get extent(): readonly [rows: number, columns: number] {
    return this.reach;
  }

  /** Formulas not yet computed that could fill this cell: a block goes down and to the right of its formula. */
  pending(asked: { readonly row: number; readonly column: number }): Anchor[] {
    if (this.unsettled.size === 0) return [];
    return [...this.unsettled].filter((one) => one.row <= asked.row && one.column <= asked.column);
  }

  /** The formula was computed: it need not be asked again. */
  settle(anchor: Anchor): void {
    this.unsettled.delete(anchor);
  }

  get(row: number, column: number): Scalar {
    return this.cells.get(row)?.get(column) ?? null;
  }

  /** An error, as Google's, when the block would cover something or leave the grid. */
  lay(row: number, column: number, block: Matrix): FormulaError | null {
    const width = block[0]?.length ?? 0;
    const { rowCount, columnCount } = this.tab.size;
    const missing = row + block.length - rowCount;
    if (missing > 0) {
      return new FormulaError(
        "#REF!",
        `Result was not automatically expanded, please insert more rows (${missing}).`,
      );
    }
    if (column + width > columnCount) {
      return new FormulaError(
        "#REF!",
        `Result was not automatically expanded, please insert more columns (${column + width - columnCount}).`,
      );
    }
    const taken = this.taken(row, column, block.length, width);
    if (taken) {
      return new FormulaError(
        "#REF!",
        `Array result was not expanded because it would overwrite data in ${taken}.`,
      );
    }
    for (const [i, values] of block.entries()) {
      const line = this.cells.get(row + i) ?? new Map<number, Scalar>();
      this.cells.set(row + i, line);
      for (const [j, value] of values.entries()) if (i > 0 || j > 0) line.set(column + j, value);
    }
    this.reach = [Math.max(this.reach[0], row + block.length), Math.max(this.reach[1], column + width)];
    return null;
  }

  /** The first cell in the way, as "C3". */
  private taken(row: number, column: number, height: number, width: number): string | null {
    for (let r = row; r < row + height; r += 1) {
      for (let c = column; c < column + width; c += 1) {
        if (r === row && c === column) continue;
        if (isBlank(this.tab.grid.get(r, c)) && !this.cells.get(r)?.has(c)) continue;
        const box = { startRow: r, endRow: r + 1, startColumn: c, endColumn: c + 1 };
        return writeA1("", box).replace(/^.*!/, "");
      }
    }
    return null;
  }
}
