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
  const paths = new Set<string>();
  const found = new Set<string>();
  const visit = (value: DataValue, path: string, depth: number): void => {
    if (paths.size > COLUMNS_MAX) return;
    if (Array.isArray(value) && value.some((part) => isObject(part))) {
      if (lists === "tabs") found.add(path);
      else if (depth < DEPTH_MAX)
        value.forEach((part, at) => {
          visit(part, join(path, String(at)), depth + 1);
        });
      else paths.add(path);
    } else if (isObject(value) && !isMoney(value) && !isLink(value) && depth < DEPTH_MAX) {
      for (const [name, part] of Object.entries(value)) visit(part, join(path, name), depth + 1);
    } else paths.add(path === "" ? LONE_FIELD : path);
  };
  for (const { value } of items) visit(value, "", 0);
  // A list that is empty or missing in some rows may stand as a plain field there.
  for (const path of found) paths.delete(path);
  const tooMany = paths.size > COLUMNS_MAX;
  return { paths: [...paths].slice(0, COLUMNS_MAX), lists: [...found], tooMany };
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

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
