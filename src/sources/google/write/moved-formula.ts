/** A formula that is put back elsewhere than it stood names the cells that it named, wherever they stand by now. */
import { columnIndex, columnLetters } from "../a1.ts";

/** Where a row, or a column, of the grid stands now. */
export interface Moves {
  row(row: number, isPinned: boolean): number;
  column(column: number): number;
}

/** As if it were copied so many rows down: `$` pins a row. */
export function copiedFormula(formula: string, rows: number): string {
  return movedFormula(formula, { row: (row, isPinned) => (isPinned ? row : row + rows), column: (at) => at });
}

/** Texts, and cells of tabs that are named, stay as they are. */
export function movedFormula(formula: string, moves: Moves): string {
  return formula.replaceAll(PART, (part, pinned, letters, rowPinned, digits) => {
    if (letters === undefined) return part;
    const column = columnLetters(moves.column(columnIndex(letters)));
    return `${pinned}${column}${rowPinned}${moves.row(Number(digits) - 1, rowPinned !== "") + 1}`;
  });
}

const TEXT = /"(?:[^"]|"")*"/;
const ELSEWHERE = /(?:'(?:[^']|'')*'|[\p{L}\w.]+)![$A-Za-z\d:]+/u;
const CELL = /(?<![\p{L}\w.$])(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,7})(?![\p{L}\w.]|\s*\()/u;
const PART = new RegExp([TEXT, ELSEWHERE, CELL].map(({ source }) => source).join("|"), "gu");
