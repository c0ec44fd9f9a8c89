/** What becomes of one edit, as its receipt, its conflict and its dead letter tell it. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import type { Baseline } from "../../model/delta.ts";
import type { Conflict } from "./conflicts.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { type BatchOutcome, mineOf, type OutboxEdit, rowOf, slotOf, valuesOf } from "./outbox-edit.ts";
import { recordId } from "./record-book.ts";

export type Decision = Exclude<BatchOutcome, { tag: "later" }>;

export interface Fate {
  readonly receipt: Receipt;
  readonly conflict?: Conflict;
  readonly deadLetter?: DeadLetter;
}

export interface FateContext {
  /** Wall time of the decision: the same however often it is written down. */
  readonly atMs: number;
  readonly baseline: Baseline | null;
  /** When what the source held was first seen. */
  readonly seenAtMs: number;
}

export function fateOf(edit: OutboxEdit, decision: Decision, context: FateContext): Fate {
  const base = { ...receivedOf(edit), decidedAt: iso(context.atMs) };
  const record = recordId(context.atMs, edit.source, edit.id);
  switch (decision.tag) {
    case "written": {
      const value = edit.wish.tag === "cell" ? (decision.value ?? edit.wish.value) : undefined;
      const receipt: Receipt = { ...base, state: "confirmed", ...(value === undefined ? {} : { value }) };
      if (decision.lost === undefined) return { receipt };
      const conflict = conflictOf(edit, { theirs: decision.lost, reason: "changed", kept: "mine" }, context);
      return { receipt: { ...receipt, record }, conflict };
    }
    case "conflict": {
      const { theirs, reason, asked } = decision;
      const kept = asked ? "nobody" : "theirs";
      const told = { why: conflictWhy(reason, asked), code: reason, theirs, record };
      const conflict = conflictOf(edit, { theirs, reason, kept }, context);
      return { receipt: { ...base, state: "conflict", ...told }, conflict };
    }
    case "refused":
      return { receipt: { ...base, state: "refused", why: decision.why, code: decision.code } };
    case "parked": {
      const { why } = decision;
      const deadLetter = letterOf(edit, why, record, context);
      return { receipt: { ...base, state: "parked", why, code: "parked", record }, deadLetter };
    }
  }
}

/** The receipt of an edit that waits or is on its way. */
export function pendingReceipt(edit: OutboxEdit, inFlight: boolean, waits?: string): Receipt {
  return {
    ...receivedOf(edit),
    state: inFlight ? "writing" : "received",
    ...(waits === undefined ? {} : { why: waits }),
  };
}

/** Of an edit that ends without having been tried. */
export function refusedReceipt(
  edit: Pick<OutboxEdit, "id" | "key" | "atMs"> & { readonly row?: number },
  { code, why }: { readonly code: string; readonly why: string },
  atMs: number,
): Receipt {
  return { ...receivedOf(edit), state: "refused", code, why, decidedAt: iso(atMs) };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function receivedOf({ id, key, atMs, row }: Pick<OutboxEdit, "id" | "key" | "atMs"> & { row?: number }) {
  return { id, key, ...(row === undefined ? {} : { row }), receivedAt: iso(atMs) };
}

function conflictOf(
  edit: OutboxEdit,
  what: Pick<Conflict, "theirs" | "reason" | "kept">,
  { atMs, baseline, seenAtMs }: FateContext,
): Conflict {
  const { source, tab, wish } = edit;
  const slot = slotOf(edit);
  const column = keyOf(baseline, slot);
  const known = slot === undefined ? null : baseline?.rows.get(rowOf(edit))?.values[slot];
  return {
    id: recordId(atMs, source, edit.id),
    source,
    tab,
    row: rowOf(edit),
    ...(slot === undefined ? {} : { slot }),
    ...(column === undefined ? {} : { column }),
    ...(wish.tag === "cell" && wish.base !== undefined ? { base: wish.base } : {}),
    mine: mineOf(edit),
    ...what,
    by: edit.subject,
    at: iso(edit.wishedAtMs),
    seenAt: iso(cellsEqual(known, what.theirs) ? seenAtMs : atMs),
    state: "open",
  };
}

function letterOf(
  edit: OutboxEdit,
  why: string,
  id: string,
  { atMs, baseline }: Pick<FateContext, "atMs" | "baseline">,
): DeadLetter {
  const { seq: _, tries, laters, together, retryAtMs, doubt, row, wishedAtMs, ...arrival } = edit;
  const slot = slotOf(edit);
  const column = keyOf(baseline, slot);
  const mine =
    edit.wish.tag === "add"
      ? byKey(valuesOf(edit.wish), baseline)
      : edit.wish.tag === "cell"
        ? mineOf(edit)
        : null;
  return {
    id,
    source: edit.source,
    tab: edit.tab,
    key: edit.key,
    ...(edit.wish.tag === "add" ? {} : { row: rowOf(edit) }),
    ...(slot === undefined ? {} : { slot }),
    ...(column === undefined ? {} : { column }),
    mine,
    by: edit.subject,
    at: iso(edit.atMs),
    parkedAt: iso(atMs),
    tries: tries + laters + 1,
    why,
    arrival,
  };
}

function keyOf(baseline: Baseline | null, slot: number | undefined): string | undefined {
  return baseline?.columns.find((column) => column.slot === slot)?.key;
}

function byKey(values: readonly CellValue[], baseline: Baseline | null): Record<string, CellValue> {
  const entries = values.flatMap((value, slot) =>
    value === null ? [] : [[keyOf(baseline, slot) ?? String(slot), value] as const],
  );
  return Object.fromEntries(entries);
}

function conflictWhy(reason: Conflict["reason"], asked: boolean): string {
  switch (reason) {
    case "changed":
      return asked
        ? "The sheet holds another value by now: somebody has to choose between the two."
        : "The sheet holds another value by now, and keeps it.";
    case "row-gone":
      return "The row is not in the sheet any more.";
    case "column-gone":
      return "The column is not in the sheet any more.";
    case "unheard":
      return "It was sent, no answer came back, and the sheet does not tell where it went: look there.";
  }
}
