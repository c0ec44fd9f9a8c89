/** Functions that look things up and say where they are. */
import type { Box } from "../ranges/box.ts";
import { criterion } from "./criterion.ts";
import type { Invocation } from "./invocation.ts";
import { FormulaError, matrix, type Scalar, scalar, toBoolean, toNumber, type Value } from "./value.ts";

export const LOOKUPS: Readonly<Record<string, (call: Invocation) => Value>> = {
  ROW: (call) => (located(call)?.startRow ?? call.scope.row) + 1,
  COLUMN: (call) => (located(call)?.startColumn ?? call.scope.column) + 1,
  ROWS: (call) => {
    const box = located(call);
    return box ? box.endRow - box.startRow : matrix(call.value(0)).length;
  },
  COLUMNS: (call) => {
    const box = located(call);
    return box ? box.endColumn - box.startColumn : (matrix(call.value(0))[0]?.length ?? 0);
  },
  INDEX: (call) => {
    const rows = matrix(call.value(0));
    const [row, column] = [
      toNumber(call.value(1), "Function INDEX parameter 2"),
      toNumber(call.value(2), "Function INDEX parameter 3"),
    ];
    if (row instanceof FormulaError) return row;
    if (column instanceof FormulaError) return column;
    const flat = rows.length === 1 && call.args.length === 2;
    const found = flat ? rows[0]?.[row - 1] : rows[Math.max(row, 1) - 1]?.[Math.max(column, 1) - 1];
    return found === undefined
      ? new FormulaError("#REF!", "Function INDEX parameter 2 value is out of range.")
      : found;
  },
  MATCH: (call) => {
    const wanted = scalar(call.value(0));
    const exact = call.args.length > 2 && scalar(call.value(2)) === 0;
    const items = matrix(call.value(1)).flat();
    const found = exact ? items.findIndex(criterion(wanted)) : lastNotAbove(items, wanted);
    return found < 0
      ? new FormulaError("#N/A", `Did not find value '${wanted}' in MATCH evaluation.`)
      : found + 1;
  },
  VLOOKUP: (call) => {
    const wanted = scalar(call.value(0));
    const rows = matrix(call.value(1));
    const column = toNumber(call.value(2), "Function VLOOKUP parameter 3");
    if (column instanceof FormulaError) return column;
    const sorted = call.args.length < 4 || toBoolean(call.value(3), "Function VLOOKUP parameter 4") === true;
    const keys = rows.map((row) => row[0] ?? null);
    const found = sorted ? lastNotAbove(keys, wanted) : keys.findIndex(criterion(wanted));
    if (found < 0) return new FormulaError("#N/A", `Did not find value '${wanted}' in VLOOKUP evaluation.`);
    const value = rows[found]?.[column - 1];
    return value === undefined
      ? new FormulaError("#REF!", "VLOOKUP evaluates to an out of bounds range.")
      : value;
  },
};

function located(call: Invocation): Box | undefined {
  const node = call.args[0];
  if (node?.kind === "range") return call.scope.locate(node.title, node.place)?.box;
  return node?.kind === "name" ? call.scope.named(node.name)?.box : undefined;
}

/** In ascending items: the last one that is not above `wanted`; -1 when all are. */
function lastNotAbove(items: readonly Scalar[], wanted: Scalar): number {
  let found = -1;
  for (const [i, item] of items.entries()) {
    if (typeof item !== typeof wanted || item === null || wanted === null) continue;
    if (item <= wanted) found = i;
  }
  return found;
}
