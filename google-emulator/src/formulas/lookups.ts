/** Functions that look things up and say where they are. */
import { columnName, quoteTitle, readA1 } from "../ranges/a1.ts";
import type { Box, GridRange } from "../ranges/box.ts";
import { transposed } from "./array-functions.ts";
import { criterion } from "./criterion.ts";
import type { Invocation } from "./invocation.ts";
import type { Located } from "./scope.ts";
import {
  compareScalars,
  FormulaError,
  matrix,
  type Scalar,
  scalar,
  toBoolean,
  toNumber,
  type Value,
} from "./value.ts";

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
    const [atRow, atColumn] = flat ? [1, row] : [row, column];
    // 0 stands for all of them.
    const lines = atRow === 0 ? rows : rows.slice(atRow - 1, atRow);
    const found = atColumn === 0 ? lines : lines.map((line) => line.slice(atColumn - 1, atColumn));
    return (found[0]?.length ?? 0) === 0 || atRow < 0 || atColumn < 0
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
  HLOOKUP: (call) => {
    const wanted = scalar(call.value(0));
    const block = matrix(call.value(1));
    const row = toNumber(call.value(2), "Function HLOOKUP parameter 3");
    if (row instanceof FormulaError) return row;
    const ascending =
      call.args.length < 4 || toBoolean(call.value(3), "Function HLOOKUP parameter 4") === true;
    const keys = block[0] ?? [];
    const found = ascending ? lastNotAbove(keys, wanted) : keys.findIndex(criterion(wanted));
    if (found < 0) return new FormulaError("#N/A", `Did not find value '${wanted}' in HLOOKUP evaluation.`);
    return (
      block[row - 1]?.[found] ?? new FormulaError("#REF!", "HLOOKUP evaluates to an out of bounds range.")
    );
  },
  XLOOKUP: (call) => {
    const keys = matrix(call.value(1));
    const results = matrix(call.value(2));
    const found = searched(call, keys.flat(), call.value(4), call.value(5));
    if (found < 0) {
      return call.args.length > 3 && call.args[3]?.kind !== "empty"
        ? call.value(3)
        : new FormulaError("#N/A", "Did not find value in XLOOKUP evaluation.");
    }
    // A row of keys finds a column of results.
    return keys.length > 1 || (results.length === 1 && keys[0]?.length === 1)
      ? [results[found] ?? []]
      : transposed([transposed(results)[found] ?? []]);
  },
  XMATCH: (call) => {
    const found = searched(call, matrix(call.value(1)).flat(), call.value(2), call.value(3));
    return found < 0 ? new FormulaError("#N/A", "Did not find value in XMATCH evaluation.") : found + 1;
  },
  OFFSET: (call) => {
    const from = target(call);
    if (!from) return new FormulaError("#N/A", "Argument must be a range.");
    const [down = 0, right = 0, height, width] = [1, 2, 3, 4].map((i) =>
      i < call.args.length ? Number(scalar(call.value(i))) : undefined,
    );
    const { box } = from;
    const [startRow, startColumn] = [box.startRow + down, box.startColumn + right];
    const found =
      startRow < 0 || startColumn < 0
        ? null
        : call.scope.locate(from.title, {
            startRowIndex: startRow,
            endRowIndex: startRow + (height ?? box.endRow - box.startRow),
            startColumnIndex: startColumn,
            endColumnIndex: startColumn + (width ?? box.endColumn - box.startColumn),
          });
    return found
      ? found.values()
      : new FormulaError("#REF!", "Function OFFSET evaluates to an out of bounds range.");
  },
  INDIRECT: (call) => {
    const text = String(scalar(call.value(0)) ?? "");
    const written = readA1(text);
    const place: GridRange | null = written?.place ?? null;
    const found = place ? call.scope.locate(written?.title ?? null, place) : call.scope.named(text);
    return found
      ? found.values()
      : new FormulaError(
          "#REF!",
          `Function INDIRECT parameter 1 value is '${text}'. It is not a valid cell/range reference.`,
        );
  },
  ADDRESS: (call) => {
    const [row = 1, column = 1, mode = 1] = [0, 1, 2].map((i) =>
      i < call.args.length && call.args[i]?.kind !== "empty" ? Number(scalar(call.value(i))) : undefined,
    );
    const a1 = call.args.length < 4 || toBoolean(call.value(3), "Function ADDRESS parameter 4") !== false;
    const title = call.args.length > 4 ? `${quoteTitle(String(scalar(call.value(4))))}!` : "";
    if (!a1) return `${title}R${row}C${column}`;
    const [columnPin, rowPin] = [mode === 1 || mode === 3 ? "$" : "", mode === 1 || mode === 2 ? "$" : ""];
    return `${title}${columnPin}${columnName(column - 1)}${rowPin}${row}`;
  },
  ISFORMULA: (call) => target(call)?.formula() != null,
  FORMULATEXT: (call) =>
    target(call)?.formula() ??
    new FormulaError("#N/A", "Argument must be a reference to a cell containing a formula."),
};

function located(call: Invocation): Box | undefined {
  return target(call)?.box;
}

/** The place that the first argument refers to. */
function target(call: Invocation): Located | null {
  const node = call.args[0];
  if (node?.kind === "range") return call.scope.locate(node.title, node.place);
  return node?.kind === "name" ? call.scope.named(node.name) : null;
}

/** Modes of XLOOKUP: 0 exact, 1 exact or next larger, -1 or next smaller, 2 with wildcards; -1 from the end. */
function searched(call: Invocation, keys: readonly Scalar[], matchMode: Value, searchMode: Value): number {
  const wanted = scalar(call.value(0));
  const [match, backwards] = [Number(scalar(matchMode) ?? 0), Number(scalar(searchMode) ?? 1) < 0];
  const order = keys.map((_key, i) => i);
  if (backwards) order.reverse();
  const isWanted =
    match === 2
      ? criterion(wanted)
      : (one: Scalar): boolean => one !== null && compareScalars(one, wanted) === 0;
  const exact = order.find((i) => isWanted(keys[i] ?? null));
  if (exact !== undefined) return exact;
  if (match !== 1 && match !== -1) return -1;
  let best = -1;
  for (const i of order) {
    const key = keys[i] ?? null;
    if (typeof key !== typeof wanted || key === null) continue;
    const beyond = compareScalars(key, wanted) * match > 0;
    if (beyond && (best < 0 || compareScalars(key, keys[best] ?? null) * match < 0)) best = i;
  }
  return best;
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
