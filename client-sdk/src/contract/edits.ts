/**
 * Wishes for changes. They stand in a document of their own, `{source}/{tab}~edits`, of which every token subject has
 * its own under the same name:
 *
 *     edits     Y.Map  written by the client: "row:slot" -> CellEdit, "+any" -> RowEdit, "-row" -> RemoveEdit
 *     progress  Y.Map  written by the daemon: the same key -> Progress, while the edit is on its way
 *     outcomes  Y.Map  written by the daemon: the same key -> Outcome; the client acknowledges by deleting the entry
 *
 * An entry that leaves `edits` without turning up in `outcomes` is confirmed: the sheet has it.
 */
import { type CellValue, isCellValue } from "./cell.ts";
import { cellKey, removeKey } from "./edit-keys.ts";
import type { RowId, Slot } from "./layout.ts";

/** Names of the shared types in an edits document. */
export const EDITS = "edits";
export const PROGRESS = "progress";
export const OUTCOMES = "outcomes";

/** What an edit is aimed at, as its key says. `name` of an added row is the client's own, such as a random id. */
export type EditTarget =
  | { readonly tag: "cell"; readonly row: RowId; readonly slot: Slot }
  | { readonly tag: "add"; readonly name: string }
  | { readonly tag: "remove"; readonly row: RowId };

/** A value for one cell. */
export interface CellEdit {
  /** Text is taken as text, even if it looks like a number or begins with "=". */
  readonly value: CellValue;
  /** Instead of `value`'s: a formula, such as "=A1*2"; only where the source allows it. */
  readonly formula?: string;
  /** What stood there when the wish was made; absent: whatever stands there now may be replaced. */
  readonly base?: CellValue;
  /** When it was wished, ms since 1970; never later than when it arrived. */
  readonly at?: number;
}

/** A new row. */
export interface RowEdit {
  /** By slot; an absent cell is empty. */
  readonly values: Readonly<Record<string, CellValue>>;
  /** The row that it follows, null for the first place; absent: the place that the source names, or the end. */
  readonly after?: RowId | null;
  readonly at?: number;
}

/** The end of a row. */
export interface RemoveEdit {
  readonly at?: number;
}

/** Where an edit is; the last four are final, and only `conflict`, `refused` and `parked` leave an outcome. */
export type EditState = "local" | "received" | "writing" | "confirmed" | "conflict" | "refused" | "parked";

export interface Progress {
  /** Names the very edit: a later one under the same key has another id. */
  readonly id: string;
  readonly state: "received" | "writing";
  /** Why it takes longer, such as a spent quota; a sentence. */
  readonly waits?: string;
  /** Of an added row: the id that it has. */
  readonly row?: RowId;
}

export interface Outcome {
  readonly id: string;
  /**
   * conflict: another value stands there by now; refused: it can never be written; parked: it could not be written
   * and waits for a person.
   */
  readonly state: "refused" | "conflict" | "parked";
  /** A sentence for the person who made the edit. */
  readonly why: string;
  /** For programs, such as "not-a-number", "read-only", "row-gone". */
  readonly code: string;
  /** What stands there instead. */
  readonly theirs?: CellValue;
  /** What was wished. */
  readonly mine?: CellValue;
  /** Id of the conflict or dead letter in the REST API. */
  readonly record?: string;
}

const KEY = /^(?:(\d{1,15}):(\d{1,7})|\+(.{1,100})|-(\d{1,15}))$/s;

/** null for a key of no known shape. */
export function parseEditKey(key: string): EditTarget | null {
  const match = KEY.exec(key);
  if (!match) return null;
  const [, row, slot, name, removed] = match;
  if (row !== undefined) return { tag: "cell", row: Number(row), slot: Number(slot) };
  if (name !== undefined) return { tag: "add", name };
  return { tag: "remove", row: Number(removed) };
}

export function formatEditKey(target: EditTarget): string {
  switch (target.tag) {
    case "cell":
      return cellKey(target.row, target.slot);
    case "add":
      return `+${target.name}`;
    case "remove":
      return removeKey(target.row);
  }
}

/**
 * The reason beside close code 4503 where the document cannot hold what a client brings: one that begins with an empty
 * document brings its open edits alone.
 */
export const EDITS_FULL = "the edits document is full: start from an empty one";

/** An edit of known shape. */
export type Wish =
  | ({ readonly tag: "cell"; readonly row: RowId; readonly slot: Slot } & CellEdit)
  | ({ readonly tag: "add"; readonly name: string } & RowEdit)
  | ({ readonly tag: "remove"; readonly row: RowId } & RemoveEdit);

/** What is wrong with an entry of `edits`, as a sentence, or the wish that it is. */
export function parseEdit(key: string, entry: unknown): Wish | string {
  const target = parseEditKey(key);
  if (!target) return `"${key.slice(0, 40)}" is no key of an edit: use "row:slot", "+name" or "-row"`;
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    return `the edit must be an object, such as { value, base }`;
  }
  const { at, ...fields } = entry as Record<string, unknown>;
  if (at !== undefined && (typeof at !== "number" || !Number.isFinite(at))) {
    return `"at" must be a number of milliseconds since 1970`;
  }
  const when = at === undefined ? {} : { at };
  switch (target.tag) {
    case "cell":
      return parseCell(target, fields, when);
    case "add":
      return parseRow(target, fields, when);
    case "remove":
      return { ...target, ...when };
  }
}

function parseCell(
  target: Extract<EditTarget, { tag: "cell" }>,
  { value = null, formula, base }: Record<string, unknown>,
  when: { at?: number },
): Wish | string {
  if (!isCellValue(value)) return `"value" must be null, a boolean, a finite number or a text`;
  if (base !== undefined && !isCellValue(base)) return `"base" must be what stood in the cell`;
  if (formula !== undefined && (typeof formula !== "string" || !formula.startsWith("="))) {
    return `"formula" must be a text that begins with "="`;
  }
  return {
    ...target,
    ...when,
    value,
    ...(base === undefined ? {} : { base }),
    ...(formula === undefined ? {} : { formula }),
  };
}

function parseRow(
  target: Extract<EditTarget, { tag: "add" }>,
  { values, after }: Record<string, unknown>,
  when: { at?: number },
): Wish | string {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    return `"values" must be an object of values by slot, such as { "0": "A-1" }`;
  }
  for (const [slot, value] of Object.entries(values)) {
    if (!/^\d{1,7}$/.test(slot)) return `"values" has "${slot.slice(0, 40)}", which is no slot`;
    if (!isCellValue(value)) return `slot ${slot} must hold null, a boolean, a finite number or a text`;
  }
  if (after !== undefined && after !== null && !(Number.isSafeInteger(after) && (after as number) > 0)) {
    return `"after" must be a row id, or null for the first place`;
  }
  return {
    ...target,
    ...when,
    values: values as Record<string, CellValue>,
    ...(after === undefined ? {} : { after: after as RowId | null }),
  };
}
