import type { FieldProblem } from "#contract/rest.ts";
import { suggest } from "./suggest.ts";

/** The part of JSON Schema that schema.ts uses. */
interface Shape {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly writeOnly?: boolean;
  readonly "x-fix"?: string;
}

/**
 * All that is wrong with the form of `value`, each with its field, the problem and its fix. TypeBox's own errors
 * say "Expected union value" for half of the mistakes people make, so the schema is walked here.
 */
export function checkShape(schema: object, value: unknown, field = ""): FieldProblem[] {
  const shape = schema as Shape;
  if (shape.anyOf) return checkUnion(shape, shape.anyOf, value, field);
  switch (shape.type) {
    case "object":
      return isObject(value)
        ? checkObject(shape, value, field)
        : [wrongType(shape, value, field, "an object")];
    case "array":
      return Array.isArray(value)
        ? checkList(shape, value, field)
        : [wrongType(shape, value, field, "a list")];
    case "string":
      return typeof value === "string"
        ? checkText(shape, value, field)
        : [wrongType(shape, value, field, "text")];
    case "integer":
      return checkInteger(shape, value, field);
    case "number":
      return Number.isFinite(value) ? [] : [wrongType(shape, value, field, "a number")];
    case "boolean":
      return typeof value === "boolean" ? [] : [wrongType(shape, value, field, "true or false")];
    default:
      throw new Error(`the schema of ${field} uses a form that is not checked: ${shape.type}`);
  }
}

function checkUnion(shape: Shape, all: readonly Shape[], value: unknown, field: string): FieldProblem[] {
  if (value === null && all.some((variant) => variant.type === "null")) return [];
  const variants = all.filter((variant) => variant.type !== "null");
  if (variants.length === 1) return checkShape(variants[0]!, value, field);
  if (!variants.some((variant) => variant.properties?.type?.const)) {
    return checkByKind(shape, variants, value, field);
  }
  if (!isObject(value)) return [wrongType(shape, value, field, "an object")];
  // Unions of objects are told apart by their `type`.
  const chosen = variants.find((variant) => variant.properties?.type?.const === value.type);
  if (chosen) return checkShape(chosen, value, field);
  const types = variants.map((variant) => variant.properties?.type?.const as string);
  const type: Shape = { type: "string", enum: types, "x-fix": `use ${types.map(quote).join(", ")}` };
  if (!Object.hasOwn(value, "type")) return [missing(type, join(field, "type"))];
  return checkShape(type, value.type, join(field, "type"));
}

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => typeof value === "number",
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  object: isObject,
};

const KIND_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "an object",
};

/** Of a union without tags each variant is of another type, or an object that needs a field which others do not know. */
function checkByKind(
  shape: Shape,
  variants: readonly Shape[],
  value: unknown,
  field: string,
): FieldProblem[] {
  const fitting = variants.filter((variant) => KINDS[variant.type ?? ""]?.(value));
  const chosen =
    fitting.find((variant) => variant.required?.some((name) => hasField(value, name))) ?? fitting[0];
  if (!chosen) {
    const wanted = new Set(variants.map(({ type = "" }) => KIND_WORDS[type] ?? type));
    return [wrongType(shape, value, field, [...wanted].join(" or "))];
  }
  return checkShape({ ...chosen, "x-fix": shape["x-fix"] ?? chosen["x-fix"] }, value, field);
}

function checkObject(shape: Shape, value: Record<string, unknown>, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { properties = {}, required = [], patternProperties } = shape;
  for (const name of required) {
    if (!Object.hasOwn(value, name)) problems.push(missing(properties[name]!, join(field, name)));
  }
  const each = patternProperties && Object.values(patternProperties)[0];
  for (const [name, part] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : each;
    if (known) problems.push(...checkShape(known, part, join(field, name)));
    else if (shape.additionalProperties === false) {
      problems.push(unknownField(name, field, Object.keys(properties)));
    }
  }
  return problems;
}

function checkList(shape: Shape, value: readonly unknown[], field: string): FieldProblem[] {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = shape;
  if (value.length < minItems) return [problem(shape, field, "is empty")];
  if (value.length > maxItems) {
    return [problem(shape, field, `has ${value.length} entries; ${maxItems} are allowed`)];
  }
  const problems = value.flatMap((entry, index) => checkShape(items!, entry, `${field}[${index}]`));
  value.forEach((entry, index) => {
    if (shape.uniqueItems && typeof entry === "string" && value.indexOf(entry) < index) {
      problems.push({ field: `${field}[${index}]`, problem: "appears twice", fix: "name each one once" });
    }
  });
  return problems;
}

function checkText(shape: Shape, value: string, field: string): FieldProblem[] {
  if (shape.const !== undefined || shape.enum) {
    const allowed = shape.enum ?? [shape.const!];
    return allowed.includes(value) ? [] : [problem(shape, field, `${shown(shape, value)} is not known`)];
  }
  if ((shape.minLength ?? 0) > 0 && value.trim() === "") return [problem(shape, field, "is empty")];
  if (value.length > (shape.maxLength ?? Number.POSITIVE_INFINITY)) {
    return [
      problem(shape, field, `is ${value.length} characters long; at most ${shape.maxLength} are allowed`),
    ];
  }
  if (shape.pattern !== undefined && !new RegExp(shape.pattern).test(value)) {
    return [problem(shape, field, `${shown(shape, value)} holds characters that are not allowed here`)];
  }
  if (shape.format === "uri" && !isWebLink(value)) return [problem(shape, field, "is not a link")];
  return [];
}

function isWebLink(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}

function checkInteger(shape: Shape, value: unknown, field: string): FieldProblem[] {
  if (!Number.isInteger(value)) return [wrongType(shape, value, field, "a whole number")];
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = shape;
  if ((value as number) < minimum) return [problem(shape, field, `${value} is below ${minimum}`)];
  return (value as number) > maximum ? [problem(shape, field, `${value} is above ${maximum}`)] : [];
}

function missing(shape: Shape, field: string): FieldProblem {
  return problem(shape, field, "is missing");
}

function unknownField(name: string, parent: string, known: readonly string[]): FieldProblem {
  const meant = suggest(name, known);
  return {
    field: join(parent, name),
    problem: "is not a field of this request",
    fix: meant ? `did you mean ${quote(meant)}?` : `leave it out; the fields are ${known.join(", ")}`,
  };
}

function wrongType(shape: Shape, value: unknown, field: string, wanted: string): FieldProblem {
  return problem(shape, field, `${shown(shape, value)} is not ${wanted}`);
}

function problem(shape: Shape, field: string, what: string): FieldProblem {
  const fix = shape["x-fix"] ?? "see /openapi.json for the form of this request";
  return { field: field || "body", problem: what, fix };
}

/** Short values are repeated, which finds a mistake fast; secrets and long ones never are. */
function shown(shape: Shape, value: unknown): string {
  if (value === null || value === undefined) return `${value ?? "null"}`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return shape.writeOnly || text.length > 60 ? `this ${typeof value}` : text;
}

function hasField(value: unknown, name: string): boolean {
  return isObject(value) && Object.hasOwn(value, name);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

function quote(name: string): string {
  return JSON.stringify(name);
}
