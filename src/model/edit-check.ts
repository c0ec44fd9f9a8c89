/** Whether a wish may be tried at all, as far as the last confirmed content and the source's settings tell. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { Wish } from "#contract/edits.ts";
import type { Column, ColumnType, RowId, Slot } from "#contract/layout.ts";
import type { ColumnRule, RegisterBody } from "#contract/rest.ts";
import type { Baseline } from "./delta.ts";
import type { ConflictPolicy } from "./write.ts";

/** What the settings of a source say of edits. */
export type EditSettings = Pick<RegisterBody, "writable" | "conflictPolicy" | "keyColumns" | "writes">;

export interface EditedTab {
  /** In document ids. */
  readonly name: string;
  readonly title: string;
  readonly baseline: Baseline;
  /** Whether a row was added by an edit and is not confirmed yet. */
  readonly isProvisional: (row: RowId) => boolean;
}

export interface EditRefusal {
  /** For programs. */
  readonly code: string;
  /** A sentence for who made the edit. */
  readonly why: string;
}

/** Google's: https://support.google.com/drive/answer/37603. */
export const TEXT_LENGTH_MAX = 50_000;

/** null: it may be tried. A row or column that was there once is not refused here: its edit is a conflict. */
export function checkEdit(wish: Wish, tab: EditedTab, settings: EditSettings): EditRefusal | null {
  if (!settings.writable) {
    return refusal("read-only-source", "This source takes no edits: writable is off in its settings.");
  }
  switch (wish.tag) {
    case "cell":
      return checkCell(wish, tab, settings);
    case "add":
      return checkAdded(wish, tab, settings);
    case "remove":
      return existed(wish.row, tab) ? null : noSuchRow(wish.row);
  }
}

/** Of a cell: the column's policy, else the source's. */
export function policyOf(tab: EditedTab, slot: Slot, settings: EditSettings): ConflictPolicy {
  const column = tab.baseline.columns.find((column) => column.slot === slot);
  const rule = column && ruleOf(column, tab, settings);
  return rule?.conflictPolicy ?? settings.conflictPolicy ?? "sheet";
}

function checkCell(
  { row, slot, value, formula }: Extract<Wish, { tag: "cell" }>,
  tab: EditedTab,
  settings: EditSettings,
): EditRefusal | null {
  if (!existed(row, tab)) return noSuchRow(row);
  if (slot >= tab.baseline.nextSlot) return noSuchColumn(slot);
  const column = tab.baseline.columns.find((column) => column.slot === slot);
  if (!column) return null;
  const { direction = "two-way" } = ruleOf(column, tab, settings);
  const provisional = tab.isProvisional(row);
  if (direction === "read-only" || (direction === "new-rows" && !provisional)) {
    return readOnlyColumn(column, direction);
  }
  if (!provisional && isKeyColumn(column, tab, settings)) {
    return refusal(
      "key-column",
      `Column "${nameOf(column)}" tells the rows apart, so that the key of a row that exists is not changed here: ` +
        "add a row with the new key and remove this one.",
    );
  }
  const formulas = settings.writes?.formulas ?? false;
  if (formula !== undefined) return checkFormula(formula, formulas);
  if (!formulas && tab.baseline.rows.get(row)?.formulas?.has(slot)) {
    return refusal(
      "formula-cell",
      `The cell in column "${nameOf(column)}" is computed by a formula: change what it is computed from.`,
    );
  }
  return checkValue(value, column);
}

function checkAdded(
  { values, after }: Extract<Wish, { tag: "add" }>,
  tab: EditedTab,
  settings: EditSettings,
): EditRefusal | null {
  const bySlot = new Map(tab.baseline.columns.map((column) => [column.slot, column]));
  if (bySlot.size === 0) {
    return refusal("no-columns", "The tab has no columns yet: give it a header row in the sheet first.");
  }
  if (after != null && !existed(after, tab)) return noSuchRow(after);
  for (const [key, value] of Object.entries(values)) {
    const column = bySlot.get(Number(key));
    if (!column) {
      if (Number(key) < tab.baseline.nextSlot)
        return refusal("column-gone", `The tab has no column with slot ${key} any more.`);
      return noSuchColumn(Number(key));
    }
    if (value === null) continue;
    if (ruleOf(column, tab, settings).direction === "read-only") return readOnlyColumn(column, "read-only");
    const wrong = checkValue(value, column);
    if (wrong) return wrong;
  }
  return null;
}

function checkFormula(formula: string, allowed: boolean): EditRefusal | null {
  if (!allowed) {
    return refusal(
      "formulas-off",
      "This source takes no formulas: writes.formulas is off in its settings. Send the value instead.",
    );
  }
  return formula.length > TEXT_LENGTH_MAX ? tooLong(formula.length) : null;
}

function checkValue(value: CellValue, column: Column): EditRefusal | null {
  if (value === null) return null;
  if (isCellError(value)) {
    return refusal("error-value", `${value.error} is what a formula may give, and cannot be written.`);
  }
  const takes = TAKES[column.type];
  if (takes && typeof value !== takes.type) {
    return refusal(
      `not-a-${takes.type}`,
      `Column "${nameOf(column)}" holds ${takes.holds}, and ${shown(value)} is ${KINDS[typeof value]}: ` +
        `give ${takes.give}, or null to empty the cell.`,
    );
  }
  return typeof value === "string" && value.length > TEXT_LENGTH_MAX ? tooLong(value.length) : null;
}

/** Columns of other types take anything. */
const TAKES: { readonly [T in ColumnType]?: { type: "number" | "boolean"; holds: string; give: string } } = {
  number: { type: "number", holds: "numbers", give: "a number" },
  boolean: { type: "boolean", holds: "true and false", give: "true or false" },
  date: { type: "number", holds: "dates", give: dateGiven("2026-05-01", "days since 1899-12-30") },
  time: { type: "number", holds: "times of day", give: dateGiven("14:30", "fraction of a day") },
  datetime: {
    type: "number",
    holds: "dates with times",
    give: dateGiven("2026-05-01T14:30", "days since 1899-12-30, with a fraction for the time,"),
  },
};

/** ISO 8601 is read by REST, the app and the command line; what comes in an edits document is as cells hold it. */
function dateGiven(iso: string, number: string): string {
  return `one such as ${iso} (REST, app and command line take ISO 8601 without a zone), the ${number} as a number`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "a boolean",
};

function shown(value: CellValue): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function ruleOf(column: Column, tab: EditedTab, settings: EditSettings): ColumnRule {
  return ofTab(settings.writes?.columns, tab)?.[column.header] ?? {};
}

function isKeyColumn(column: Column, tab: EditedTab, settings: EditSettings): boolean {
  const header = keyHeader(settings, tab);
  return header !== undefined && column.header === header;
}

/** Of the column whose values tell the rows of a tab apart, where one is named. */
export function keyHeader(
  settings: Pick<EditSettings, "keyColumns">,
  tab: Pick<EditedTab, "name" | "title">,
): string | undefined {
  return ofTab(settings.keyColumns, tab);
}

/** Settings name a tab by its title, by its name in documents, or by the range of it that is synced. */
function ofTab<T>(
  perTab: Readonly<Record<string, T>> | undefined,
  { name, title }: Pick<EditedTab, "name" | "title">,
): T | undefined {
  if (!perTab) return undefined;
  const ranges = [`${title}!`, `'${title.replaceAll("'", "''")}'!`];
  const key = Object.keys(perTab).find((key) => ranges.some((range) => key.startsWith(range)));
  return perTab[title] ?? perTab[name] ?? (key === undefined ? undefined : perTab[key]);
}

/** There now, or at some time. */
function existed(row: RowId, { baseline, isProvisional }: EditedTab): boolean {
  return row < baseline.nextRow || isProvisional(row);
}

function nameOf({ header, key }: Column): string {
  return header || key;
}

function readOnlyColumn(column: Column, direction: "read-only" | "new-rows"): EditRefusal {
  const why =
    direction === "read-only"
      ? `Column "${nameOf(column)}" is read-only: its cells are changed in the sheet alone.`
      : `Column "${nameOf(column)}" is written in new rows only.`;
  return refusal("read-only", why);
}

function noSuchRow(row: RowId): EditRefusal {
  return refusal("no-such-row", `The tab has no row ${row}: use the ids of its rows.`);
}

function noSuchColumn(slot: Slot): EditRefusal {
  return refusal("no-such-column", `The tab has no column with slot ${slot}: use the slots of its columns.`);
}

function tooLong(length: number): EditRefusal {
  return refusal(
    "too-long",
    `The text has ${length} characters: a cell takes ${TEXT_LENGTH_MAX} at most. Shorten it.`,
  );
}

function refusal(code: string, why: string): EditRefusal {
  return { code, why };
}
