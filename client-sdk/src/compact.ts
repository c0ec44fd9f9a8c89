import type { CellValue } from "./contract/cell.ts";
import type { LogEntry } from "./contract/layout.ts";

/** Longer texts seldom occur twice, and take time to compare. */
const TEXT_CHARS_MAX = 64;
/** What looking them up may take meanwhile. */
const TEXTS_MAX = 100_000;

/**
 * Gives back entries equal to those that it is called with. As Yjs reads them, each list has room to grow and each text
 * stands in memory as often as it occurs: together more than the content itself.
 */
export function compactor(): (entry: LogEntry) => LogEntry {
  const texts = new Map<CellValue, CellValue>();
  const value = (one: CellValue): CellValue => {
    if (typeof one !== "string" || one.length > TEXT_CHARS_MAX) return one;
    const known = texts.get(one);
    if (known === undefined && texts.size < TEXTS_MAX) texts.set(one, one);
    return known ?? one;
  };
  return ([row, values, ...rest]) =>
    (Array.isArray(values)
      ? [row, values.map(value), ...rest]
      : [row, values, ...rest]) as unknown as LogEntry;
}
