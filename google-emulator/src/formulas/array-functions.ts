/** Functions that make blocks of blocks; their results spill into neighbouring cells. */
import type { Invocation } from "./invocation.ts";
import { stacked } from "./stack.ts";
import {
  compareScalars,
  FormulaError,
  type Matrix,
  matrix,
  type Scalar,
  scalar,
  toBoolean,
  toNumber,
  type Value,
} from "./value.ts";

export const ARRAYS: Readonly<Record<string, (call: Invocation) => Value>> = {
  ARRAYFORMULA: (call) => call.value(0),
  FILTER: (call) => {
    const block = matrix(call.value(0));
    const tests = call.args.slice(1).map((_node, i) => matrix(call.value(i + 1)));
    const byRow = tests.every((test) => (test[0]?.length ?? 0) === 1 && test.length === block.length);
    const passes = (i: number): boolean =>
      tests.every((test) => toBoolean((byRow ? test[i]?.[0] : test[0]?.[i]) ?? null, "FILTER") === true);
    const size = byRow ? block.length : (block[0]?.length ?? 0);
    if (!byRow && tests.some((test) => test.length !== 1 || test[0]?.length !== size)) {
      return new FormulaError(
        "#N/A",
        `FILTER has mismatched range sizes. Expected row count: ${block.length}.`,
      );
    }
    const kept = byRow
      ? block.filter((_row, i) => passes(i))
      : block.map((row) => row.filter((_one, i) => passes(i)));
    return (kept[0]?.length ?? 0) > 0
      ? kept
      : new FormulaError("#N/A", "No matches are found in FILTER evaluation.");
  },
  UNIQUE: (call) => {
    const block = matrix(call.value(0));
    const byColumn = toBoolean(call.value(1), "Function UNIQUE parameter 2") === true;
    const once = toBoolean(call.value(2), "Function UNIQUE parameter 3") === true;
    const lines = byColumn ? transposed(block) : block;
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(keyOf(line), (counts.get(keyOf(line)) ?? 0) + 1);
    const seen = new Set<string>();
    const kept = lines.filter((line) => {
      const key = keyOf(line);
      if (seen.has(key) || (once && counts.get(key) !== 1)) return false;
      seen.add(key);
      return true;
    });
    if (kept.length === 0) return new FormulaError("#N/A", "No unique values.");
    return byColumn ? transposed(kept) : kept;
  },
  SORT: (call) => sorted(matrix(call.value(0)), sortKeys(call, 1)),
  SORTN: (call) => {
    const rows = sorted(matrix(call.value(0)), sortKeys(call, 3));
    const [count, ties] = [numberAt(call, 1, 1), numberAt(call, 2, 0)];
    return ties === 2 ? firstOfEach(rows).slice(0, count) : rows.slice(0, count);
  },
  TRANSPOSE: (call) => transposed(matrix(call.value(0))),
  SEQUENCE: (call) => {
    const [rows, columns, start, step] = [1, 1, 1, 1].map((other, i) => numberAt(call, i, other));
    if (!rows || rows < 1 || !columns || columns < 1) {
      return new FormulaError("#NUM!", "Function SEQUENCE parameter 1 value should be at least 1.");
    }
    return Array.from({ length: rows }, (_r, i) =>
      Array.from({ length: columns }, (_c, j) => (start ?? 1) + (step ?? 1) * (i * columns + j)),
    );
  },
  FLATTEN: (call) => everyValue(call).map((one) => [one]),
  TOCOL: (call) => inLine(call).map((one) => [one]),
  TOROW: (call) => [inLine(call)],
  WRAPROWS: (call) => wrapped(call),
  WRAPCOLS: (call) => transposed(wrapped(call)),
  CHOOSECOLS: (call) => {
    const block = transposed(matrix(call.value(0)));
    return transposed(chosen(call, block));
  },
  CHOOSEROWS: (call) => chosen(call, matrix(call.value(0))),
  HSTACK: (call) =>
    stacked(
      call.args.map((_node, i) => matrix(call.value(i))),
      "right",
    ),
  VSTACK: (call) =>
    stacked(
      call.args.map((_node, i) => matrix(call.value(i))),
      "down",
    ),
  ARRAY_CONSTRAIN: (call) =>
    matrix(call.value(0))
      .slice(0, numberAt(call, 1, 1))
      .map((row) => row.slice(0, numberAt(call, 2, 1))),
  COUNTUNIQUE: (call) =>
    new Set(
      everyValue(call)
        .filter((one) => one !== null)
        .map(keyOf),
    ).size,
  MDETERM: (call) => determinant(matrix(call.value(0)).map((row) => row.map(Number))),
};

export function transposed(block: Matrix): Matrix {
  return (block[0] ?? []).map((_one, j) => block.map((row) => row[j] ?? null));
}

/** Equal for values that a formula takes as equal: texts without case. */
function keyOf(value: Scalar | readonly Scalar[]): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    one instanceof FormulaError ? one.code : typeof one === "string" ? one.toLowerCase() : one,
  );
}

interface SortKey {
  readonly column: number | Matrix;
  readonly ascending: boolean;
}

/** Pairs of a column, by number or as a block of its own, and whether it ascends. */
function sortKeys(call: Invocation, from: number): SortKey[] {
  const keys: SortKey[] = [];
  for (let i = from; i < call.args.length; i += 2) {
    const given = call.value(i);
    const column = Array.isArray(given) && given.length > 1 ? given : Number(scalar(given)) - 1;
    const ascending = i + 1 >= call.args.length || toBoolean(call.value(i + 1), "SORT") === true;
    keys.push({ column, ascending });
  }
  return keys.length > 0 ? keys : [{ column: 0, ascending: true }];
}

function sorted(block: Matrix, keys: readonly SortKey[]): Matrix {
  const order = block.map((_row, i) => i);
  const at = (row: number, { column }: SortKey): Scalar =>
    typeof column === "number" ? (block[row]?.[column] ?? null) : (column[row]?.[0] ?? null);
  order.sort((a, b) => {
    for (const key of keys) {
      const [x, y] = [at(a, key), at(b, key)];
      // Empty cells stay last in either direction.
      if (x === null || y === null) return Number(x === null) - Number(y === null);
      const found = key.ascending ? compareScalars(x, y) : compareScalars(y, x);
      if (found !== 0) return found;
    }
    return 0;
  });
  return order.map((i) => block[i]!);
}

function firstOfEach(rows: Matrix): Matrix {
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(keyOf(row)) && seen.add(keyOf(row)));
}

function chosen(call: Invocation, lines: Matrix): Matrix {
  const wanted = call.args.slice(1).flatMap((_node, i) => matrix(call.value(i + 1)).flat());
  return wanted.map((one) => {
    const index = Number(one);
    return (
      lines[index < 0 ? lines.length + index : index - 1] ?? [new FormulaError("#VALUE!", "Out of range.")]
    );
  });
}

function inLine(call: Invocation): Scalar[] {
  const block = matrix(call.value(0));
  const ignored = numberAt(call, 1, 0);
  const byColumn = toBoolean(call.value(2), "TOCOL") === true;
  return (byColumn ? transposed(block) : block).flat().filter((one) => {
    if (one === null) return ignored !== 1 && ignored !== 3;
    return !(one instanceof FormulaError) || (ignored !== 2 && ignored !== 3);
  });
}

function wrapped(call: Invocation): Matrix {
  const items = matrix(call.value(0)).flat();
  const count = Math.max(1, numberAt(call, 1, 1));
  const filler = call.args.length > 2 ? scalar(call.value(2)) : new FormulaError("#N/A");
  const rows: Matrix = [];
  for (let i = 0; i < items.length; i += count) {
    rows.push(Array.from({ length: count }, (_none, j) => (i + j < items.length ? items[i + j]! : filler)));
  }
  return rows;
}

function everyValue(call: Invocation): Scalar[] {
  return call.args.flatMap((_node, i) => matrix(call.value(i)).flat());
}

function numberAt(call: Invocation, i: number, otherwise: number): number {
  if (i >= call.args.length || call.args[i]?.kind === "empty") return otherwise;
  const number = toNumber(call.value(i), `Function ${call.name} parameter ${i + 1}`);
  return number instanceof FormulaError ? otherwise : number;
}

function determinant(rows: number[][]): number {
  const [first = []] = rows;
  if (rows.length <= 1) return first[0] ?? 0;
  return first.reduce((sum, one, j) => {
    const minor = rows.slice(1).map((row) => row.filter((_value, column) => column !== j));
    return sum + (j % 2 === 0 ? one : -one) * determinant(minor);
  }, 0);
}
