/** Why a cell, or a row, must not be written: a refusal with its code and a sentence for who wished it. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { WriteRules } from "#contract/rest.ts";
import type { Box } from "../a1.ts";
import { columnLetters } from "../a1.ts";
import type { FreshTab, Protection } from "./fresh-tab.ts";
import { describe, mayHold } from "./validation.ts";

export interface Obstacle {
  readonly code: string;
  readonly why: string;
}

/** Google's limit. */
const TEXT_LENGTH_MAX = 50_000;

/** Of one cell, by its place in the grid. */
export function cellObstacle(
  tab: FreshTab,
  row: number,
  column: number,
  wish: { readonly value: CellValue; readonly formula?: string | undefined },
  rules: WriteRules,
): Obstacle | null {
  const name = `${columnLetters(column)}${row + 1}`;
  const cell = tab.cell(row, column);
  const unfit = valueObstacle(wish.value);
  if (unfit) return unfit;
  if (cell?.spilled) {
    return { code: "spilled", why: `${name} is filled by a formula in another cell: change that formula` };
  }
  if (wish.formula !== undefined && !rules.formulas) {
    return { code: "formula", why: "Formulas are not written: allow them in the source's settings" };
  }
  if (cell?.formula !== undefined && !rules.formulas) {
    return { code: "formula", why: `${name} holds a formula, which a value would replace` };
  }
  const merge = tab.merges.find((one) => holds(one, row, column));
  if (merge && (merge.row !== row || merge.column !== column)) {
    return {
      code: "merged",
      why: `${name} is merged into ${columnLetters(merge.column)}${merge.row + 1}: change that cell`,
    };
  }
  if (!rules.hiddenCells && (tab.isHiddenRow(row) || tab.isHiddenColumn(column))) {
    const what = tab.isHiddenRow(row) ? "row" : "column";
    return {
      code: "hidden",
      why: `${name} is in a hidden ${what}: show it, or allow hidden cells in the source's settings`,
    };
  }
  const held = protectionObstacle(
    tab.protections.filter(
      (one) => holds(one.box, row, column) && !one.free.some((box) => holds(box, row, column)),
    ),
    name,
    rules,
  );
  if (held) return held;
  if (cell?.rule && wish.formula === undefined && !mayHold(cell.rule, wish.value)) {
    return { code: "validation", why: `${name} takes only what its rule allows (${describe(cell.rule)})` };
  }
  return null;
}

/** Of a row that is to go, by its place in the grid. */
export function removalObstacle(tab: FreshTab, row: number, rules: WriteRules): Obstacle | null {
  const name = `Row ${row + 1}`;
  if (isPart(tab.box)) {
    return {
      code: "part-of-tab",
      why: `${name} is part of a larger tab, and other cells stand beside it: remove it in the sheet`,
    };
  }
  if (tab.merges.some((one) => inRows(one, row) && (one.endRow ?? row + 1) - one.row > 1)) {
    return { code: "merged", why: `${name} is merged with another row: part them in the sheet first` };
  }
  if (!rules.hiddenCells && tab.isHiddenRow(row)) {
    return {
      code: "hidden",
      why: `${name} is hidden: show it, or allow hidden cells in the source's settings`,
    };
  }
  return protectionObstacle(
    tab.protections.filter((one) => inRows(one.box, row)),
    name,
    rules,
  );
}

/** Of a new row, at the place in the grid that it would have. */
export function insertionObstacle(tab: FreshTab, row: number, rules: WriteRules): Obstacle | null {
  if (tab.merges.some((one) => one.row < row && row < (one.endRow ?? Number.POSITIVE_INFINITY))) {
    return {
      code: "merged",
      why: `A row cannot be added at row ${row + 1}: merged cells stand across that place`,
    };
  }
  const across = tab.protections.filter(
    ({ box }) => box.row < row && row < (box.endRow ?? Number.POSITIVE_INFINITY),
  );
  return protectionObstacle(across, `Row ${row + 1}`, rules);
}

export function valueObstacle(value: CellValue | undefined): Obstacle | null {
  if (isCellError(value)) {
    return { code: "error-value", why: `${value.error} is an error of the sheet and cannot be entered` };
  }
  if (typeof value === "string" && value.length > TEXT_LENGTH_MAX) {
    return {
      code: "too-long",
      why: `A cell holds at most ${TEXT_LENGTH_MAX} characters, and this has ${value.length}`,
    };
  }
  return null;
}

/** Whether other cells may stand beside or below the table in rows of its own. */
export function isPart(box: Box): boolean {
  return box.row > 0 || box.column > 0 || box.endRow !== null || box.endColumn !== null;
}

function protectionObstacle(found: readonly Protection[], name: string, rules: WriteRules): Obstacle | null {
  if (found.length === 0) return null;
  if (!rules.protectedCells) {
    return {
      code: "protected",
      why: `${name} is protected in the sheet: end the protection, or allow protected cells in the source's settings`,
    };
  }
  if (found.every((one) => one.mayEdit)) return null;
  return {
    code: "protected",
    why: `${name} is protected in the sheet, and the source's account is not among its editors`,
  };
}

function holds(box: Box, row: number, column: number): boolean {
  return inRows(box, row) && column >= box.column && column < (box.endColumn ?? Number.POSITIVE_INFINITY);
}

function inRows(box: Box, row: number): boolean {
  return row >= box.row && row < (box.endRow ?? Number.POSITIVE_INFINITY);
}
