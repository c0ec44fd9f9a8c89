/** Where a new wish goes among those that wait: a later wish for a cell takes the place of its author's earlier one. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { Wish } from "#contract/edits.ts";
import type { RowId } from "#contract/layout.ts";
import { checkEdit, type EditedTab, type EditRefusal, type EditSettings } from "../../model/edit-check.ts";
import type { Arrival } from "./edit-desk.ts";
import type { Outbox } from "./outbox.ts";
import { type OutboxEdit, rowOf } from "./outbox-edit.ts";

export type Placement =
  | ({ readonly tag: "refused" } & EditRefusal)
  | { readonly tag: "kept"; readonly edit: Omit<OutboxEdit, "seq">; readonly over: readonly Over[] }
  /** The wish is fulfilled by what is taken back. */
  | { readonly tag: "done"; readonly over: readonly Over[] };

/** An edit that never goes out. */
export interface Over extends EditRefusal {
  readonly edit: OutboxEdit;
}

export const REPLACED: EditRefusal = {
  code: "replaced",
  why: "A later edit of the same author took its place.",
};

/** One author's share leaves room for the others. */
const EDITS_PER_SOURCE_MAX = 10_000;
const EDITS_PER_SUBJECT_MAX = 5_000;

export interface PlaceContext {
  readonly outbox: Pick<Outbox, "edits" | "isInFlight" | "countOf">;
  readonly tab: EditedTab;
  readonly settings: EditSettings;
  /** For a row that is added. */
  readonly nextRow: () => RowId;
}

export function place(arrival: Arrival & { readonly wish: Wish }, context: PlaceContext): Placement {
  const { outbox, tab, settings } = context;
  const { wish } = arrival;
  const refusal = checkEdit(wish, tab, settings) ?? checkRoom(arrival, outbox);
  if (refusal) return { tag: "refused", ...refusal };
  const others = [...outbox.edits.values()].filter((edit) => edit.tab === arrival.tab);
  switch (wish.tag) {
    case "cell":
      return placeCell({ ...arrival, wish }, others, context);
    case "add":
      return placeAdded({ ...arrival, wish }, others, context);
    case "remove":
      return placeRemoval({ ...arrival, wish }, others, context);
  }
}

function placeCell(
  arrival: Arrival & { readonly wish: Extract<Wish, { tag: "cell" }> },
  others: readonly OutboxEdit[],
  { outbox }: PlaceContext,
): Placement {
  const { wish } = arrival;
  const last = others.findLast(
    ({ wish: other }) => other.tag === "cell" && other.row === wish.row && other.slot === wish.slot,
  );
  if (!last || last.subject !== arrival.subject || outbox.isInFlight(last.seq)) return keep(arrival);
  const own = arrival.own === undefined && last.own !== undefined ? { own: last.own } : {};
  const folded = { ...arrival, ...own, wish: onBaseOf(last.wish as typeof wish, wish) };
  return { ...keep(folded), over: [replaced(last)] };
}

/** The later wish was made on the sight of the earlier one, which the sheet has never held. */
function onBaseOf<W extends Extract<Wish, { tag: "cell" }>>(earlier: W, later: W): W {
  if (later.base !== undefined && earlier.base !== undefined && !cellsEqual(later.base, earlier.value))
    return later;
  const { base: _, ...rest } = later;
  return (earlier.base === undefined ? rest : { ...rest, base: earlier.base }) as W;
}

function placeAdded(
  arrival: Arrival & { readonly wish: Extract<Wish, { tag: "add" }> },
  others: readonly OutboxEdit[],
  { outbox, nextRow }: PlaceContext,
): Placement {
  const earlier = others.find(({ key, subject }) => key === arrival.key && subject === arrival.subject);
  if (!earlier) return keep(arrival, nextRow());
  if (outbox.isInFlight(earlier.seq)) {
    return {
      tag: "refused",
      code: "on-its-way",
      why: "The row is being added already: change its cells once it is there.",
    };
  }
  return { ...keep(arrival, earlier.row!), over: [replaced(earlier)] };
}

function placeRemoval(
  arrival: Arrival & { readonly wish: Extract<Wish, { tag: "remove" }> },
  others: readonly OutboxEdit[],
  { outbox }: PlaceContext,
): Placement {
  const { row } = arrival.wish;
  const ofRow = others.filter((edit) => rowOf(edit) === row);
  const added = ofRow.find(({ wish }) => wish.tag === "add");
  // On its way, the row has to arrive first.
  if (!added || ofRow.some(({ seq }) => outbox.isInFlight(seq))) return keep(arrival);
  const why = "The row was removed before it was written.";
  return { tag: "done", over: ofRow.map((edit) => ({ edit, code: "row-removed", why })) };
}

function keep(arrival: Arrival & { readonly wish: Wish }, row?: RowId): Extract<Placement, { tag: "kept" }> {
  const wishedAtMs = Math.min(arrival.wish.at ?? arrival.atMs, arrival.atMs);
  const edit = { ...arrival, wishedAtMs, tries: 0, laters: 0, ...(row === undefined ? {} : { row }) };
  return { tag: "kept", edit, over: [] };
}

function replaced(edit: OutboxEdit): Over {
  return { edit, ...REPLACED };
}

function checkRoom({ subject }: Arrival, outbox: PlaceContext["outbox"]): EditRefusal | null {
  const whose =
    outbox.edits.size >= EDITS_PER_SOURCE_MAX
      ? `${EDITS_PER_SOURCE_MAX} edits of this source`
      : outbox.countOf(subject) >= EDITS_PER_SUBJECT_MAX
        ? `${EDITS_PER_SUBJECT_MAX} edits of yours`
        : null;
  if (whose === null) return null;
  return { code: "outbox-full", why: `${whose} wait to be written: try again when some have been.` };
}

/**
 * What an edit that waited behind another one of its cell is made on, once the sheet holds `value` in answer to that
 * one; undefined: it does not (refused, or theirs stayed).
 */
export function rebased(
  waiting: OutboxEdit,
  ahead: Pick<OutboxEdit, "wish" | "subject">,
  value: CellValue | undefined,
): OutboxEdit {
  const { wish } = waiting;
  if (wish.tag !== "cell" || ahead.wish.tag !== "cell" || wish.base === undefined) return waiting;
  const sawIt = cellsEqual(wish.base, ahead.wish.value);
  if (value !== undefined) {
    if (!sawIt && waiting.subject !== ahead.subject) return waiting;
    return { ...waiting, wish: { ...wish, base: value } };
  }
  if (!sawIt || ahead.wish.base === undefined) return waiting;
  return { ...waiting, wish: { ...wish, base: ahead.wish.base } };
}
