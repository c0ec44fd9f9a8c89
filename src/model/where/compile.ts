import type { CellValue } from "#contract/cell.ts";
import type { Column } from "#contract/layout.ts";
import { type Comparison, claimsOf, columnsOf, type Expression, type Operand } from "./expression.ts";

/** Claims of a reader's token, as a condition may use them. */
export type Claims = Readonly<Record<string, string | number | boolean | null>>;

/** Whether a row, by slot, is wanted. */
export type RowTest = (values: readonly CellValue[]) => boolean;

/**
 * Binds a condition to a tab's columns and a reader's claims. Where it names a column or a claim that is not there, no
 * row is wanted: a renamed column must not show what `not` of a blank would.
 *
 * Values compare within their type: a number is never less than a text, and an error equals nothing. Blank equals
 * blank and an empty text.
 */
export function compileWhere(expression: Expression, columns: readonly Column[], claims: Claims): RowTest {
  const slots = new Map(columns.map(({ key, slot }) => [key, slot]));
  if (columnsOf(expression).some((key) => !slots.has(key))) return () => false;
  if (claimsOf(expression).some((name) => !Object.hasOwn(claims, name))) return () => false;

  const read = (operand: Operand): ((values: readonly CellValue[]) => CellValue) => {
    if (operand.tag === "column") {
      const slot = slots.get(operand.key)!;
      return (values) => values[slot] ?? null;
    }
    const value = operand.tag === "value" ? operand.value : claims[operand.name]!;
    return () => value;
  };

  const compile = (one: Expression): RowTest => {
    switch (one.tag) {
      case "and": {
        const parts = one.parts.map(compile);
        return (values) => parts.every((part) => part(values));
      }
      case "or": {
        const parts = one.parts.map(compile);
        return (values) => parts.some((part) => part(values));
      }
      case "not": {
        const part = compile(one.part);
        return (values) => !part(values);
      }
      case "blank": {
        const operand = read(one.operand);
        return (values) => isBlank(operand(values));
      }
      case "in": {
        const operand = read(one.operand);
        const among = one.among.map(read);
        return (values) => {
          const value = operand(values);
          return among.some((other) => COMPARE["="](value, other(values)));
        };
      }
      case "compare": {
        const compare = COMPARE[one.operator];
        const [left, right] = [read(one.left), read(one.right)];
        return (values) => compare(left(values), right(values));
      }
    }
  };
  return compile(expression);
}

const COMPARE: Readonly<Record<Comparison, (left: CellValue, right: CellValue) => boolean>> = {
  "=": equal,
  "!=": (left, right) => !equal(left, right),
  "<": (left, right) => sameKind(left, right) && left! < right!,
  "<=": (left, right) => sameKind(left, right) && left! <= right!,
  ">": (left, right) => sameKind(left, right) && left! > right!,
  ">=": (left, right) => sameKind(left, right) && left! >= right!,
  contains: (left, right) => bothText(left, right, (a, b) => a.includes(b)),
  "starts with": (left, right) => bothText(left, right, (a, b) => a.startsWith(b)),
  "ends with": (left, right) => bothText(left, right, (a, b) => a.endsWith(b)),
};

function equal(left: CellValue, right: CellValue): boolean {
  if (isBlank(left) || isBlank(right)) return isBlank(left) && isBlank(right);
  return typeof left !== "object" && left === right;
}

function isBlank(value: CellValue): boolean {
  return value === null || value === "";
}

function sameKind(left: CellValue, right: CellValue): boolean {
  return typeof left === typeof right && (typeof left === "number" || typeof left === "string");
}

/** Without regard to case: people look for words. */
function bothText(left: CellValue, right: CellValue, holds: (a: string, b: string) => boolean): boolean {
  if (typeof left !== "string" || typeof right !== "string") return false;
  return holds(left.toLowerCase(), right.toLowerCase());
}
