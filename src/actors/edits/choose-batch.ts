/**
 * Which of the edits that wait go out together. An edit waits for those before it that it depends on: of its cell, or
 * the coming and going of its row.
 */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Wish } from "#contract/edits.ts";
import type { RowId, Slot } from "#contract/layout.ts";
import { checkEdit, type EditedTab, type EditSettings, policyOf } from "../../model/edit-check.ts";
import { BACKOFF_MAX_MS } from "../../model/pacing.ts";
import type { WriteEdit, WriteOutcome } from "../../model/write.ts";
import { type BatchEdit, type OutboxEdit, rowOf, slotOf, valuesOf } from "./outbox-edit.ts";
import { REPLACED } from "./place.ts";

export interface ChooseContext {
  /** By name; null: the tab is gone. */
  readonly tabs: ReadonlyMap<string, ChosenTab | null>;
  readonly settings: EditSettings;
  /** Wall time. */
  readonly nowMs: number;
  /** Whether it waits for the next poll. */
  readonly isHeld: (seq: number) => boolean;
  /** See Brake. */
  readonly brakeMs: (cell: string) => number;
  readonly seenAt: (tab: string, row: RowId, slot: Slot) => number;
}

export interface ChosenTab {
  readonly tab: EditedTab;
  /** The source's own; null until a poll has found the tab again. */
  readonly tabId: string | null;
}

export interface Choice {
  readonly edits: readonly BatchEdit[];
  /** When there may be more to write, ms from now; null: nothing waits for a time. */
  readonly waitMs: number | null;
  /** Something waits for the next poll. */
  readonly afterPoll: boolean;
  /** Edits that wait because their cell is written too often. */
  readonly braked: readonly OutboxEdit[];
}

/** One request of some hundred kilobytes, and a few hundred outcomes to write down at once. */
const BATCH_EDITS_MAX = 250;
const BATCH_CHARACTERS_MAX = 1_000_000;

export function cellKey(tab: string, row: RowId, slot: Slot): string {
  return `${row}:${slot}:${tab}`;
}

export function chooseBatch(waiting: readonly OutboxEdit[], context: ChooseContext): Choice {
  const chosen: Draft[] = [];
  const isReplaced = replacedAmong(waiting);
  const ways = createWays();
  const braked: OutboxEdit[] = [];
  let limit = BATCH_EDITS_MAX;
  let characters = 0;
  let [waitMs, afterPoll] = [Number.POSITIVE_INFINITY, false];
  for (const edit of waiting) {
    const verdict = isReplaced(edit) ? replacedHere(edit) : readiness(edit, context);
    if (verdict.tag === "wait") {
      waitMs = Math.min(waitMs, verdict.ms);
      if (verdict.braked) braked.push(edit);
    }
    if (verdict.tag === "poll") afterPoll = true;
    if (verdict.tag !== "ready") {
      ways.block(edit);
      continue;
    }
    const host = ways.hostOf(edit);
    if (host && absorb(host, edit)) continue;
    const size = JSON.stringify(edit.wish).length;
    const together = Math.min(limit, edit.together ?? limit);
    const fits =
      chosen.length < together && (chosen.length === 0 || characters + size <= BATCH_CHARACTERS_MAX);
    if (ways.isBlocked(edit) || !fits) {
      // Something is chosen that it waits for, or that fills the batch; or what it waits for has a time of its own.
      if (chosen.length > 0) waitMs = 0;
      ways.block(edit);
      continue;
    }
    limit = together;
    characters += size;
    const draft: Draft = { edit, absorbed: [], local: verdict.outcome };
    chosen.push(draft);
    ways.take(edit, draft);
  }
  return {
    edits: chosen.map((draft) => freeze(draft, context)),
    waitMs: waitMs === Number.POSITIVE_INFINITY ? null : waitMs,
    afterPoll,
    braked,
  };
}

interface Draft {
  readonly edit: OutboxEdit;
  readonly absorbed: OutboxEdit[];
  readonly local: WriteOutcome | null;
}

type Readiness =
  | { readonly tag: "ready"; readonly outcome: WriteOutcome | null }
  | { readonly tag: "wait"; readonly ms: number; readonly braked: boolean }
  | { readonly tag: "poll" };

/** Rows that are added anew: a crash or a full disk may have kept the earlier edit beside the one that took its place. */
function replacedAmong(waiting: readonly OutboxEdit[]): (edit: OutboxEdit) => boolean {
  const keyOf = ({ row, tab }: OutboxEdit): string => `${row}:${tab}`;
  const added = waiting.filter(({ wish }) => wish.tag === "add");
  const last = new Map(added.map((edit) => [keyOf(edit), edit.seq]));
  return (edit) => edit.wish.tag === "add" && last.get(keyOf(edit)) !== edit.seq;
}

function replacedHere({ id }: OutboxEdit): Readiness {
  return { tag: "ready", outcome: { id, tag: "refused", ...REPLACED } };
}

function readiness(edit: OutboxEdit, context: ChooseContext): Readiness {
  const { wish, id } = edit;
  const place = context.tabs.get(edit.tab);
  if (!place) {
    const why = "The tab is not in the source any more.";
    return { tag: "ready", outcome: { id, tag: "refused", code: "tab-gone", why } };
  }
  const outcome = localOutcome(edit, place.tab, context.settings);
  if (outcome) return { tag: "ready", outcome };
  if (place.tabId === null || context.isHeld(edit.seq)) return { tag: "poll" };
  const retryMs = (edit.retryAtMs ?? 0) - context.nowMs;
  // Beyond that somebody has set the clock back.
  if (retryMs > 0 && retryMs <= BACKOFF_MAX_MS) return { tag: "wait", ms: retryMs, braked: false };
  const brakeMs = wish.tag === "cell" ? context.brakeMs(cellKey(edit.tab, wish.row, wish.slot)) : 0;
  if (brakeMs > 0) return { tag: "wait", ms: brakeMs, braked: true };
  return { tag: "ready", outcome: null };
}

/** What can be said of an edit without asking the source; null: nothing. */
function localOutcome(edit: OutboxEdit, tab: EditedTab, settings: EditSettings): WriteOutcome | null {
  const { wish, id } = edit;
  // The settings and the columns may have changed since it was taken.
  const refusal = checkEdit(wish, tab, settings);
  if (refusal) return { id, tag: "refused", ...refusal };
  if (wish.tag === "add" || tab.isProvisional(wish.row)) return null;
  const gone = !tab.baseline.rows.has(wish.row);
  if (wish.tag === "remove") return gone ? { id, tag: "written" } : null;
  if (gone) return { id, tag: "conflict", reason: "row-gone", theirs: null, asked: false };
  if (tab.baseline.columns.some(({ slot }) => slot === wish.slot)) return null;
  return { id, tag: "conflict", reason: "column-gone", theirs: null, asked: false };
}

/** A cell of a row that goes out in the same batch goes out within it, made in sight of what the row shall hold there. */
function absorb(host: Draft, edit: OutboxEdit): boolean {
  const { wish } = edit;
  if (wish.tag !== "cell" || wish.formula !== undefined || host.local) return false;
  if (host.edit.wish.tag !== "add") return false;
  const holds = valuesWithin(host.edit.wish, host.absorbed)[wish.slot];
  if (wish.base !== undefined && !cellsEqual(wish.base, holds)) return false;
  host.absorbed.push(edit);
  return true;
}

/** What the added row shall hold, with the cells that go out within it. */
function valuesWithin(added: Extract<Wish, { tag: "add" }>, absorbed: readonly OutboxEdit[]): CellValue[] {
  const values = valuesOf(added);
  for (const { wish: cell } of absorbed) if (cell.tag === "cell") setAt(values, cell.slot, cell.value);
  return values;
}

function freeze({ edit, absorbed, local }: Draft, context: ChooseContext): BatchEdit {
  const { seq, tab, laters } = edit;
  if (local) return { seq, tab, laters, outcome: local };
  return {
    seq,
    tab,
    laters,
    write: writeOf(edit, absorbed, context),
    ...(absorbed.length > 0 ? { absorbed: absorbed.map((cell) => cell.seq) } : {}),
  };
}

function writeOf(edit: OutboxEdit, absorbed: readonly OutboxEdit[], context: ChooseContext): WriteEdit {
  const { id, tab, wish, wishedAtMs: atMs } = edit;
  switch (wish.tag) {
    case "remove":
      return { id, atMs, tag: "remove", row: wish.row };
    case "add": {
      const values = valuesWithin(wish, absorbed);
      return { id, atMs, tag: "add", values, ...(wish.after === undefined ? {} : { after: wish.after }) };
    }
    case "cell": {
      const { row, slot, value, formula, base } = wish;
      return {
        ...{ id, atMs, tag: "cell", row, slot, value },
        ...(formula === undefined ? {} : { formula }),
        ...(base === undefined ? {} : { base }),
        ...(edit.own === undefined ? {} : { own: edit.own }),
        policy: policyOf(context.tabs.get(tab)!.tab, slot, context.settings),
        theirsAtMs: context.seenAt(tab, row, slot),
      };
    }
  }
}

function setAt(values: CellValue[], slot: Slot, value: CellValue): void {
  while (values.length <= slot) values.push(null);
  values[slot] = value;
}

/** What stands in each other's way: edits of one cell, and of one row where it comes or goes. */
function createWays() {
  const cells = new Set<string>();
  /** Rows with any edit before; and those that come or go. */
  const [rows, wholeRows] = [new Set<string>(), new Set<string>()];
  const hosts = new Map<string, Draft>();
  const keys = (edit: OutboxEdit): { row: string; cell: string | null } => {
    const slot = slotOf(edit);
    const row = `${rowOf(edit)}:${edit.tab}`;
    return { row, cell: slot === undefined ? null : `${slot}:${row}` };
  };
  const block = (edit: OutboxEdit): void => {
    const { row, cell } = keys(edit);
    rows.add(row);
    if (cell === null) wholeRows.add(row);
    else {
      cells.add(cell);
      // What comes after it for its row must not overtake it within the row.
      hosts.delete(row);
    }
  };
  return {
    block,
    isBlocked(edit: OutboxEdit): boolean {
      const { row, cell } = keys(edit);
      const after = edit.wish.tag === "add" ? edit.wish.after : undefined;
      if (after != null && wholeRows.has(`${after}:${edit.tab}`)) return true;
      return cell === null ? rows.has(row) : cells.has(cell) || wholeRows.has(row);
    },
    take(edit: OutboxEdit, draft: Draft): void {
      block(edit);
      if (edit.wish.tag === "add") hosts.set(keys(edit).row, draft);
    },
    /** The added row of the batch that a cell belongs to. */
    hostOf(edit: OutboxEdit): Draft | undefined {
      return edit.wish.tag === "cell" ? hosts.get(keys(edit).row) : undefined;
    },
  };
}
