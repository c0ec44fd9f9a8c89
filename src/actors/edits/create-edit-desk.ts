import { mirrorName } from "#contract/document-name.ts";
import { parseEditKey, type Wish } from "#contract/edits.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import type { RowId } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { StorageError } from "../../backend/backend.ts";
import { NO_CHANGE } from "../../model/delta.ts";
import type { EditedTab } from "../../model/edit-check.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { SourceSettings } from "../../sources/source.ts";
import type { Documents, LiveDocument } from "../../sync/documents.ts";
import type { Arrival, EditDesk } from "./edit-desk.ts";
import { type TellEdits, tellAll } from "./edit-news.ts";
import { iso, pendingReceipt, refusedReceipt } from "./fate.ts";
import type { Outbox } from "./outbox.ts";
import { type EditAim, type OutboxEdit, rowOf } from "./outbox-edit.ts";
import type { Outboxes } from "./outboxes.ts";
import { type Over, place } from "./place.ts";
import type { Owner, Receipts } from "./receipts.ts";
import { storageOf } from "./record-book.ts";
import { liftedBy, overlayOf } from "./shown.ts";

export interface EditDeskDeps {
  readonly outboxes: Outboxes;
  readonly receipts: Receipts;
  readonly documents: Pick<Documents, "open">;
  readonly edits: TellEdits;
  readonly clock: Clock;
  /** null: there is no such source. */
  readonly settings: (source: string) => SourceSettings | null;
  /** Why edits of the source wait at present. */
  readonly waits: (source: string) => string | undefined;
  /** There is something to write. */
  readonly onTaken: (source: string) => void;
}

export function createEditDesk(deps: EditDeskDeps): EditDesk {
  const { outboxes, receipts } = deps;

  /** One that is being decided has left the outbox and has no receipt yet. */
  async function seek<T>(source: string, look: () => Promise<T | null>): Promise<T | null> {
    return (await look()) ?? outboxes.alone(source, look);
  }

  const receipt = (source: string, id: string): Promise<Receipt | null> =>
    seek(source, () => look(source, id));

  async function look(source: string, id: string): Promise<Receipt | null> {
    const decided = await receipts.get(source, id);
    if (decided) return decided;
    const outbox = await outboxes.of(source);
    const edit = outbox.byId(id);
    return edit ? pendingReceipt(edit, outbox.isInFlight(edit.seq), deps.waits(source)) : null;
  }

  return {
    async take(arrivals) {
      const found = new Map<Arrival, Receipt>();
      for (const [source, ofSource] of Map.groupBy(arrivals, (arrival) => arrival.source)) {
        const outbox = await outboxes.of(source);
        const taken = await outboxes.alone(source, () => takeAll(deps, source, outbox, ofSource));
        if (!taken.ok) return taken;
        for (const [arrival, receipt] of taken.value) found.set(arrival, receipt);
      }
      return ok(arrivals.map((arrival) => found.get(arrival)!));
    },
    async withdraw(source, ids) {
      const outbox = await outboxes.of(source);
      return outboxes.alone(source, async () => {
        const round = createRound(deps, source, outbox);
        for (const id of ids) {
          const edit = outbox.byId(id);
          if (!edit) for (const gone of await takenBack(receipts, source, id)) round.lift(gone);
          else if (!outbox.isInFlight(edit.seq))
            round.end({ edit, code: WITHDRAWN, why: "Its author took it back." });
        }
        return round.finish();
      });
    },
    receipt,
    ownerOf: (source, id) =>
      seek(
        source,
        async () => (await receipts.ownerOf(source, id)) ?? (await outboxes.of(source)).byId(id) ?? null,
      ),
    async decided(source, id, ms) {
      // Asked first, it cannot be decided between the look and the wait.
      const waited = receipts.wait(source, id, ms);
      const now = await receipt(source, id);
      if (!now || now.decidedAt !== undefined) {
        waited.cancel();
        return now;
      }
      return (await waited.receipt) ?? receipt(source, id);
    },
  };
}

const WITHDRAWN = "withdrawn";

/** What its author took back before: the storage may have refused to show that. */
async function takenBack(
  receipts: Pick<Receipts, "get" | "ownerOf">,
  source: string,
  id: string,
): Promise<Shown[]> {
  const receipt = await receipts.get(source, id);
  if (receipt?.code !== WITHDRAWN) return [];
  const [owner, wish] = [await receipts.ownerOf(source, id), parseEditKey(receipt.key)];
  return owner && wish ? [{ tab: owner.tab, wish, ...rowIn(receipt) }] : [];
}

async function takeAll(
  deps: EditDeskDeps,
  source: string,
  outbox: Outbox,
  arrivals: readonly Arrival[],
): Promise<Result<ReadonlyMap<Arrival, Receipt>, StorageError>> {
  const round = createRound(deps, source, outbox);
  const settings = deps.settings(source);
  const answers = new Map<Arrival, () => Receipt>();
  const refuse = (arrival: Arrival, code: string, why: string): void => {
    const receipt = refusedReceipt(arrival, { code, why }, deps.clock.nowMs());
    // Nothing is kept for a source that is gone.
    if (settings) round.answer(receipt, arrival);
    answers.set(arrival, () => receipt);
  };
  // Asked for before anything changes, so that a storage that refuses leaves all as it was.
  for (const name of new Set(arrivals.map(({ tab }) => tab))) {
    const tab = await round.tab(name);
    if (!tab.ok) return tab;
  }
  for (const arrival of arrivals) {
    const { id, wish } = arrival;
    const before = round.answered(id) ?? (await deps.receipts.get(source, id));
    const waiting = outbox.byId(id);
    if (before) {
      // The storage may have refused to show what was decided then.
      if (typeof wish !== "string") round.lift({ ...arrival, wish, ...rowIn(before) });
      answers.set(arrival, () => before);
    } else if (waiting) {
      // Taken before: shown again, should the daemon have ended in between.
      round.show(waiting);
      answers.set(arrival, () => pendingReceipt(waiting, outbox.isInFlight(waiting.seq), deps.waits(source)));
    } else if (typeof wish === "string") refuse(arrival, "malformed", wish);
    else if (!settings) refuse(arrival, "no-such-source", `There is no source "${source}".`);
    else {
      const tab = await round.tab(arrival.tab);
      if (!tab.ok) return tab;
      if (!tab.value) refuse(arrival, "no-such-tab", `The source has no tab "${arrival.tab}".`);
      else {
        const own = await ownOf(deps.receipts, source, arrival);
        answers.set(arrival, takeOne(round, outbox, { ...arrival, wish, ...own }, tab.value, settings, deps));
      }
    }
  }
  const done = await round.finish();
  if (!done.ok) return done;
  return ok(new Map([...answers].map(([arrival, answer]) => [arrival, answer()])));
}

/** What the source made of the edit that this one was set over. */
async function ownOf(
  receipts: Pick<Receipts, "lastHeld">,
  source: string,
  { over, ...arrival }: Arrival,
): Promise<Pick<Arrival, "own">> {
  const receipt = over === undefined ? null : await receipts.lastHeld(source, arrival, arrival.key);
  const isIt = receipt?.value !== undefined && receipt.id.endsWith(`:${over}`);
  return isIt ? { own: receipt.value } : {};
}

function takeOne(
  round: Round,
  outbox: Outbox,
  arrival: Arrival & { readonly wish: Wish },
  tab: EditedTab,
  settings: SourceSettings,
  { clock, waits }: EditDeskDeps,
): () => Receipt {
  const nextRow = (): RowId => {
    const rows = [...outbox.edits.values()].map((edit) => (edit.tab === tab.name ? (edit.row ?? 0) : 0));
    return rows.reduce((next, row) => Math.max(next, row + 1), tab.baseline.nextRow);
  };
  const placed = place(arrival, { outbox, tab, settings, nextRow });
  const nowMs = clock.nowMs();
  if (placed.tag === "refused") {
    // It may be about a row that was taken back when the storage refused to show that.
    round.lift(arrival);
    const receipt = refusedReceipt(arrival, placed, nowMs);
    round.answer(receipt, arrival);
    return () => receipt;
  }
  for (const over of placed.over) round.end(over);
  if (placed.tag === "done") {
    const { id, key, atMs } = arrival;
    const receipt: Receipt = { id, key, state: "confirmed", receivedAt: iso(atMs), decidedAt: iso(nowMs) };
    round.answer(receipt, arrival);
    return () => receipt;
  }
  const kept = outbox.keep(placed.edit);
  round.show(kept);
  return () => pendingReceipt(kept, false, waits(arrival.source));
}

function rowIn({ row }: Receipt): Pick<OutboxEdit, "row"> {
  return row === undefined ? {} : { row };
}

type Shown = EditAim & Pick<OutboxEdit, "tab">;

/** One change of an outbox: kept, then what is over, then shown in the mirrors. */
interface Round {
  tab(name: string): Promise<Result<EditedTab | null, StorageError>>;
  show(edit: OutboxEdit): void;
  /** Nothing of it shows any more, unless it waits. */
  lift(edit: Shown): void;
  /** An edit ends without having been tried. */
  end(over: Over): void;
  /** A receipt that this round makes. */
  answer(receipt: Receipt, owner: Owner): void;
  answered(id: string): Receipt | undefined;
  finish(): Promise<Result<void, StorageError>>;
}

function createRound(deps: EditDeskDeps, source: string, outbox: Outbox): Round {
  const documents = new Map<string, LiveDocument | null>();
  const answers = new Map<string, readonly [Receipt, Owner]>();
  const over = new Map<string, readonly [Receipt, OutboxEdit]>();
  const lifted: Shown[] = [];
  const touched = new Map<string, Set<RowId>>();
  let kept = false;

  async function document(name: string): Promise<Result<LiveDocument | null, StorageError>> {
    const known = documents.get(name);
    if (known !== undefined) return ok(known);
    const opened = await deps.documents.open(mirrorName(source, name));
    if (!opened.ok && opened.error.tag === "StorageError") return err(opened.error);
    documents.set(name, opened.ok ? opened.value : null);
    return ok(opened.ok ? opened.value : null);
  }

  const touch = (edit: Shown): void => {
    touched.set(edit.tab, (touched.get(edit.tab) ?? new Set()).add(rowOf(edit)));
  };

  const lift = (edit: Shown): void => {
    if (edit.wish.tag === "add" && edit.row === undefined) return;
    lifted.push(edit);
    touch(edit);
  };

  async function showIn(name: string, rows: ReadonlySet<RowId>): Promise<Result<void, StorageError>> {
    const found = await document(name);
    if (!found.ok || !found.value) return found.ok ? ok(undefined) : found;
    const overlay = overlayOf(outbox.edits.values(), name, rows);
    const gone = liftedBy(
      [...[...over.values()].map(([, edit]) => edit), ...lifted].filter(({ tab }) => tab === name),
      overlay,
    );
    const applied = await found.value.apply({ delta: NO_CHANGE, overlay, lifted: gone, author: "edits" });
    return applied.ok ? ok(undefined) : err(storageOf(applied.error));
  }

  return {
    async tab(name) {
      const found = await document(name);
      if (!found.ok || !found.value) return found.ok ? ok(null) : found;
      const { title } = found.value.meta();
      const isProvisional = (row: RowId): boolean =>
        [...outbox.edits.values()].some((edit) => edit.row === row && edit.tab === name);
      return ok({ name, title, baseline: found.value.baseline(), isProvisional });
    },
    show(edit) {
      kept = true;
      lift(edit);
    },
    lift,
    end({ edit, ...refusal }) {
      touch(edit);
      outbox.drop(edit.seq);
      over.set(edit.id, [refusedReceipt(edit, refusal, deps.clock.nowMs()), edit]);
    },
    answer: (receipt, owner) => void answers.set(receipt.id, [receipt, owner]),
    answered: (id) => (over.get(id) ?? answers.get(id))?.[0],
    async finish() {
      const stored = await outbox.flush(() =>
        putReceipts(deps, source, [...over.values()], [...answers.values()]),
      );
      if (!stored.ok) return stored;
      for (const [name, rows] of touched) {
        const shown = await showIn(name, rows);
        if (!shown.ok) return shown;
      }
      if (kept) deps.onTaken(source);
      return ok(undefined);
    },
  };
}

/** What is over comes first: an answer may say that it is. */
async function putReceipts(
  { receipts, edits }: EditDeskDeps,
  source: string,
  over: readonly (readonly [Receipt, OutboxEdit])[],
  answers: readonly (readonly [Receipt, Owner])[],
): Promise<Result<void, StorageError>> {
  if (over.length + answers.length === 0) return ok(undefined);
  const ended = await receipts.put(source, over);
  const stored = ended.ok ? await receipts.put(source, answers) : ended;
  // Of what the storage refused it may have kept a part: those are over, and nobody comes back to them.
  const known = ended.ok ? over : await keptOf(receipts, source, over);
  const told = await tellAll(
    edits,
    known.map(([receipt, edit]) => [edit, receipt]),
  );
  return stored.ok ? told : stored;
}

async function keptOf(
  receipts: Pick<Receipts, "get">,
  source: string,
  ended: readonly (readonly [Receipt, OutboxEdit])[],
): Promise<readonly (readonly [Receipt, OutboxEdit])[]> {
  const kept = await Promise.all(ended.map(([{ id }]) => receipts.get(source, id)));
  return ended.filter((_, i) => kept[i] !== null);
}
