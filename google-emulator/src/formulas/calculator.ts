/**
 * Values of a workbook's cells. Formulas are computed when somebody reads them and kept until the workbook
 * changes; a workbook without formulas computes nothing.
 */
import { isRich, type Stored } from "../grid/cell.ts";
import type { Tab } from "../grid/tab.ts";
import { type Box, boxOf, type GridRange } from "../ranges/box.ts";
import { evaluateFormula } from "./evaluate.ts";
import { Fills } from "./fills.ts";
import type { Formula } from "./formula.ts";
import { isBlock } from "./operators.ts";
import type { Located, Scope } from "./scope.ts";
import { FormulaError, type Matrix, type Scalar, scalar, type Value } from "./value.ts";

/** What a calculator needs of its workbook. */
export interface CalculatedWorkbook {
  readonly version: number;
  readonly tabs: readonly Tab[];
  readonly namedRanges: readonly { readonly name: string; readonly range: GridRange }[];
  tabByTitle(title: string): Tab | undefined;
  tabById(id: number): Tab | undefined;
}

/** Formulas within formulas that are computed on the call stack; longer chains go on from a list of their own. */
const DEPTH_MAX = 400;
const CIRCULAR = new FormulaError(
  "#REF!",
  "Circular dependency detected. To resolve with iterative calculation, see File > Settings.",
);
const UNPARSABLE = new FormulaError("#ERROR!", "Formula parse error.");

interface FormulaCell {
  readonly tab: Tab;
  readonly row: number;
  readonly column: number;
  readonly formula: Formula;
}

/** Unwinds the stack when a chain is longer than DEPTH_MAX: this cell is computed first, then the rest anew. */
class TooDeep {
  readonly cell: FormulaCell;
  constructor(cell: FormulaCell) {
    this.cell = cell;
  }
}

export class Calculator {
  private readonly workbook: CalculatedWorkbook;
  private readonly nowMs: () => number;
  private readonly random: () => number;
  private version = 0;
  private readonly results = new Map<Tab, Map<number, Scalar | "computing">>();
  private readonly fills = new Map<Tab, Fills>();
  private depth = 0;

  constructor(workbook: CalculatedWorkbook, nowMs: () => number, random: () => number) {
    this.workbook = workbook;
    this.nowMs = nowMs;
    this.random = random;
  }

  /** What a cell shows as a value; formulas are computed, empty cells are null. */
  value(tab: Tab, row: number, column: number): Scalar {
    return this.valueOf(tab, row, column, tab.grid.get(row, column));
  }

  valueOf(tab: Tab, row: number, column: number, cell: Stored): Scalar {
    if (isRich(cell) && cell.formula) return this.computed(tab, row, column, cell.formula);
    const own = isRich(cell) ? cell.value : (cell ?? null);
    if (own !== null || !tab.grid.hasFills) return own;
    return this.fillsOf(tab, { row, column }).get(row, column);
  }

  /** Rows and columns that blocks from formulas reach to; [0, 0] where there are none. */
  extent(tab: Tab): readonly [rows: number, columns: number] {
    if (!tab.grid.hasFills) return [0, 0];
    const everywhere = { row: Number.POSITIVE_INFINITY, column: Number.POSITIVE_INFINITY };
    return this.fillsOf(tab, everywhere).extent;
  }

  /** Values of a box, cut to the rows that exist. */
  block(tab: Tab, box: Box): Matrix {
    const rows: Matrix = [];
    const last = { row: box.endRow - 1, column: box.endColumn - 1 };
    const reach = tab.grid.hasFills ? this.fillsOf(tab, last).extent[0] : 0;
    const endRow = Math.min(box.endRow, Math.max(tab.grid.height, reach, box.startRow + 1));
    for (let row = box.startRow; row < endRow; row += 1) {
      const values: Scalar[] = [];
      const cells = tab.grid.row(row);
      for (let column = box.startColumn; column < box.endColumn; column += 1) {
        values.push(this.valueOf(tab, row, column, cells[column]));
      }
      rows.push(values);
    }
    return rows;
  }

  /** Forgets computed values, as when time passed for NOW() or an outside value arrived. */
  forget(): void {
    this.results.clear();
    this.fills.clear();
  }

  private refresh(): void {
    if (this.version === this.workbook.version) return;
    this.forget();
    this.version = this.workbook.version;
  }

  /** The tab's filled cells, after every formula that could fill the asked cell was computed. */
  private fillsOf(tab: Tab, asked: { readonly row: number; readonly column: number }): Fills {
    this.refresh();
    const fills = this.fills.get(tab) ?? new Fills(tab);
    this.fills.set(tab, fills);
    for (const anchor of fills.pending(asked)) {
      // One that is being computed asks for itself: it cannot see what it has not filled yet.
      if (this.resultsOf(tab).get(keyOf(anchor.row, anchor.column)) === "computing") continue;
      this.computed(tab, anchor.row, anchor.column, anchor.formula);
      fills.settle(anchor);
    }
    return fills;
  }

  private computed(tab: Tab, row: number, column: number, formula: Formula): Scalar {
    this.refresh();
    const cell = { tab, row, column, formula };
    return this.depth > 0 ? this.compute(cell) : this.computeChain(cell);
  }

  /** Computes the far end of a long chain first; what was computed on the way stays. */
  private computeChain(first: FormulaCell): Scalar {
    const pending = [first];
    for (;;) {
      const cell = pending.at(-1) ?? first;
      try {
        const result = this.compute(cell);
        pending.pop();
        if (pending.length === 0) return result;
      } catch (error) {
        if (!(error instanceof TooDeep)) throw error;
        const { tab, row, column } = error.cell;
        const circular = pending.some((one) => one.tab === tab && one.row === row && one.column === column);
        if (circular) this.resultsOf(tab).set(keyOf(row, column), CIRCULAR);
        else pending.push(error.cell);
      }
    }
  }

  private compute(cell: FormulaCell): Scalar {
    const { tab, row, column, formula } = cell;
    const results = this.resultsOf(tab);
    const key = keyOf(row, column);
    const known = results.get(key);
    if (known === "computing") return CIRCULAR;
    if (known !== undefined) return known;
    if (!formula.tree) return UNPARSABLE;
    if (this.depth >= DEPTH_MAX) throw new TooDeep(cell);
    results.set(key, "computing");
    this.depth += 1;
    try {
      const whole = evaluateFormula(formula.tree, this.scope(tab, row, column));
      const result = this.filled(cell, whole) ?? scalar(whole);
      results.set(key, result);
      return result;
    } catch (error) {
      results.delete(key);
      throw error;
    } finally {
      this.depth -= 1;
    }
  }

  /** Lays a block over the cells below and beside; an error when it has no room there. */
  private filled({ tab, row, column }: FormulaCell, whole: Value): FormulaError | null {
    if (!isBlock(whole)) return null;
    const fills = this.fills.get(tab) ?? new Fills(tab);
    this.fills.set(tab, fills);
    return fills.lay(row, column, whole);
  }

  private resultsOf(tab: Tab): Map<number, Scalar | "computing"> {
    const known = this.results.get(tab);
    if (known) return known;
    const results = new Map<number, Scalar | "computing">();
    this.results.set(tab, results);
    return results;
  }

  private scope(tab: Tab, row: number, column: number): Scope {
    return {
      row,
      column,
      array: false,
      names: NO_NAMES,
      nowMs: this.nowMs,
      random: this.random,
      locate: (title, place) => {
        const target = title === null ? tab : this.workbook.tabByTitle(title);
        if (!target) return null;
        const box = boxOf(place, target.size);
        const inside = box.endRow <= target.size.rowCount && box.endColumn <= target.size.columnCount;
        return inside ? this.located(title, target, box) : null;
      },
      named: (name) => {
        const found = this.workbook.namedRanges.find((one) => one.name.toLowerCase() === name.toLowerCase());
        const target = found && this.workbook.tabById(found.range.sheetId ?? 0);
        if (!found || !target) return null;
        return this.located(target.title, target, boxOf(found.range, target.size));
      },
    };
  }

  private located(title: string | null, tab: Tab, box: Box): Located {
    return {
      title,
      box,
      values: () => this.block(tab, box),
      formula: () => {
        const cell = tab.grid.get(box.startRow, box.startColumn);
        return isRich(cell) && cell.formula ? cell.formula.text : null;
      },
    };
  }
}

const NO_NAMES: Scope["names"] = new Map();

/** 18,278 columns (ZZZ) is the widest grid there is. */
function keyOf(row: number, column: number): number {
  return row * 18_278 + column;
}
