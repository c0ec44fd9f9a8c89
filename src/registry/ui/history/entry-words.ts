/** What an entry of a history says, in words. */
import type { CellValue } from "../../../../client-sdk/src/contract/cell.ts";
import type { HistoryEntry, RestoreEdit } from "../../../../client-sdk/src/contract/history.ts";
import type { TabWords } from "../edits/tab-words.ts";
import { countWords } from "../parts/words.ts";

export interface EntryWords {
  /** What it is about, such as "row 7, Price". */
  readonly where: string;
  readonly what: string;
  /** For a cell: what stood there, and what came. */
  readonly change?: { readonly before: string; readonly after: string };
}

export function entryWords(entry: HistoryEntry, words: TabWords): EntryWords {
  switch (entry.kind) {
    case "cell":
      return {
        where: `${words.row(entry.row)}, ${entry.column ?? `a column that is gone (${entry.slot})`}`,
        what: "changed",
        change: {
          before: words.value(entry.before, entry.slot),
          after: words.value(entry.after, entry.slot),
        },
      };
    case "formula":
      return {
        where: `${words.row(entry.row)}, ${entry.column ?? `a column that is gone (${entry.slot})`}`,
        what: "formula changed",
        change: { before: entry.before || "(none)", after: entry.after || "(none)" },
      };
    case "added":
    case "removed":
      return {
        where: words.row(entry.row, entry.values),
        what: `row ${entry.kind}: ${valuesWords(entry.values, words)}`,
      };
    case "loaded": {
      const rows = entry.rows.reduce((sum, [, count]) => sum + count, 0);
      return { where: "tab", what: `${countWords(rows, "row", "rows")} came at once` };
    }
    case "columns":
      return {
        where: "columns",
        what: "columns changed",
        change: { before: headers(entry.before), after: headers(entry.after) },
      };
    case "order": {
      const moved = entry.splices.reduce((sum, { insert }) => sum + insert.length, 0);
      return {
        where: "tab",
        what: moved === 0 ? "rows closed up" : `order changed at ${countWords(moved, "row", "rows")}`,
      };
    }
    case "rewritten":
      return {
        where: "tab",
        what: `rewritten: ${countWords(entry.cells, "cell", "cells")}, ${countWords(entry.rows, "row", "rows")} gone`,
      };
  }
}

/** Whose change it was. */
export function originWords({ origin, by }: Pick<HistoryEntry, "origin" | "by">): string {
  if (origin === "edit") return by ?? "an edit";
  return by === undefined ? "in the sheet" : `${by}, in the sheet`;
}

/** One step of a restore. */
export function restoreWords(edit: RestoreEdit, words: TabWords): EntryWords {
  if ("remove" in edit) return { where: words.row(edit.remove), what: "is removed" };
  if ("add" in edit) {
    const values = Object.entries(edit.add).map(([key, value]) => `${key}: ${words.value(value, key)}`);
    return { where: words.row(edit.was), what: `comes back as a new row (${values.join(", ")})` };
  }
  return {
    where: `${words.row(edit.row)}, ${edit.column}`,
    what: "becomes",
    change: { before: words.value(edit.from, edit.column), after: words.value(edit.to, edit.column) },
  };
}

function valuesWords(values: readonly CellValue[], words: TabWords): string {
  return values
    .flatMap((value, slot) => (value == null || value === "" ? [] : words.value(value, slot)))
    .join(", ");
}

function headers(columns: readonly { readonly header: string; readonly key: string }[]): string {
  return columns.map(({ header, key }) => header || key).join(", ");
}
