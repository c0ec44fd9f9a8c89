/** The columns that data have of themselves: every field of their rows, nested ones by dotted paths. */
import type { DataValue } from "#contract/templates.ts";
import { type Item, isLink, isMoney, isObject, LONE_FIELD } from "./items.ts";

export interface DataColumns {
  /** Paths in the order of their first appearance. */
  readonly paths: readonly string[];
  /** Paths of the lists of objects, where those get tabs of their own. */
  readonly lists: readonly string[];
  /** There were more than COLUMNS_MAX. */
  readonly tooMany: boolean;
}

/** Of one tab; people cannot read more, and a typo in nested data makes thousands. */
export const COLUMNS_MAX = 1_000;
/** Deeper nesting is one text. */
const DEPTH_MAX = 8;

export function dataColumns(items: readonly Item[], lists: "columns" | "tabs"): DataColumns {
  /** Whether some row has more than nothing there. */
  const paths = new Map<string, boolean>();
  const found = new Set<string>();
  const visit = (value: DataValue, path: string, depth: number): void => {
    if (paths.size > COLUMNS_MAX) return;
    if (Array.isArray(value) && value.some((part) => isObject(part))) {
      if (lists === "tabs") found.add(path);
      else if (depth < DEPTH_MAX)
        value.forEach((part, at) => {
          visit(part, join(path, String(at)), depth + 1);
        });
      else paths.set(path, true);
    } else if (isObject(value) && !isMoney(value) && !isLink(value) && depth < DEPTH_MAX) {
      for (const [name, part] of Object.entries(value)) visit(part, join(path, name), depth + 1);
    } else {
      const name = path === "" ? LONE_FIELD : path;
      const filled = value !== null && !(Array.isArray(value) && value.length === 0);
      paths.set(name, filled || paths.get(name) === true);
    }
  };
  for (const { value } of items) visit(value, "", 0);
  // A list or object that is empty or missing in some rows may stand as a plain field there.
  const holders = new Set([...paths.keys()].flatMap(holdersOf));
  const kept = [...paths].filter(([path, filled]) => filled || !(holders.has(path) || found.has(path)));
  return {
    paths: kept.map(([path]) => path).slice(0, COLUMNS_MAX),
    lists: [...found],
    tooMany: kept.length > COLUMNS_MAX,
  };
}

/** "unitPrice" and "unit_price" are "Unit price"; "lines.0.name" is "Lines 1 name". */
export function headerOf(path: string): string {
  const words = path
    .replaceAll(/(^|\.)(\d+)(?=\.|$)/g, (_, before: string, index: string) => `${before}${Number(index) + 1}`)
    .replaceAll(
      /([\p{Ll}\d])(\p{Lu})(?=\p{Ll})/gu,
      (_, last: string, first: string) => `${last} ${first.toLowerCase()}`,
    )
    .replaceAll(/[._\s-]+/g, " ")
    .trim();
  return words === "" ? path : words[0]!.toUpperCase() + words.slice(1);
}

/** "a" and "a.b" of "a.b.c". */
function holdersOf(path: string): readonly string[] {
  const holders: string[] = [];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1))
    holders.push(path.slice(0, dot));
  return holders;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
