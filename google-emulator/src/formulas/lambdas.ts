/** LET, LAMBDA and the functions that call a lambda for each value of a block. */
import type { Node } from "./formula.ts";
import type { Invocation } from "./invocation.ts";
import type { Bound, Lambda, Scope } from "./scope.ts";
import { FormulaError, type Matrix, matrix, type Scalar, scalar, toNumber, type Value } from "./value.ts";

type Evaluate = (node: Node, scope: Scope) => Value;

/** What a node names or writes; null when it is no lambda. */
export function lambdaOf(node: Node | undefined, scope: Scope): Lambda | null {
  if (node?.kind === "name") {
    const bound = scope.names.get(node.name.toLowerCase());
    return bound?.kind === "lambda" ? bound.lambda : null;
  }
  if (node?.kind !== "call" || node.name !== "LAMBDA") return null;
  const body = node.args.at(-1);
  const parameters = node.args.slice(0, -1).map((one) => (one.kind === "name" ? one.name.toLowerCase() : ""));
  return body && !parameters.includes("") ? { parameters, body, scope } : null;
}

export function applyLambda(lambda: Lambda, args: readonly Value[], evaluate: Evaluate): Value {
  if (args.length !== lambda.parameters.length) {
    return new FormulaError(
      "#N/A",
      `Wrong number of arguments to LAMBDA. Expected ${lambda.parameters.length} arguments, but got ${args.length} arguments.`,
    );
  }
  const names = new Map<string, Bound>(lambda.scope.names);
  for (const [i, name] of lambda.parameters.entries()) {
    names.set(name, { kind: "value", value: args[i] ?? null });
  }
  return evaluate(lambda.body, { ...lambda.scope, names });
}

export const LAMBDAS: Readonly<Record<string, (call: Invocation) => Value>> = {
  LET: ({ args, scope, evaluate }) => {
    const names = new Map<string, Bound>(scope.names);
    for (let i = 0; i + 1 < args.length; i += 2) {
      const name = args[i];
      if (name?.kind !== "name") return new FormulaError("#NAME?", "Argument of LET is no name.");
      const inner = { ...scope, names: new Map(names) };
      const lambda = lambdaOf(args[i + 1], inner);
      const bound: Bound = lambda
        ? { kind: "lambda", lambda }
        : { kind: "value", value: evaluate(args[i + 1]!, inner) };
      names.set(name.name.toLowerCase(), bound);
    }
    const body = args.at(-1);
    return body && args.length % 2 === 1
      ? evaluate(body, { ...scope, names })
      : new FormulaError("#N/A", "Wrong number of arguments to LET.");
  },
  LAMBDA: () => new FormulaError("#N/A", "A LAMBDA must be called."),
  MAP: (call) => {
    const blocks = call.args.slice(0, -1).map((_node, i) => matrix(call.value(i)));
    return withLambda(call, (apply) =>
      (blocks[0] ?? []).map((row, i) =>
        row.map((_one, j) => scalar(apply(...blocks.map((block) => block[i]?.[j] ?? null)))),
      ),
    );
  },
  REDUCE: (call) =>
    withLambda(call, (apply) =>
      matrix(call.value(1))
        .flat()
        .reduce<Value>((all, one) => apply(all, one), call.value(0)),
    ),
  SCAN: (call) =>
    withLambda(call, (apply) => {
      let all: Scalar = scalar(call.value(0));
      return matrix(call.value(1)).map((row) =>
        row.map((one) => {
          all = scalar(apply(all, one));
          return all;
        }),
      );
    }),
  BYROW: (call) => withLambda(call, (apply) => matrix(call.value(0)).map((row) => [scalar(apply([row]))])),
  BYCOL: (call) =>
    withLambda(call, (apply) => {
      const block = matrix(call.value(0));
      return [(block[0] ?? []).map((_one, j) => scalar(apply(block.map((row) => [row[j] ?? null]))))];
    }),
  MAKEARRAY: (call) => {
    const rows = toNumber(call.value(0), "Function MAKEARRAY parameter 1");
    const columns = toNumber(call.value(1), "Function MAKEARRAY parameter 2");
    if (rows instanceof FormulaError) return rows;
    if (columns instanceof FormulaError) return columns;
    return withLambda(call, (apply) =>
      Array.from({ length: rows }, (_r, i) =>
        Array.from({ length: columns }, (_c, j) => scalar(apply(i + 1, j + 1))),
      ),
    );
  },
};

function withLambda(call: Invocation, run: (apply: (...args: Value[]) => Value) => Matrix | Value): Value {
  const lambda = lambdaOf(call.args.at(-1), call.scope);
  if (!lambda) return new FormulaError("#VALUE!", `The last argument of ${call.name} must be a LAMBDA.`);
  return run((...args) => applyLambda(lambda, args, call.evaluate));
}
