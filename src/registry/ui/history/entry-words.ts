/** What an entry of a history says, in words. */
import type { HistoryEntry, RestoreEdit } from "../../../../client-sdk/src/contract/history.ts";
import { shownValue } from "../edits/shown-value.ts";
import { countWords } from "../parts/words.ts";

export interface EntryWords {
  /** What it is about, such as "row 7, Price". */
  readonly where: string;
  readonly what: string;
  /** For a cell: what stood there, and what came. */
  readonly change?: { readonly before: string; readonly after: string };
}

export function entryWords(entry: HistoryEntry): EntryWords {
  switch (entry.kind) {
    case "cell":
      return {
        where: `row ${entry.row}, ${entry.column ?? `a column that is gone (${entry.slot})`}`,
        what: "changed",
        change: { before: shownValue(entry.before), after: shownValue(entry.after) },
      };
    case "formula":
      return {
        where: `row ${entry.row}, ${entry.column ?? `a column that is gone (${entry.slot})`}`,
        what: "formula changed",
        change: { before: entry.before || "(none)", after: entry.after || "(none)" },
      };
    case "added":
    case "removed":
      return { where: `row ${entry.row}`, what: `row ${entry.kind}: ${valuesWords(entry.values)}` };
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
export function restoreWords(edit: RestoreEdit): EntryWords {
  if ("remove" in edit) return { where: `row ${edit.remove}`, what: "is removed" };
  if ("add" in edit) {
    const values = Object.entries(edit.add).map(([key, value]) => `${key}: ${shownValue(value)}`);
    return { where: `row ${edit.was}`, what: `comes back as a new row (${values.join(", ")})` };
  }
  return {
    where: `row ${edit.row}, ${edit.column}`,
    what: "becomes",
    change: { before: shownValue(edit.from), after: shownValue(edit.to) },
  };
}

function valuesWords(values: readonly Parameters<typeof shownValue>[0][]): string {
  return values
    .filter((value) => value != null && value !== "")
    .map(shownValue)
    .join(", ");
}

function headers(columns: readonly { readonly header: string; readonly key: string }[]): string {
  return columns.map(({ header, key }) => header || key).join(", ");
}
