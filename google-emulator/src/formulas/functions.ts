/**
 * Functions of formulas. Those whose Google behaviour differs from Excel's, or which must not evaluate all of
 * their arguments, are written out in the tables; some 350 others come from the formulajs library.
 */
import { ARRAYS } from "./array-functions.ts";
import type { Node } from "./formula.ts";
import type { Invocation } from "./invocation.ts";
import { LAMBDAS } from "./lambdas.ts";
import { callLibrary } from "./library.ts";
import { lineUp } from "./line-up.ts";
import { LOGIC } from "./logic-functions.ts";
import { LOOKUPS } from "./lookups.ts";
import { NUMBERS } from "./number-functions.ts";
import { isBlock, spread } from "./operators.ts";
import { isScalarParameter, takesArrays } from "./scalar-parameters.ts";
import type { Scope } from "./scope.ts";
import { TEXTS } from "./text-functions.ts";
import { FormulaError, matrix, type Scalar, scalar, toNumber, type Value } from "./value.ts";

type Evaluate = (node: Node, scope: Scope) => Value;

const OWN: Readonly<Record<string, (call: Invocation) => Value>> = {
  ...LOGIC,
  ...NUMBERS,
  ...TEXTS,
  ...LOOKUPS,
  ...ARRAYS,
  ...LAMBDAS,
};

export function callFunction(name: string, args: readonly Node[], outer: Scope, evaluate: Evaluate): Value {
  const scope = takesArrays(name) && !outer.array ? { ...outer, array: true } : outer;
  const run = OWN[name] ?? callLibrary;
  const isScalar = (i: number): boolean => isScalarParameter(name, i, outer.array);
  const known = new Map<number, Value>();
  const value = (i: number): Value => {
    const node = args[i];
    if (!node) return null;
    const before = known.get(i);
    if (before !== undefined) return before;
    const whole = evaluate(node, scope);
    const found = isScalar(i) && !outer.array ? lineUp(node, whole, scope) : whole;
    known.set(i, found);
    return found;
  };
  const call = invocation(name, args, scope, evaluate, value);
  return outer.array ? lifted(call, run, isScalar) : run(call);
}

/** In an array context: once for each cell of the blocks that stand where one value is wanted. */
function lifted(call: Invocation, run: (call: Invocation) => Value, isScalar: (i: number) => boolean): Value {
  const places = call.args.flatMap((_node, i) => (isScalar(i) ? [i] : []));
  // IF of one condition computes one branch only.
  if (call.name === "IF" && !isBlock(call.value(0))) return run(call);
  const values = places.map(call.value);
  if (!values.some(isBlock)) return run(call);
  return spread(values, (scalars) => {
    const fixed = new Map(places.map((place, i): [number, Scalar] => [place, scalars[i] ?? null]));
    const value = (i: number): Value => (fixed.has(i) ? (fixed.get(i) ?? null) : call.value(i));
    return scalar(run(invocation(call.name, call.args, call.scope, call.evaluate, value)));
  });
}

function invocation(
  name: string,
  args: readonly Node[],
  scope: Scope,
  evaluate: Evaluate,
  value: (i: number) => Value,
): Invocation {
  return {
    name,
    args,
    scope,
    evaluate,
    value,
    numbers: (from = 0) => numbersOf(args, from, name, value),
  };
}

function numbersOf(
  args: readonly Node[],
  from: number,
  name: string,
  valueAt: (i: number) => Value,
): number[] | FormulaError {
  const numbers: number[] = [];
  for (let i = from; i < args.length; i += 1) {
    const value = valueAt(i);
    const node = args[i];
    if (node?.kind === "range" || node?.kind === "name" || Array.isArray(value)) {
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
