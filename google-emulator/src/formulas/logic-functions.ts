/** Functions that choose, test and catch. */
import { isDateText } from "../values/enter.ts";
import type { Invocation } from "./invocation.ts";
import { FormulaError, matrix, type Scalar, scalar, toBoolean, type Value } from "./value.ts";

export const LOGIC: Readonly<Record<string, (call: Invocation) => Value>> = {
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
    return isMissing(scalar(first)) ? (call.value(1) ?? "") : first;
  },
  ISERROR: (call) => scalar(call.value(0)) instanceof FormulaError,
  ISERR: (call) => scalar(call.value(0)) instanceof FormulaError && !isMissing(scalar(call.value(0))),
  ISNA: (call) => isMissing(scalar(call.value(0))),
  "ERROR.TYPE": (call) => {
    const one = scalar(call.value(0));
    const codes = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#ERROR!"];
    return one instanceof FormulaError ? codes.indexOf(one.code) + 1 : new FormulaError("#N/A");
  },
  ISBLANK: (call) => scalar(call.value(0)) === null,
  ISNUMBER: (call) => typeof scalar(call.value(0)) === "number",
  ISTEXT: (call) => typeof scalar(call.value(0)) === "string",
  ISDATE: (call) => {
    const one = scalar(call.value(0));
    return typeof one === "string" && isDateText(one, call.scope.nowMs());
  },
  ISREF: (call) => call.args[0]?.kind === "range",
  ISBETWEEN: (call) => {
    const [value, low, high] = [scalar(call.value(0)), scalar(call.value(1)), scalar(call.value(2))];
    if (value instanceof FormulaError) return value;
    const inclusive = (i: number): boolean =>
      call.args.length <= i || toBoolean(call.value(i), "Function ISBETWEEN") === true;
    const above = inclusive(3) ? Number(value) >= Number(low) : Number(value) > Number(low);
    return above && (inclusive(4) ? Number(value) <= Number(high) : Number(value) < Number(high));
  },
  AND: (call) => logical(call, (all) => all.every(Boolean)),
  OR: (call) => logical(call, (all) => all.some(Boolean)),
  NOT: (call) => {
    const one = toBoolean(call.value(0), "Function NOT parameter 1");
    return one instanceof FormulaError ? one : !one;
  },
  TRUE: () => true,
  FALSE: () => false,
  NA: () => new FormulaError("#N/A"),
};

function isMissing(value: Scalar): boolean {
  return value instanceof FormulaError && value.code === "#N/A";
}

function logical(call: Invocation, over: (all: readonly boolean[]) => boolean): Scalar {
  const tests: boolean[] = [];
  for (const one of call.args.flatMap((_node, i) => matrix(call.value(i)).flat())) {
    if (one === null) continue;
    const test = toBoolean(one, `Function ${call.name} parameter 1`);
    if (test instanceof FormulaError) return test;
    tests.push(test);
  }
  return over(tests);
}
