/** What happens to positions when rows or columns are inserted, deleted or moved. */
import type { GridRange } from "../ranges/box.ts";

export type Dimension = "ROWS" | "COLUMNS";

/** `destination` of a move is counted before anything moved, as in the API. */
export type AxisEdit =
  | { readonly kind: "insert"; readonly at: number; readonly count: number }
  | { readonly kind: "delete"; readonly at: number; readonly count: number }
  | { readonly kind: "move"; readonly at: number; readonly count: number; readonly destination: number };

/** Where index `i` is afterwards; null when it was deleted. */
export function editedIndex(i: number, edit: AxisEdit): number | null {
  if (edit.kind === "insert") return i >= edit.at ? i + edit.count : i;
  const end = edit.at + edit.count;
  if (edit.kind === "delete") return i < edit.at ? i : i < end ? null : i - edit.count;
  const { at, count, destination } = edit;
  if (i >= at && i < end) return destination < at ? i - at + destination : i - at + destination - count;
  if (i < at && i >= destination) return i + count;
  if (i >= end && i < destination) return i - count;
  return i;
}

/** The half-open span afterwards; null when nothing of it is left. An insertion inside makes it grow. */
export function editedSpan(start: number, end: number, edit: AxisEdit): [number, number] | null {
  if (edit.kind === "insert") {
    return [start >= edit.at ? start + edit.count : start, end > edit.at ? end + edit.count : end];
  }
  if (edit.kind === "delete") {
    const gone = (i: number): number => Math.min(edit.count, Math.max(0, i - edit.at));
    const [from, to] = [start - gone(start), end - gone(end)];
    return from < to ? [from, to] : null;
  }
  const first = editedIndex(start, edit) ?? start;
  const last = editedIndex(end - 1, edit) ?? end - 1;
  return [Math.min(first, last), Math.max(first, last) + 1];
}

/** The range afterwards, open sides staying open; null when it was deleted as a whole. */
export function editedRange(range: GridRange, dimension: Dimension, edit: AxisEdit): GridRange | null {
  const [startName, endName] =
    dimension === "ROWS"
      ? (["startRowIndex", "endRowIndex"] as const)
      : (["startColumnIndex", "endColumnIndex"] as const);
  const [start, end] = [range[startName], range[endName]];
  if (start === undefined && end === undefined) return range;
  // An open end is far below every edit.
  const span = editedSpan(start ?? 0, end ?? Number.MAX_SAFE_INTEGER / 2, edit);
  if (!span) return null;
  const edited = { ...range };
  if (start !== undefined) edited[startName] = span[0];
  if (end !== undefined) edited[endName] = span[1];
  return edited;
}
