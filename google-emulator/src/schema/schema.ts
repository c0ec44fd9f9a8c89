/**
 * Checks a JSON body against a message type as Google's parser does, and gives it back in clean form: known
 * fields by their lowerCamelCase names, nulls left out, numbers as numbers.
 *
 * Types are written as text: string, int, double, bool, any, list (a row of values), a message's name,
 * `[]T` for repeated, `(A|B)` for an enumeration, `map` for string keys to any.
 */
import { badRequest, type FieldViolation } from "../http/errors.ts";
import { isObject, type Json, type JsonObject } from "../http/json.ts";
import { MESSAGES } from "./messages.ts";

/** Throws Google's 400 naming every field at fault. `path` is where the body stands in the request ("data"). */
export function readMessage(message: string, body: Json, path = ""): JsonObject {
  const violations: FieldViolation[] = [];
  const read = readValue(message, body, path, violations);
  if (violations.length > 0) throw badRequest(violations);
  return isObject(read) ? read : {};
}

/** The body's JSON; an empty body is an empty message. */
export function parseBody(text: string): Json {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    const near = text.length > 40 ? `${text.slice(0, 40)}` : text;
    throw badRequest([
      { field: "", description: `Invalid JSON payload received. Unexpected token.\n${near}\n^` },
    ]);
  }
}

/** Field names and types of a message; null when it is not described. */
export function fieldsOf(message: string): ReadonlyMap<string, string> | null {
  const known = parsed.get(message);
  if (known) return known;
  const text = MESSAGES[message];
  if (text === undefined) return null;
  const fields = new Map<string, string>();
  for (const field of text.trim().split(/\s+/)) {
    const colon = field.indexOf(":");
    if (colon > 0) fields.set(field.slice(0, colon), field.slice(colon + 1));
  }
  parsed.set(message, fields);
  return fields;
}

/** Message texts are constants, so their parsed form is too. */
const parsed = new Map<string, ReadonlyMap<string, string>>();

const SCALARS: Readonly<Record<string, string>> = {
  string: "TYPE_STRING",
  int: "TYPE_INT32",
  double: "TYPE_DOUBLE",
  bool: "TYPE_BOOL",
};

function readValue(type: string, value: Json, path: string, violations: FieldViolation[]): Json | undefined {
  if (value === null) return undefined;
  if (type === "any" || type === "map") return value;
  const wrong = (name: string): undefined => {
    const shown = typeof value === "object" ? "" : `, ${JSON.stringify(value)}`;
    const description = `Invalid value at '${path}' (${name})${shown}`;
    violations.push({ field: path, description });
    return undefined;
  };
  if (type.startsWith("[]")) {
    const item = type.slice(2);
    // A lone value for a repeated field is read as its only item, as protobuf's parser does.
    if (!Array.isArray(value)) return readValue(item, value, path, violations);
    return value.map((one, i) => readValue(item, one, `${path}[${i}]`, violations) ?? null);
  }
  if (type === "list") {
    return Array.isArray(value) ? value : wrong("type.googleapis.com/google.protobuf.ListValue");
  }
  if (type.startsWith("(")) {
    const options = type.slice(1, -1).split("|");
    return typeof value === "string" && options.includes(value) ? value : wrong("TYPE_ENUM");
  }
  const scalar = SCALARS[type];
  if (scalar !== undefined) return readScalar(type, value) ?? wrong(scalar);
  if (!isObject(value)) return wrong(`type.googleapis.com/google.apps.sheets.v4.${type}`);
  return readFields(type, value, path, violations);
}

function readFields(
  message: string,
  value: JsonObject,
  path: string,
  violations: FieldViolation[],
): JsonObject {
  const fields = fieldsOf(message);
  if (!fields) return value;
  const read: JsonObject = {};
  for (const [given, item] of Object.entries(value)) {
    const name = given.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
    const type = fields.get(name);
    if (type === undefined) {
      const at = path === "" ? "" : ` at '${path}'`;
      const description = `Invalid JSON payload received. Unknown name "${given}"${at}: Cannot find field.`;
      violations.push({ field: path, description });
      continue;
    }
    const inner = path === "" ? snake(name) : `${path}.${snake(name)}`;
    const kept = readValue(type, item, inner, violations);
    if (kept !== undefined) read[name] = kept;
  }
  return read;
}

function readScalar(type: string, value: Json): Json | undefined {
  if (type === "string") return typeof value === "string" ? value : undefined;
  if (type === "bool") {
    if (value === "true" || value === "false") return value === "true";
    return typeof value === "boolean" ? value : undefined;
  }
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) return undefined;
  if (type === "double") return number;
  return Number.isInteger(number) && Math.abs(number) <= 2_147_483_648 ? number : undefined;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
