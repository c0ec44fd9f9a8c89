/**
 * Functions of formulas. Those whose Google behaviour differs from Excel's, or which must not evaluate all of
 * their arguments, are written out here; some 350 others come from the formulajs library.
 */
import * as formulajs from "@formulajs/formulajs";
import { formatNumber } from "../values/number-format.ts";
import { dateToSerial, serialNow } from "../values/serial.ts";
import { criterion } from "./criterion.ts";
import type { Node } from "./formula.ts";
import type { Invocation } from "./invocation.ts";
import { LOOKUPS } from "./lookups.ts";
import type { Scope } from "./scope.ts";
import {
  FormulaError,
  isErrorCode,
  type Matrix,
  matrix,
  type Scalar,
  scalar,
  toBoolean,
  toNumber,
  toText,
  type Value,
} from "./value.ts";

type Evaluate = (node: Node, scope: Scope) => Value;

export function callFunction(name: string, args: readonly Node[], scope: Scope, evaluate: Evaluate): Value {
  const value = (i: number): Value => {
    const node = args[i];
    return node ? evaluate(node, scope) : null;
  };
  const call: Invocation = {
    name,
    args,
    scope,
    value,
    numbers: (from = 0) => numbersOf(args.slice(from), name, (node) => evaluate(node, scope)),
  };
  const own = OWN[name];
  if (own) return own(call);
  return fromLibrary(call);
}

const OWN: Readonly<Record<string, (call: Invocation) => Value>> = {
  IF: (call) => {
    const test = toBoolean(call.value(0), "Function IF parameter 1");
    if (test instanceof FormulaError) return test;
    if (test) return call.value(1);
    return call.args.length > 2 ? call.value(2) : false;
  },
  IFS: (call) => {
    for (let i = 0; i + 1 < call.args.length; i += 2) {
      const test = toBoolean(call.value(i), `Function IFS parameter ${i + 1}`);
      if (test instanceof FormulaError) return test;
      if (test) return call.value(i + 1);
    }
    return new FormulaError("#N/A", "No match");
  },
  IFERROR: (call) => {
    const first = call.value(0);
    return scalar(first) instanceof FormulaError ? (call.value(1) ?? "") : first;
  },
  IFNA: (call) => {
    const first = call.value(0);
    const one = scalar(first);
    return one instanceof FormulaError && one.code === "#N/A" ? (call.value(1) ?? "") : first;
  },
  ISERROR: (call) => scalar(call.value(0)) instanceof FormulaError,
  ISNA: (call) => {
    const one = scalar(call.value(0));
    return one instanceof FormulaError && one.code === "#N/A";
  },
  ISBLANK: (call) => scalar(call.value(0)) === null,
  ISNUMBER: (call) => typeof scalar(call.value(0)) === "number",
  ISTEXT: (call) => typeof scalar(call.value(0)) === "string",
  AND: (call) => logical(call, (all) => all.every(Boolean)),
  OR: (call) => logical(call, (all) => all.some(Boolean)),
  NOT: (call) => {
    const one = toBoolean(call.value(0), "Function NOT parameter 1");
    return one instanceof FormulaError ? one : !one;
  },
  TRUE: () => true,
  FALSE: () => false,
  NA: () => new FormulaError("#N/A"),
  SUM: (call) => aggregate(call, (all) => all.reduce((sum, one) => sum + one, 0)),
  PRODUCT: (call) => aggregate(call, (all) => all.reduce((sum, one) => sum * one, 1)),
  MIN: (call) => aggregate(call, (all) => all.reduce((a, b) => Math.min(a, b), all[0] ?? 0)),
  MAX: (call) => aggregate(call, (all) => all.reduce((a, b) => Math.max(a, b), all[0] ?? 0)),
  AVERAGE: (call) =>
    aggregate(call, (all) =>
      all.length === 0
        ? new FormulaError("#DIV/0!", "Evaluation of function AVERAGE caused a divide by zero error.")
        : all.reduce((sum, one) => sum + one, 0) / all.length,
    ),
  COUNT: (call) => everyScalar(call).filter((one) => typeof one === "number").length,
  COUNTA: (call) => everyScalar(call).filter((one) => one !== null).length,
  COUNTBLANK: (call) => everyScalar(call).filter((one) => one === null || one === "").length,
  COUNTIF: (call) => {
    const matches = criterion(scalar(call.value(1)));
    return matrix(call.value(0)).flat().filter(matches).length;
  },
  SUMIF: (call) => {
    const matches = criterion(scalar(call.value(1)));
    const tested = matrix(call.value(0)).flat();
    const summed = call.args.length > 2 ? matrix(call.value(2)).flat() : tested;
    return tested.reduce<number>((sum, one, i) => {
      const addend = summed[i];
      return matches(one) && typeof addend === "number" ? sum + addend : sum;
    }, 0);
  },
  CONCATENATE: (call) => joinedTexts(everyScalar(call)),
  CONCAT: (call) => joinedTexts(everyScalar(call)),
  LEN: (call) => onText(call.value(0), (text) => text.length),
  UPPER: (call) => onText(call.value(0), (text) => text.toUpperCase()),
  LOWER: (call) => onText(call.value(0), (text) => text.toLowerCase()),
  TRIM: (call) => onText(call.value(0), (text) => text.trim().replace(/ +/g, " ")),
  TEXT: (call) => {
    const number = scalar(call.value(0));
    const pattern = toText(call.value(1));
    if (number instanceof FormulaError) return number;
    if (pattern instanceof FormulaError) return pattern;
    return typeof number === "number" ? formatNumber(number, { pattern }, "en_US") : toText(number);
  },
  ROUND: (call) => rounded(call, Math.round),
  ROUNDUP: (call) => rounded(call, Math.ceil),
  ROUNDDOWN: (call) => rounded(call, Math.floor),
  DIVIDE: (call) => {
    const numbers = call.numbers();
    if (numbers instanceof FormulaError) return numbers;
    const [a = 0, b = 0] = numbers;
    return b === 0 ? new FormulaError("#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.") : a / b;
  },
  NOW: (call) => serialNow(call.scope.nowMs()),
  TODAY: (call) => Math.floor(serialNow(call.scope.nowMs())),
  RAND: (call) => call.scope.random(),
  RANDBETWEEN: (call) => {
    const numbers = call.numbers();
    if (numbers instanceof FormulaError) return numbers;
    const [low = 0, high = 0] = numbers;
    return low + Math.floor(call.scope.random() * (high - low + 1));
  },
  ...LOOKUPS,
  ARRAYFORMULA: (call) => call.value(0),
};

/** Calls the library; its Error objects, Dates and arrays become values of ours. */
function fromLibrary(call: Invocation): Value {
  const found: unknown = (formulajs as Record<string, unknown>)[call.name.replace(/\..*/, "")];
  if (typeof found !== "function") return new FormulaError("#NAME?", `Unknown function: '${call.name}'.`);
  const args: unknown[] = [];
  for (let i = 0; i < call.args.length; i += 1) {
    const value = call.value(i);
    const failed = matrix(value)
      .flat()
      .find((one) => one instanceof FormulaError);
    if (failed) return failed;
    args.push(Array.isArray(value) && value.length === 1 && value[0]?.length === 1 ? scalar(value) : value);
  }
  try {
    return fromForeign(found(...args));
  } catch {
    return new FormulaError("#VALUE!", `Function ${call.name} failed.`);
  }
}

function fromForeign(value: unknown): Value {
  if (Array.isArray(value)) {
    const rows: Matrix = value.map((row) =>
      (Array.isArray(row) ? row : [row]).map((one) => scalar(fromForeign(one))),
    );
    return rows;
  }
  if (value instanceof Error) return new FormulaError(isErrorCode(value.message) ? value.message : "#VALUE!");
  if (value instanceof Date) return dateToSerial(value);
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : new FormulaError("#NUM!");
  }
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

function numbersOf(
  nodes: readonly Node[],
  name: string,
  evaluate: (node: Node) => Value,
): number[] | FormulaError {
  const numbers: number[] = [];
  for (const [i, node] of nodes.entries()) {
    const value = evaluate(node);
    if (node.kind === "range" || node.kind === "name" || Array.isArray(value)) {
      for (const one of matrix(value).flat()) {
        if (one instanceof FormulaError) return one;
        if (typeof one === "number") numbers.push(one);
      }
      continue;
    }
    const number = toNumber(value, `Function ${name} parameter ${i + 1}`);
    if (number instanceof FormulaError) return number;
    numbers.push(number);
  }
  return numbers;
}

function aggregate(call: Invocation, over: (all: readonly number[]) => Scalar): Scalar {
  const numbers = call.numbers();
  return numbers instanceof FormulaError ? numbers : over(numbers);
}

function everyScalar(call: Invocation): Scalar[] {
  return call.args.flatMap((_node, i) => matrix(call.value(i)).flat());
}

function logical(call: Invocation, over: (all: readonly boolean[]) => boolean): Scalar {
  const tests: boolean[] = [];
  for (const one of everyScalar(call)) {
    if (one === null) continue;
    const test = toBoolean(one, `Function ${call.name} parameter 1`);
    if (test instanceof FormulaError) return test;
    tests.push(test);
  }
  return over(tests);
}

function joinedTexts(all: readonly Scalar[]): Scalar {
  let joined = "";
  for (const one of all) {
    const text = toText(one);
    if (text instanceof FormulaError) return text;
    joined += text;
  }
  return joined;
}

function onText(value: Value, apply: (text: string) => Scalar): Scalar {
  const text = toText(value);
  return text instanceof FormulaError ? text : apply(text);
}

function rounded(call: Invocation, towards: (value: number) => number): Scalar {
  const value = toNumber(call.value(0), `Function ${call.name} parameter 1`);
  const places = toNumber(call.value(1), `Function ${call.name} parameter 2`);
  if (value instanceof FormulaError) return value;
  if (places instanceof FormulaError) return places;
  const factor = 10 ** Math.trunc(places);
  // The tiny addend undoes binary fractions: 1.005 to two places is 1.01 for a person.
  const size = towards(Number((Math.abs(value) * factor).toPrecision(15))) / factor;
  return value < 0 ? -size : size;
}
