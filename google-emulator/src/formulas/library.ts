/** The formulajs library's functions as Google names them. */
import * as formulajs from "@formulajs/formulajs";
import { dateToSerial } from "../values/serial.ts";
import type { Invocation } from "./invocation.ts";
import { FormulaError, isErrorCode, type Matrix, matrix, scalar, type Value } from "./value.ts";

/** Old names that the library has under their newer ones only. */
const ALIASES: Readonly<Record<string, string>> = {
  MODE: "MODE.SNGL",
  PERCENTILE: "PERCENTILE.INC",
  PERCENTRANK: "PERCENTRANK.INC",
  QUARTILE: "QUARTILE.INC",
  RANK: "RANK.EQ",
  STDEV: "STDEV.S",
  VAR: "VAR.S",
  "STDEV.P": "STDEVP",
  "VAR.P": "VARP",
};

/** Its Error objects, Dates and arrays become values of ours. */
export function callLibrary(call: Invocation): Value {
  const found = functionOf(ALIASES[call.name] ?? call.name);
  if (!found) return new FormulaError("#NAME?", `Unknown function: '${call.name}'.`);
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

/** "STDEV.S" is STDEV's member S, or a function of its own. */
function functionOf(name: string): ((...args: unknown[]) => unknown) | null {
  const own: unknown = (formulajs as Record<string, unknown>)[name.replaceAll(".", "")];
  if (!name.includes(".") && typeof own === "function") return own as (...args: unknown[]) => unknown;
  let at: unknown = formulajs;
  for (const part of name.split(".")) {
    at = at === null || at === undefined ? undefined : (at as Record<string, unknown>)[part];
  }
  if (typeof at === "function") return at as (...args: unknown[]) => unknown;
  return typeof own === "function" ? (own as (...args: unknown[]) => unknown) : null;
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
