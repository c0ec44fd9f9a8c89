/** Writes down what came of a batch. Each step may be repeated, and leaves to the next start what it did not reach. */
import { mirrorName } from "#contract/document-name.ts";
import type { RowId } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { AppendError, StorageError } from "../../backend/backend.ts";
import type { Baseline } from "../../model/delta.ts";
import type { ChangeOrigin } from "../../model/origin.ts";
import { backoffMs } from "../../model/pacing.ts";
import type { WriteEdit } from "../../model/write.ts";
import type { Documents, LiveDocument } from "../../sync/documents.ts";
import { type ConfirmedEdit, confirmedDelta } from "./confirmed-delta.ts";
import type { ConflictBook } from "./conflicts.ts";
import type { DeadLetterBook } from "./dead-letters.ts";
import { type TellEdits, tellAll } from "./edit-news.ts";
import { type Decision, type Fate, fateOf } from "./fate.ts";
import type { Outbox } from "./outbox.ts";
import { type Batch, type OutboxEdit, rowOf, slotOf } from "./outbox-edit.ts";
import { rebased } from "./place.ts";
import type { Receipts } from "./receipts.ts";
import type { SeenTimes } from "./seen-times.ts";
import { liftedBy, overlayOf } from "./shown.ts";

export interface SettleDeps {
  readonly documents: Pick<Documents, "open">;
  readonly edits: TellEdits;
  readonly receipts: Receipts;
  readonly conflicts: ConflictBook;
  readonly deadLetters: DeadLetterBook;
  readonly seen: SeenTimes;
}

export interface Settlement {
  readonly source: string;
  readonly outbox: Outbox;
  /** Decided. */
  readonly batch: Batch;
  readonly newRows: "end" | "top";
}

export interface Settled {
  /** How many ended in which way. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Names of the documents that changed. */
  readonly changed: readonly string[];
  /** What the source put off. */
  readonly later: readonly number[];
}

/** An edit of the batch and what came of it. */
interface Decided {
  readonly edit: OutboxEdit;
  readonly decision: Decision;
  readonly confirmed?: ConfirmedEdit;
}

/** The steps, in the order in which a crash may end them: content, conflicts, receipts and outcomes, outbox, batch. */
export async function settle(
  deps: SettleDeps,
  settlement: Settlement,
): Promise<Result<Settled, AppendError>> {
  const { outbox, batch } = settlement;
  const { decided, later } = decisionsOf(settlement);
  const changed: string[] = [];
  const fates: [OutboxEdit, Fate][] = [];
  const waiting = new Map<number, OutboxEdit>();
  for (const [tab, ofTab] of Map.groupBy(decided, ({ edit }) => edit.tab)) {
    const opened = await deps.documents.open(mirrorName(settlement.source, tab));
    if (!opened.ok && opened.error.tag === "StorageError") return err(opened.error);
    const document = opened.ok ? opened.value : null;
    // Conflicts tell what the document held before the batch.
    for (const each of ofTab)
      fates.push([each.edit, fate(deps, settlement, each, document?.baseline() ?? null)]);
    for (const edit of waitingBehind(outbox, ofTab)) waiting.set(edit.seq, edit);
    if (!document) continue;
    const applied = await confirm(document, settlement, ofTab, waiting);
    if (!applied.ok) return applied;
    if (applied.value) changed.push(document.name);
  }
  for (const [, { conflict, deadLetter }] of fates) {
    const kept = conflict ? await keepConflict(deps.conflicts, conflict) : ok(undefined);
    if (!kept.ok) return kept;
    const parked = deadLetter ? await deps.deadLetters.put(deadLetter) : ok(undefined);
    if (!parked.ok) return parked;
  }
  for (const edit of [...waiting.values(), ...later]) outbox.keep(edit);
  for (const { edit } of decided) outbox.drop(edit.seq);
  const flushed = await outbox.flush(() => tellFates(deps, settlement.source, fates));
  if (!flushed.ok) return flushed;
  const done = await outbox.putBatch({ receipt: batch.receipt, edits: [], nextRows: {} });
  if (!done.ok) return done;
  return ok({ outcomes: countsOf(decided, later), changed, later: later.map(({ seq }) => seq) });
}

/** A record that somebody has resolved meanwhile is not opened again. */
async function keepConflict(
  book: ConflictBook,
  conflict: NonNullable<Fate["conflict"]>,
): Promise<Result<void, StorageError>> {
  return (await book.get(conflict.id)) ? ok(undefined) : book.put(conflict);
}

async function tellFates(
  { receipts, edits }: SettleDeps,
  source: string,
  fates: readonly (readonly [OutboxEdit, Fate])[],
): Promise<Result<void, StorageError>> {
  const stored = await receipts.put(
    source,
    fates.map(([edit, { receipt }]) => [receipt, edit]),
  );
  if (!stored.ok) return stored;
  return tellAll(
    edits,
    fates.map(([edit, { receipt }]) => [edit, receipt]),
  );
}

/** Somebody who rearranges the tab is through in a moment; what lasts longer is asked for ever more rarely. */
const LATERS_AT_ONCE = 2;

/** `laters`: with this one. */
function putOff(edit: OutboxEdit, laters: number, nowMs: number): OutboxEdit {
  const more = laters - LATERS_AT_ONCE;
  return { ...edit, laters, ...(more > 0 ? { retryAtMs: nowMs + backoffMs(more, 1) } : {}) };
}

function decisionsOf({ outbox, batch }: Settlement): { decided: Decided[]; later: OutboxEdit[] } {
  const outcomes = new Map(batch.decided!.outcomes.map((outcome) => [outcome.id, outcome]));
  const decided: Decided[] = [];
  const later: OutboxEdit[] = [];
  for (const { seq, write, outcome: local, absorbed = [], laters } of batch.edits) {
    // Gone from the outbox, it was settled to the end; what went out within it may still be here.
    const edit = outbox.edits.get(seq);
    const found = local ?? outcomes.get(write!.id);
    if (!found || found.tag === "later") {
      if (edit) later.push(putOff(edit, laters + 1, batch.decided!.atMs));
      continue;
    }
    if (edit) decided.push(decidedOf(edit, found, write));
    for (const cell of absorbed) {
      const inside = outbox.edits.get(cell);
      if (!inside) continue;
      // It goes out again by itself, and its policy decides.
      if (found.tag === "written" && found.missing?.includes(slotOf(inside)!)) later.push(inside);
      else decided.push({ edit: inside, decision: insideOf(found, inside) });
    }
  }
  return { decided, later };
}

function decidedOf(edit: OutboxEdit, decision: Decision, write: WriteEdit | undefined): Decided {
  if (decision.tag !== "written" || !write) return { edit, decision };
  const row = edit.row === undefined ? {} : { row: edit.row };
  return { edit, decision, confirmed: { write, outcome: decision, ...row } };
}

/** What becomes of a cell that went out within its row. */
function insideOf(host: Decision, cell: OutboxEdit): Decision {
  const { id } = cell;
  switch (host.tag) {
    case "written": {
      const value = host.values?.[slotOf(cell)!];
      return { id, tag: "written", ...(value === undefined ? {} : { value }) };
    }
    case "conflict":
      return { ...host, id };
    case "refused":
    case "parked":
      return { id, tag: "refused", code: "row-refused", why: `Its row was not added: ${host.why}` };
  }
}

function fate(
  { seen }: SettleDeps,
  { source, batch }: Settlement,
  { edit, decision }: Decided,
  baseline: Baseline | null,
): Fate {
  const slot = slotOf(edit);
  const seenAtMs = slot === undefined ? 0 : seen.seenAt(source, edit.tab, rowOf(edit), slot);
  return fateOf(edit, decision, { atMs: batch.decided!.atMs, baseline, seenAtMs });
}

/** Edits that waited for a cell to be decided, on what they are made now. */
function waitingBehind(outbox: Outbox, decided: readonly Decided[]): OutboxEdit[] {
  const ahead = new Map(decided.map((each) => [placeOf(each.edit), each]));
  const over = new Set(decided.map(({ edit }) => edit.seq));
  const moved: OutboxEdit[] = [];
  for (const edit of outbox.edits.values()) {
    const first = over.has(edit.seq) || edit.wish.tag !== "cell" ? undefined : ahead.get(placeOf(edit));
    if (first?.edit.wish.tag !== "cell") continue;
    const { decision } = first;
    const value = decision.tag === "written" ? (decision.value ?? first.edit.wish.value) : undefined;
    const next = rebased(edit, first.edit, value);
    if (next !== edit) moved.push(next);
  }
  return moved;
}

function placeOf(edit: OutboxEdit): string {
  return `${rowOf(edit)}:${slotOf(edit) ?? ""}:${edit.tab}`;
}

/** Brings what is confirmed into the mirror, and takes away what showed of the edits that are over. */
async function confirm(
  document: LiveDocument,
  { outbox, batch, newRows }: Settlement,
  decided: readonly Decided[],
  waiting: ReadonlyMap<number, OutboxEdit>,
): Promise<Result<boolean, AppendError>> {
  const [{ edit: first }] = decided as readonly [Decided, ...Decided[]];
  const over = decided.map(({ edit }) => edit);
  const overSeqs = new Set(over.map(({ seq }) => seq));
  const rest = [...outbox.edits.values()].filter(({ seq }) => !overSeqs.has(seq));
  const provisional = new Set(
    [...outbox.edits.values()].flatMap(({ tab, row }) =>
      tab === first.tab && row !== undefined ? [row] : [],
    ),
  );
  const delta = confirmedDelta(
    decided.flatMap(({ confirmed }) => (confirmed ? [confirmed] : [])),
    {
      baseline: document.baseline(),
      newRows,
      sinceRow: batch.nextRows[first.tab] ?? Number.POSITIVE_INFINITY,
      isProvisional: (row) => provisional.has(row),
    },
  );
  const touched = new Set<RowId>(over.map(rowOf));
  const overlay = overlayOf(
    rest.map((edit) => waiting.get(edit.seq) ?? edit),
    first.tab,
    touched,
  );
  const origin = originOf(decided);
  const applied = await document.apply({
    delta,
    overlay,
    lifted: liftedBy(over, overlay),
    ...(origin ? { origin } : {}),
    author: "edits",
  });
  return applied.ok ? ok(applied.value.changed) : applied;
}

function originOf(decided: readonly Decided[]): ChangeOrigin | null {
  const edits = decided.flatMap(({ edit, decision }) => {
    if (decision.tag !== "written") return [];
    const { id, subject: by, wishedAtMs: atMs, cause } = edit;
    const slot = slotOf(edit);
    const more = { ...(slot === undefined ? {} : { slot }), ...(cause === undefined ? {} : { cause }) };
    return [{ id, by, atMs, row: rowOf(edit), ...more }];
  });
  return edits.length > 0 ? { tag: "edits", edits } : null;
}

function countsOf(decided: readonly Decided[], later: readonly OutboxEdit[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const { decision } of decided) add(decision.tag === "written" ? "confirmed" : decision.tag);
  for (const _ of later) add("later");
  return counts;
}
