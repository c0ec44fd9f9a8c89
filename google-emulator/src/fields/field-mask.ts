/** Google's field masks: "sheets(properties(title,index),data/rowData),namedRanges" and "*". */
import { ApiError } from "../http/errors.ts";
import { copyOf, isObject, type Json, type JsonObject } from "../http/json.ts";
import { fieldsOf } from "../schema/schema.ts";

/** "all" selects everything below; otherwise selected children by name, "*" standing for every name. */
export type FieldMask = "all" | ReadonlyMap<string, FieldMask>;

/** Null when the text is not a mask. */
export function readFieldMask(text: string): FieldMask | null {
  const tokens = text.match(/[^,()/.\s]+|[,()/.]/g) ?? [];
  let at = 0;
  const list = (): FieldMask | null => {
    const root = new Map<string, FieldMask>();
    for (;;) {
      const one = path();
      if (!one) return null;
      add(root, one.name, one.mask);
      if (tokens[at] !== ",") return root;
      at += 1;
    }
  };
  const path = (): { name: string; mask: FieldMask } | null => {
    const name = tokens[at];
    if (name === undefined || /[,()/.]/.test(name)) return null;
    at += 1;
    if (tokens[at] === "/" || tokens[at] === ".") {
      at += 1;
      const inner = path();
      return inner && { name: camel(name), mask: new Map([[inner.name, inner.mask]]) };
    }
    if (tokens[at] !== "(") return { name: camel(name), mask: "all" };
    at += 1;
    const inner = list();
    if (!inner || tokens[at] !== ")") return null;
    at += 1;
    return { name: camel(name), mask: inner };
  };
  const mask = list();
  if (!mask || at !== tokens.length) return null;
  return mask !== "all" && mask.get("*") === "all" ? "all" : mask;
}

/** The mask of a `fields` query parameter; throws Google's 400 when it does not fit the answer's type. */
export function responseMask(text: string | null, message: string | null): FieldMask {
  if (text === null || text === "") return "all";
  const mask = readFieldMask(text);
  const wrong = mask ? message && unknownPath(mask, message) : text;
  if (!mask || wrong) {
    const field = wrong ?? text;
    const description = `Error expanding 'fields' parameter. Cannot find matching fields for path '${field}'.`;
    throw new ApiError("INVALID_ARGUMENT", "Request contains an invalid argument.", {
      details: [
        { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field, description }] },
      ],
    });
  }
  return mask;
}

/** Does the mask want anything at or below this path? */
export function wants(mask: FieldMask, ...path: string[]): boolean {
  let at: FieldMask | undefined = mask;
  for (const name of path) {
    if (at === "all") return true;
    at = at?.get(name) ?? at?.get("*");
  }
  return at !== undefined;
}

export function below(mask: FieldMask, name: string): FieldMask {
  return mask === "all" ? "all" : (mask.get(name) ?? mask.get("*") ?? new Map());
}

/** The selected part of an answer. An object on the way stays, if only as {} [R]. */
export function select(value: Json, mask: FieldMask): Json {
  if (mask === "all") return value;
  if (Array.isArray(value)) return value.map((item) => select(item, mask));
  if (!isObject(value)) return value;
  const selected: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const inner = mask.get(name) ?? mask.get("*");
    if (inner !== undefined) selected[name] = select(item, inner);
  }
  return selected;
}

/** Writes the masked fields of `source` over `target`; a masked field that `source` lacks is removed. */
export function overwrite(target: JsonObject, source: JsonObject, mask: FieldMask): JsonObject {
  if (mask === "all") return copyOf(source);
  const written: JsonObject = { ...target };
  for (const [name, inner] of mask) {
    if (name === "*") return copyOf(source);
    const from = source[name];
    if (inner === "all") {
      if (from === undefined || from === null) delete written[name];
      else written[name] = copyOf(from);
      continue;
    }
    const into = written[name];
    written[name] = overwrite(isObject(into) ? into : {}, isObject(from) ? from : {}, inner);
  }
  return written;
}

function add(root: Map<string, FieldMask>, name: string, mask: FieldMask): void {
  const before = root.get(name);
  if (before === undefined || mask === "all") {
    root.set(name, mask);
  } else if (before !== "all") {
    const merged = new Map(before);
    for (const [inner, innerMask] of mask) add(merged, inner, innerMask);
    root.set(name, merged);
  }
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

/** The first path that the message type does not have. */
export function unknownPath(mask: FieldMask, message: string, path = ""): string | null {
  const fields = fieldsOf(message);
  if (mask === "all" || !fields) return null;
  for (const [name, inner] of mask) {
    if (name === "*") continue;
    const full = path === "" ? name : `${path}.${name}`;
    const type = fields.get(name);
    if (type === undefined) return full;
    const item = type.replace(/^\[\]/, "");
    // A text or a number has nothing below it.
    const wrong =
      inner !== "all" && /^(\(|string|int|double|bool|list)/.test(item)
        ? full
        : unknownPath(inner, item, full);
    if (wrong) return wrong;
  }
  return null;
}
