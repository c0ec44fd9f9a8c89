/** What a cell's value looks like in an answer, by render option. */
import { FormulaError, type Scalar } from "../formulas/value.ts";
import { isRich, type Stored } from "../grid/cell.ts";
import type { Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import type { Json } from "../http/json.ts";
import { numberFormatOf } from "./enter.ts";
import { formatNumber, isTemporal, type NumberFormat } from "./number-format.ts";

export type ValueRender = "FORMATTED_VALUE" | "UNFORMATTED_VALUE" | "FORMULA";
export type DateTimeRender = "SERIAL_NUMBER" | "FORMATTED_STRING";

export interface RenderOptions {
  readonly value: ValueRender;
  readonly dateTime: DateTimeRender;
}

/** "" for an empty cell. */
export function renderValue(
  workbook: Workbook,
  tab: Tab,
  row: number,
  column: number,
  cell: Stored,
  options: RenderOptions,
): Json {
  if (cell === undefined && !tab.grid.hasFills) return "";
  if (options.value === "FORMULA") {
    // Values are not computed then, so what a block filled is empty.
    if (isRich(cell)) return cell.formula?.text ?? cell.value ?? "";
    return cell ?? "";
  }
  const value = workbook.calculator.valueOf(tab, row, column, cell);
  if (value === null) return "";
  if (options.value === "FORMATTED_VALUE") return shownText(workbook, tab, cell, value);
  if (value instanceof FormulaError)
    return value.message === "" ? value.code : `${value.code} (${value.message})`;
  if (typeof value === "number" && options.dateTime === "FORMATTED_STRING") {
    const format = effectiveNumberFormat(workbook, tab, cell);
    if (isTemporal(format)) return formatNumber(value, format, workbook.properties.locale);
  }
  return value;
}

/** What a person sees in the cell; `value` is its computed value. */
export function shownText(workbook: Workbook, tab: Tab, cell: Stored, value: Scalar): string {
  if (value === null) return "";
  if (value instanceof FormulaError) return value.code;
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (typeof value === "string") return value;
  return formatNumber(value, effectiveNumberFormat(workbook, tab, cell), workbook.properties.locale);
}

/** A formula without a format of its own shows its value as the first cell it refers to, as in Google. */
export function effectiveNumberFormat(
  workbook: Workbook,
  tab: Tab,
  cell: Stored,
  depth = 0,
): NumberFormat | undefined {
  const own = numberFormatOf(cell);
  if (own || !isRich(cell) || !cell.formula?.tree || depth > 8) return own;
  const tree = cell.formula.tree;
  if (tree.kind === "call" && DATES.has(tree.name)) return { type: "DATE" };
  if (tree.kind === "call" && tree.name === "TO_PERCENT") return { type: "PERCENT" };
  if (tree.kind === "call" && tree.name === "TO_DOLLARS") return { type: "CURRENCY" };
  if (tree.kind === "call" && tree.name === "TIME") return { type: "TIME", pattern: "h:mm am/pm" };
  if (tree.kind === "call" && tree.name === "NOW") return { type: "DATE_TIME" };
  const first = firstReference(tree);
  const target = first && (first.title === null ? tab : workbook.tabByTitle(first.title));
  if (!first || !target) return undefined;
  const referred = target.grid.get(first.place.startRowIndex ?? 0, first.place.startColumnIndex ?? 0);
  return effectiveNumberFormat(workbook, target, referred, depth + 1);
}

const DATES = new Set(["TODAY", "DATE", "TO_DATE", "EDATE", "EOMONTH", "WORKDAY"]);

type Tree = NonNullable<
  NonNullable<Exclude<Stored, string | number | boolean | undefined>["formula"]>["tree"]
>;

function firstReference(node: Tree): Extract<Tree, { kind: "range" }> | null {
  if (node.kind === "range") return node;
  if (node.kind === "unary") return firstReference(node.operand);
  if (node.kind === "binary" && /^[-+*/]$/.test(node.operator)) {
    return firstReference(node.left) ?? firstReference(node.right);
  }
  if (node.kind === "call" && /^(SUM|AVERAGE|MIN|MAX|ROUND|ROUNDUP|ROUNDDOWN)$/.test(node.name)) {
    const first = node.args[0];
    return first ? firstReference(first) : null;
  }
  return node.kind === "call" && node.name === "IF" && node.args[1] ? firstReference(node.args[1]) : null;
}
