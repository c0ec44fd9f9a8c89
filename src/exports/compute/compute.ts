/** Values of a plan's formulas, for the preview and for files that hold values only. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import { type Formula, type PlanCell, type SheetPlan, type TabPlan, totalFormula } from "../plan.ts";
import { asNumber, DIV_ZERO, FUNCTIONS, isColumn, type Operand, VALUE_ERROR } from "./functions.ts";
import { type Infix, parseTree, type Tree } from "./syntax.ts";

export interface Computed {
  /** Of one column below the header, totals not included; null where its formula is not one that is known here. */
  column(tab: string, key: string): readonly CellValue[] | null;
  /** What stands below it; null where nothing does, or it is not known. */
  total(tab: string, key: string): CellValue;
  /** Of a formula in a row of the tab; undefined: not known. */
  at(tab: string, row: number, formula: Formula): CellValue | undefined;
}

/** About a second's work: a sum over every row for every row of a long table would take hours. */
const CELLS_LOOKED_MAX = 20_000_000;

class Unknown extends Error {}

export function compute(plan: Pick<SheetPlan, "tabs">): Computed {
  const tabs = new Map(plan.tabs.map((tab) => [tab.id, tab]));
  const columns = new Map<string, readonly CellValue[] | "busy" | null>();
  let looked = 0;
  const spend = (cells: number): void => {
    looked += cells;
    if (looked > CELLS_LOOKED_MAX) throw new Unknown();
  };

  function columnOf(tab: string, key: string): readonly CellValue[] | null {
    const name = JSON.stringify([tab, key]);
    const known = columns.get(name);
    if (known === "busy") return null;
    if (known !== undefined) return known;
    columns.set(name, "busy");
    const made = makeColumn(tabs.get(tab), key);
    columns.set(name, made);
    return made;
  }

  function makeColumn(tab: TabPlan | undefined, key: string): readonly CellValue[] | null {
    const at = tab?.columns.findIndex((column) => column.key === key) ?? -1;
    const column = tab?.columns[at];
    if (!tab || !column) return null;
    if (!column.formula) return tab.rows.map(({ cells }) => plainValue(cells[at] ?? null));
    const tree = parseTree(column.formula);
    if (!tree) return null;
    const values: CellValue[] = [];
    for (const row of tab.rows.keys()) {
      const value = attempt(() => cellOf(evaluate(tree, tab.id, row)));
      if (value === undefined) return null;
      values.push(value);
    }
    return values;
  }

  function evaluate(tree: Tree, tab: string, row: number): Operand {
    const scalar = (part: Tree) => cellOf(evaluate(part, tab, row));
    switch (tree.tag) {
      case "value":
        return tree.value;
      case "reference": {
        const { reference } = tree;
        const cells = columnOf((reference.to === "column" && reference.tab) || tab, reference.column);
        if (!cells) throw new Unknown();
        spend(1);
        return reference.to === "column" ? cells : (cells[row] ?? null);
      }
      case "minus":
        return arithmetic("-", 0, scalar(tree.of));
      case "percent":
        return arithmetic("/", scalar(tree.of), 100);
      case "infix":
        return combine(tree.sign, scalar(tree.left), scalar(tree.right));
      case "call":
        return call(tree.name, tree.given, { scalar, any: (part) => evaluate(part, tab, row), spend });
    }
  }

  return {
    column: columnOf,
    total(tab, key) {
      const total = tabs.get(tab)?.columns.find((column) => column.key === key)?.total;
      const tree = total ? parseTree(totalFormula(key, total)) : null;
      return tree ? (attempt(() => cellOf(evaluate(tree, tab, 0))) ?? null) : null;
    },
    at(tab, row, formula) {
      const tree = parseTree(formula);
      return tree ? attempt(() => cellOf(evaluate(tree, tab, row))) : undefined;
    },
  };
}

/** What a cell of the data counts as; a formula of the data is computed by the sheet alone. */
function plainValue(cell: PlanCell): CellValue {
  if (cell === null || typeof cell !== "object" || isCellError(cell)) return cell;
  if ("text" in cell) return cell.text;
  return "value" in cell ? cell.value : VALUE_ERROR;
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof Unknown) return undefined;
    throw cause;
  }
}

interface Reach {
  scalar(tree: Tree): CellValue;
  any(tree: Tree): Operand;
  spend(cells: number): void;
}

function call(name: string, given: readonly Tree[], { scalar, any, spend }: Reach): Operand {
  const [first, second, third] = given;
  switch (name) {
    case "IF": {
      const chosen = first ? scalar(first) : null;
      if (isCellError(chosen)) return chosen;
      const branch = asNumber(chosen) ? second : third;
      return branch ? any(branch) : (asNumber(chosen) ?? 0) !== 0;
    }
    case "IFERROR": {
      const value = first ? scalar(first) : null;
      return isCellError(value) ? (second ? scalar(second) : null) : value;
    }
    case "AND":
      return given.every((part) => asNumber(scalar(part)));
    case "OR":
      return given.some((part) => asNumber(scalar(part)));
    case "NOT":
      return first ? !asNumber(scalar(first)) : VALUE_ERROR;
    default: {
      const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
      if (!known) throw new Unknown();
      return known(given.map(any), spend);
    }
  }
}

function cellOf(operand: Operand): CellValue {
  return isColumn(operand) ? VALUE_ERROR : operand;
}

function combine(sign: Infix, left: CellValue, right: CellValue): CellValue {
  if (isCellError(left)) return left;
  if (isCellError(right)) return right;
  if (sign === "&") return `${shown(left)}${shown(right)}`;
  if (sign === "+" || sign === "-" || sign === "*" || sign === "/" || sign === "^") {
    return arithmetic(sign, left, right);
  }
  const order = compare(left, right);
  const holds = {
    "=": order === 0,
    "<>": order !== 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
  };
  return holds[sign];
}

function arithmetic(sign: "+" | "-" | "*" | "/" | "^", left: CellValue, right: CellValue): CellValue {
  if (isCellError(left)) return left;
  if (isCellError(right)) return right;
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a === null || b === null) return VALUE_ERROR;
  if (sign === "/" && b === 0) return DIV_ZERO;
  const result = { "+": a + b, "-": a - b, "*": a * b, "/": a / b, "^": a ** b }[sign];
  return Number.isFinite(result) ? result : { error: "#NUM!" };
}

/** Numbers before texts before booleans; texts without their case; a blank is what the other side's nothing is. */
function compare(left: CellValue, right: CellValue): number {
  const rank = (value: CellValue) => ["number", "string", "boolean"].indexOf(typeof value);
  const a = left ?? blankLike(right);
  const b = right ?? blankLike(left);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const [x, y] = [
    typeof a === "string" ? a.toLowerCase() : Number(a),
    typeof b === "string" ? b.toLowerCase() : Number(b),
  ];
  return x === y ? 0 : x < y ? -1 : 1;
}

function blankLike(other: CellValue): CellValue {
  return typeof other === "string" ? "" : typeof other === "boolean" ? false : 0;
}

function shown(value: CellValue): string {
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return value === null ? "" : String(value);
}
