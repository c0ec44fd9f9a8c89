/**
 * A poll gives each row of the tab the id of the row that it is most like. For readers that is good enough; an edit that
 * waits for its row is not written on a guess.
 */
import { ok, type Result } from "#contract/result.ts";
import type { StorageError } from "../../backend/backend.ts";
import type { Baseline } from "../../model/delta.ts";
import { type Doubt, type Located, locate } from "../../model/locate.ts";
import type { TabSnapshot } from "../../model/snapshot.ts";
import { withWritten } from "../../model/written.ts";
import type { Outbox } from "./outbox.ts";
import type { OutboxEdit } from "./outbox-edit.ts";

/** Edits whose row or column the snapshot does not show for certain know that, durably, before it is applied. */
export async function keepDoubts(
  outbox: Outbox,
  name: string,
  baseline: Baseline,
  tab: TabSnapshot,
): Promise<Result<void, StorageError>> {
  const edits = [...outbox.edits.values()].filter(
    (edit) => edit.tab === name && edit.doubt === undefined && edit.wish.tag !== "add",
  );
  if (edits.length === 0) return ok(undefined);
  const located = locate(baseline, tab);
  const sent = outbox.batch?.edits.flatMap((one) => (one.tab === name && one.write ? [one.write] : [])) ?? [];
  // They may have landed, unheard.
  const landed = sent.length > 0 ? locate(withWritten(baseline, sent), tab) : null;
  for (const edit of edits) {
    const doubt = doubtOf(edit, located, baseline);
    if (doubt !== null && !(landed && isCertain(edit, landed))) outbox.keep({ ...edit, doubt });
  }
  return outbox.flush();
}

function isCertain({ wish }: OutboxEdit, located: Located): boolean {
  if (wish.tag === "add" || located.row(wish.row).tag !== "at") return false;
  return wish.tag === "remove" || located.column(wish.slot).tag === "at";
}

/** Of keys that stand there twice the next look tells. */
function doubtOf({ wish }: OutboxEdit, located: Located, { rows }: Baseline): Doubt | null {
  if (wish.tag === "add" || !rows.has(wish.row)) return null;
  const row = located.row(wish.row);
  if (row.tag === "doubtful" && row.code === "row-moved") return row.code;
  const column = wish.tag === "cell" ? located.column(wish.slot) : null;
  return column?.tag === "doubtful" ? column.code : null;
}
