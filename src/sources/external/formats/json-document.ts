import type { CellValue } from "#contract/cell.ts";
import { ok, type Result } from "#contract/result.ts";
import { type FeedDocument, type FeedRow, type Malformed, malformed, someNames } from "../feed-document.ts";
import { createJsonPaths } from "./json-path.ts";

/** A body of JSON. */
export function parseJsonDocument(text: string, depthMax: number): Result<FeedDocument, Malformed> {
  const parsed = parseExact(text);
  if (!parsed.ok) return malformed("body", whatIsWrong(text, "JSON"));
  return jsonDocument(parsed.value, depthMax, { text });
}

/** A body of one JSON value a line; blank lines count for nothing. */
export function parseNdjsonDocument(text: string, depthMax: number): Result<FeedDocument, Malformed> {
  const rows: unknown[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parseExact(line);
    if (!parsed.ok) return malformed(`line ${index + 1}`, whatIsWrong(line, "JSON"));
    rows.push(parsed.value);
  }
  return jsonDocument(rows, depthMax);
}

/** `whole`: what a single document was written as. */
function jsonDocument(
  root: unknown,
  depthMax: number,
  whole?: { readonly text: string },
): Result<FeedDocument, Malformed> {
  if (isDeeper(root, depthMax)) {
    return malformed("body", `is nested more than ${depthMax} levels deep`);
  }
  const paths = createJsonPaths(depthMax);
  const valueAt = (value: unknown, path: string): CellValue => {
    const compiled = paths(path);
    const found = compiled.ok ? compiled.value.values(value) : [];
    return found.length > 1 ? JSON.stringify(found) : cellOf(found[0]);
  };
  const row = (value: unknown): FeedRow => ({ cells: flatten(value), at: (path) => valueAt(value, path) });
  return ok({
    untyped: false,
    ordered: false,
    ...(whole && { json: { root, listAt: (path) => listAt(root, path, paths), exact: isExact(whole.text) } }),
    valueAt: (path) => valueAt(root, path),
    rows(path) {
      const values = path === undefined ? findRows(root) : rowsAt(root, path, paths);
      return values.ok ? ok(values.value.map(row)) : values;
    },
  });
}

/** The one list that rows are added to and taken from; null where there is none, or several. */
function listAt(
  root: unknown,
  path: string | undefined,
  paths: ReturnType<typeof createJsonPaths>,
): unknown[] | null {
  if (path === undefined) {
    const lists = Array.isArray(root)
      ? [root]
      : isObject(root)
        ? Object.values(root).filter(Array.isArray)
        : [];
    return lists.length === 1 ? lists[0]! : null;
  }
  const compiled = paths(path);
  const found = compiled.ok ? compiled.value.values(root) : [];
  return found.length === 1 && Array.isArray(found[0]) ? found[0] : null;
}

/** Every list that the path leads to gives its elements; anything else is a row. */
function rowsAt(
  root: unknown,
  path: string,
  paths: ReturnType<typeof createJsonPaths>,
): Result<readonly unknown[], Malformed> {
  const compiled = paths(path);
  if (!compiled.ok) return malformed("rowsPath", `"${path}" is no JSONPath: ${compiled.error}`);
  const found = compiled.value.values(root);
  if (found.length === 0 && compiled.value.singular) {
    const fix = "The last good data stay. Correct rowsPath if the feed has another form now.";
    return malformed(path, `nothing stands there; the fields at the top are ${topFields(root)}`, fix);
  }
  return ok(found.flatMap((value) => (Array.isArray(value) ? value : value === null ? [] : [value])));
}

/** The document itself when it is a list, else its only list. */
function findRows(root: unknown): Result<readonly unknown[], Malformed> {
  if (Array.isArray(root)) return ok(root);
  const lists = isObject(root) ? Object.entries(root).filter(([, value]) => Array.isArray(value)) : [];
  if (lists.length === 1) return ok(lists[0]![1] as unknown[]);
  const fix = 'Say under "rowsPath" where the rows stand, such as $.items.';
  if (lists.length > 1) {
    const names = lists.map(([name]) => `$.${name}`).join(", ");
    return malformed("$", `there are several lists, and rowsPath does not say which: ${names}`, fix);
  }
  return malformed("$", `there is no list of rows; the fields at the top are ${topFields(root)}`, fix);
}

/** Fields of fields by dotted names; a list is its JSON text, so that nothing of it is lost. */
function flatten(row: unknown): Map<string, CellValue> {
  const cells = new Map<string, CellValue>();
  const put = (name: string, value: unknown): void => {
    if (!isObject(value)) {
      if (!cells.has(name)) cells.set(name, cellOf(value));
      return;
    }
    for (const [inner, part] of Object.entries(value)) put(`${name}.${inner}`, part);
  };
  if (isObject(row)) for (const [name, value] of Object.entries(row)) put(name, value);
  else if (Array.isArray(row)) for (const [index, value] of row.entries()) put(`column_${index + 1}`, value);
  else put("value", row);
  return cells;
}

function cellOf(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : (value as CellValue);
}

/** Numbers that a double does not hold exactly, such as long ids, come as the text they are. */
function parseExact(text: string): Result<unknown, null> {
  try {
    return ok(MAYBE_INEXACT.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text));
  } catch {
    return { ok: false, error: null };
  }
}

function isExact(text: string): boolean {
  if (!MAYBE_INEXACT.test(text)) return true;
  let exact = true;
  JSON.parse(text, function note(this: unknown, name: string, value: unknown, context?: { source?: string }) {
    exact &&= keepExact.call(this, name, value, context) === value;
    return value;
  } as (this: unknown, name: string, value: unknown) => unknown);
  return exact;
}

const MAYBE_INEXACT = /\d{16}|[eE]\+?\d{3}/;

function keepExact(
  this: unknown,
  _: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  return exact ? value : context.source;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const part of Object.values(value)) if (isDeeper(part, levels - 1)) return true;
  return false;
}

function whatIsWrong(text: string, format: string): string {
  const end = text.trimEnd().at(-1);
  if (end === undefined) return "is empty";
  const begin = text.trimStart()[0]!;
  if (begin === "<") return `is not ${format} but begins with "<" as XML and HTML do`;
  const cut = "{[".includes(begin) && end !== (begin === "{" ? "}" : "]");
  return cut ? `is ${format} that ends in the middle` : `is not ${format}`;
}

function topFields(root: unknown): string {
  if (!isObject(root)) return "none, since it is no object";
  return someNames(Object.keys(root));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
