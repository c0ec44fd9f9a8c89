/** Addresses and bodies with placeholders in braces. */
import { type CellValue, isCellError } from "#contract/cell.ts";

/** What a placeholder stands for; undefined: nothing is called so, the text stays. */
export type Lookup = (name: string) => unknown;

const PLACEHOLDER = /\{([^{}"]{1,200})\}/g;

/** An address; what is filled in is percent-encoded, so that no value can lead elsewhere. */
export function filledWith(template: string, lookup: Lookup): string {
  return template.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const value = lookup(name);
    return value === undefined ? whole : encodeURIComponent(textOf(value));
  });
}

/**
 * The same, or null where a value would lead elsewhere all the same: one that is blank in the path, or a segment of dots
 * alone, which climbs however it is encoded.
 */
export function addressOf(template: string, lookup: Lookup): string | null {
  const path = template.split("?", 1)[0]!;
  let blank = false;
  filledWith(path, (name) => {
    const value = lookup(name);
    blank ||= value !== undefined && textOf(value) === "";
    return value;
  });
  const segments = (link: string): number | undefined => URL.parse(link)?.pathname.split("/").length;
  const link = filledWith(template, lookup);
  const usual = filledWith(template, (name) => (lookup(name) === undefined ? undefined : "x"));
  return blank || segments(link) !== segments(usual) ? null : link;
}

/** A body of JSON: a text that is one placeholder alone becomes its value, of its own type. */
export function filledBody(template: unknown, lookup: Lookup): unknown {
  if (typeof template === "string") {
    const [, alone] = /^\{([^{}"]{1,200})\}$/.exec(template) ?? [];
    if (alone !== undefined) {
      const value = lookup(alone);
      return value === undefined ? template : value;
    }
    return template.replaceAll(PLACEHOLDER, (whole, name: string) => {
      const value = lookup(name);
      return value === undefined ? whole : textOf(value);
    });
  }
  if (Array.isArray(template)) return template.map((part) => filledBody(part, lookup));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, part]) => [
      String(filledText(name, lookup)),
      filledBody(part, lookup),
    ]),
  );
}

/** Sets a field by its flattened name: "price.amount" is `amount` of the object `price`. */
export function setField(row: Record<string, unknown>, path: string, value: CellValue): void {
  if (Object.hasOwn(row, path) || !path.includes(".")) {
    define(row, path, value);
    return;
  }
  // Names may hold dots themselves: the longest that is an object leads on.
  const parts = path.split(".");
  for (let end = parts.length - 1; end > 0; end--) {
    const name = parts.slice(0, end).join(".");
    const inner = Object.hasOwn(row, name) ? row[name] : end === 1 ? {} : undefined;
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) continue;
    if (!Object.hasOwn(row, name)) define(row, name, inner);
    setField(inner as Record<string, unknown>, parts.slice(end).join("."), value);
    return;
  }
  define(row, path, value);
}

/** Never through a setter: `__proto__` is a name like any other. */
function define(row: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
}

function filledText(text: string, lookup: Lookup): unknown {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const value = lookup(name);
    return value === undefined ? whole : textOf(value);
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (isCellError(value)) return value.error;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
