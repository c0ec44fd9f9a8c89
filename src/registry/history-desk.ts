/** The history of a tab for those who ask over REST: entries, earlier states, and edits that bring them back. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { Wish } from "#contract/edits.ts";
import { formatEditKey } from "#contract/edits.ts";
import type { HistoryDiffAnswer, HistoryEntry, RestoreEdit } from "#contract/history.ts";
import type { Column } from "#contract/layout.ts";
import type { Result } from "#contract/result.ts";
import type { Arrival } from "../actors/edits/edit-desk.ts";
import type { StorageError } from "../backend/backend.ts";
import { copyPresent, type Present, type TooOld } from "../history/as-of.ts";
import type { History } from "../history/history.ts";
import { type Entry, editOf } from "../history/read.ts";
import type { PlannedEdit } from "../history/restore.ts";
import { fromRuns } from "../history/runs.ts";
import type { TabPlace } from "../history/segment.ts";
import { difference } from "../model/difference.ts";
import type { LiveDocument } from "../sync/documents.ts";

/** What a document holds when nothing is on its way to the disk. */
export async function presentOf(document: LiveDocument): Promise<Present> {
  let present: Present | null = null;
  const unfollow = await document.follow(null, {
    begin(live) {
      const [epoch = "", position] = live.revision().split("-");
      present = copyPresent(live.baseline(), { epoch, position: Number(position) });
    },
    change() {},
  });
  unfollow();
  return present!;
}

export async function stateAt(
  history: History,
  place: TabPlace,
  document: LiveDocument,
  timeMs: number,
): Promise<Result<Present, TooOld | StorageError>> {
  return history.stateAt(place, await presentOf(document), timeMs);
}

export function diffAnswer(from: Present, to: Present, times: readonly [number, number]): HistoryDiffAnswer {
  const [before, after] = [baselineOf(from), baselineOf(to)];
  const delta = difference(after, before, to.columns, to.order, null);
  const keys = new Map(to.columns.map(({ slot, key }) => [slot, key]));
  const added = new Set(delta.added.map(([row]) => row));
  const removed = new Set(delta.removed);
  const stayed = from.order.filter((row) => !removed.has(row));
  return {
    from: iso(times[0]),
    to: iso(times[1]),
    ...(delta.columns && { columns: { before: from.columns, after: to.columns } }),
    added: delta.added.map(([row, values]) => ({ row, values })),
    removed: delta.removed.map((row) => ({ row, values: from.rows.get(row)?.values ?? [] })),
    changed: delta.cells.map(([row, slot, value]) => ({
      row,
      slot,
      column: keys.get(slot)!,
      before: from.rows.get(row)?.values[slot] ?? null,
      after: value,
    })),
    reordered: to.order.filter((row) => !added.has(row)).some((row, place) => row !== stayed[place]),
  };
}

/** In the shape of a baseline; nothing new is ever made from it. */
export function baselineOf({ columns, order, rows }: Present) {
  return { columns, order, rows, nextRow: 0, nextSlot: 0 };
}

export function entryAnswer(entry: Entry, columns: ReadonlyMap<number, Column>): HistoryEntry {
  const { id, group, item } = entry;
  const edit = editOf(group, item);
  const [afterMs, , sheetBy] = group.sheet ?? [null, 0, null];
  const mark = {
    id,
    at: iso(group.at),
    origin: edit ? ("edit" as const) : ("sheet" as const),
    ...(!edit && afterMs !== null && { notBefore: iso(afterMs) }),
    ...(!edit && sheetBy !== null && { by: sheetBy }),
    ...(edit && { edit: edit[0], by: edit[1], madeAt: iso(edit[2]) }),
    ...(edit && edit[3] !== null && { cause: edit[3] }),
  };
  switch (item[0]) {
    case "cell":
    case "formula": {
      const [kind, row, slot, before, after] = item;
      const column = columns.get(slot)?.key;
      return {
        ...mark,
        kind,
        row,
        slot,
        ...(column !== undefined && { column }),
        before,
        after,
      } as HistoryEntry;
    }
    case "added":
    case "removed":
      return { ...mark, kind: item[0], row: item[1], values: item[2] };
    case "loaded":
      return {
        ...mark,
        kind: "loaded",
        rows: item[1].map((run) => (typeof run === "number" ? [run, 1] : run)),
      };
    case "columns":
      return { ...mark, kind: "columns", before: item[1], after: item[2] };
    case "order": {
      const splices = item[1].map(([at, remove, insert]) => ({
        at,
        remove: fromRuns(remove),
        insert: fromRuns(insert),
      }));
      return { ...mark, kind: "order", splices };
    }
    case "rewritten":
      return { ...mark, kind: "rewritten", cells: item[1], rows: item[2] };
  }
}

export function restoreAnswer(edit: PlannedEdit): RestoreEdit {
  switch (edit.tag) {
    case "cell":
      return { row: edit.row, column: edit.column.key, from: edit.from, to: edit.to };
    case "add": {
      const values = Object.fromEntries(edit.values.map(([{ key }, value]) => [key, value]));
      return { add: values, after: edit.after, was: edit.was };
    }
    case "remove":
      return { remove: edit.row };
  }
}

/** The edits of a restore, on top of what stands there now. `name` is the restore's. */
export function arrivalsOf(
  edits: readonly PlannedEdit[],
  { name, place, subject, atMs }: { name: string; place: TabPlace; subject: string; atMs: number },
): Arrival[] {
  return edits.map((edit): Arrival => {
    const wish = wishOf(edit, name);
    const key = formatEditKey(wish);
    // By its key, so that a restore that is asked for again makes no edit twice.
    const id = wish.tag === "add" ? wish.name : `${name}-${key}`;
    return { id, ...place, key, wish, subject, atMs, via: "restore", cause: `restore:${name}` };
  });
}

function wishOf(edit: PlannedEdit, name: string): Wish {
  switch (edit.tag) {
    case "cell":
      return {
        tag: "cell",
        row: edit.row,
        slot: edit.column.slot,
        value: writable(edit.to),
        base: edit.from,
      };
    case "add": {
      const values = Object.fromEntries(edit.values.map(([{ slot }, value]) => [slot, writable(value)]));
      return { tag: "add", name: `${name}-${edit.was}`, values, after: edit.after };
    }
    case "remove":
      return { tag: "remove", row: edit.row };
  }
}

/** An error is what a formula made: its cell comes back empty, not as a text. */
function writable(value: CellValue): CellValue {
  return isCellError(value) ? null : value;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
