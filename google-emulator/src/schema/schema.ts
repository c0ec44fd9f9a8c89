/**
 * Checks a JSON body against a message type as Google's parser does, and gives it back in clean form: known
 * fields by their lowerCamelCase names, nulls left out, numbers as numbers.
 *
 * Messages come from Google's discovery documents (../../schema-from-discovery.ts), as "field:type" pairs. Types
 * are written as text: string, int, int<1..9>, int64, double, bool, any, list (a row of values), a message's name,
 * `[]T` for repeated, `{}T` for string keys to T, `(A|B)` for an enumeration.
 */
import { badRequest, type FieldViolation } from "../http/errors.ts";
import { isObject, type Json, type JsonObject } from "../http/json.ts";
import drive from "./drive.json" with { type: "json" };
import sheets from "./sheets.json" with { type: "json" };

const MESSAGES: Readonly<Record<string, string>> = { ...sheets, ...drive };

/** Sheets refuses a field that the message does not have; Drive passes over it. */
export type UnknownFields = "refused" | "ignored";

/** Throws Google's 400 naming every field at fault. `path` is where the body stands in the request ("data"). */
export function readMessage(
  message: string,
  body: Json,
  path = "",
  unknown: UnknownFields = "refused",
): JsonObject {
  const violations: FieldViolation[] = [];
  const read = readValue(message, body, path, { violations, unknown });
  if (violations.length > 0) throw badRequest(violations);
  return isObject(read) ? read : {};
}

/** Checks a call's query against its method's parameters, a message under the method's id. */
export function checkQuery(method: string, query: URLSearchParams, unknown: UnknownFields): void {
  const violations: FieldViolation[] = [];
  const fields = fieldsOf(method);
  for (const [given, value] of query) {
    const name = camel(given);
    if (COMMON.has(given)) continue;
    const type = fields?.get(name);
    if (type !== undefined) readValue(type.replace(/^\[\]/, ""), value, snake(name), { violations, unknown });
    else if (unknown === "refused") {
      const description = `Invalid JSON payload received. Unknown name "${given}": Cannot bind query parameter. Field '${given}' could not be found in request message.`;
      violations.push({ field: "", description });
    }
  }
  if (violations.length > 0) throw badRequest(violations);
}

/** Parameters that every method takes. */
const COMMON = new Set([
  "$.xgafv",
  "access_token",
  "alt",
  "callback",
  "fields",
  "key",
  "oauth_token",
  "prettyPrint",
  "quotaUser",
  "uploadType",
  "upload_protocol",
  "userIp",
]);

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
  // A message without fields is an empty text, which splits into one empty word.
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
  int64: "TYPE_INT64",
  double: "TYPE_DOUBLE",
  bool: "TYPE_BOOL",
};

interface Reading {
  readonly violations: FieldViolation[];
  readonly unknown: UnknownFields;
}

function readValue(type: string, value: Json, path: string, reading: Reading): Json | undefined {
  if (value === null) return undefined;
  if (type === "any") return value;
  const wrong = (name: string): undefined => {
    const shown = typeof value === "object" ? "" : `, ${JSON.stringify(value)}`;
    reading.violations.push({ field: path, description: `Invalid value at '${path}' (${name})${shown}` });
    return undefined;
  };
  if (type.startsWith("[]")) {
    const item = type.slice(2);
    // A lone value for a repeated field is read as its only item, as protobuf's parser does.
    if (!Array.isArray(value)) return readValue(item, value, path, reading);
    return value.map((one, i) => readValue(item, one, `${path}[${i}]`, reading) ?? null);
  }
  if (type === "list") {
    return Array.isArray(value) ? value : wrong("type.googleapis.com/google.protobuf.ListValue");
  }
  if (type.startsWith("(")) {
    const options = type.slice(1, -1).split("|");
    return typeof value === "string" && options.includes(value) ? value : wrong("TYPE_ENUM");
  }
  const bounds = /^int<(\d+)\.\.(\d+)>$/.exec(type);
  if (bounds) return readBounded(value, Number(bounds[1]), Number(bounds[2])) ?? wrong("TYPE_INT32");
  const scalar = SCALARS[type];
  if (scalar !== undefined) return readScalar(type, value) ?? wrong(scalar);
  if (!isObject(value)) return wrong(`type.googleapis.com/google.apps.sheets.v4.${type}`);
  if (type.startsWith("{}")) {
    const entries = Object.entries(value).map(([key, one]): [string, Json] => [
      key,
      readValue(type.slice(2), one, `${path}[${key}]`, reading) ?? null,
    ]);
    return Object.fromEntries(entries);
  }
  return readFields(type, value, path, reading);
}

function readFields(message: string, value: JsonObject, path: string, reading: Reading): JsonObject {
  const fields = fieldsOf(message);
  if (!fields) return value;
  const read: JsonObject = {};
  for (const [given, item] of Object.entries(value)) {
    const name = camel(given);
    const type = fields.get(name);
    if (type === undefined) {
      if (reading.unknown === "ignored") continue;
      const at = path === "" ? "" : ` at '${path}'`;
      const description = `Invalid JSON payload received. Unknown name "${given}"${at}: Cannot find field.`;
      reading.violations.push({ field: path, description });
      continue;
    }
    const inner = path === "" ? snake(name) : `${path}.${snake(name)}`;
    const kept = readValue(type, item, inner, reading);
    if (kept !== undefined) read[name] = kept;
  }
  return read;
}

function readBounded(value: Json, least: number, most: number): Json | undefined {
  const number = readScalar("int", value);
  return typeof number === "number" && number >= least && number <= most ? number : undefined;
}

function readScalar(type: string, value: Json): Json | undefined {
  if (type === "string") return typeof value === "string" ? value : undefined;
  if (type === "bool") {
    if (typeof value === "boolean") return value;
    // Query parameters come as Python and JavaScript write them.
    return typeof value === "string" && /^(true|false)$/i.test(value)
      ? value.toLowerCase() === "true"
      : undefined;
  }
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) return undefined;
  if (type === "double") return number;
  if (!Number.isInteger(number)) return undefined;
  if (type === "int64") return String(value);
  return Math.abs(number) <= 2_147_483_648 ? number : undefined;
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
