/** Finds the edit that a batch fails by, so that it holds no other: the batch is halved until the edit is alone. */
import { ok, type Result } from "#contract/result.ts";
import type { StorageError } from "../../backend/backend.ts";
import { backoffMs } from "../../model/pacing.ts";
import type { WriteOutcome } from "../../model/write.ts";
import type { Outbox } from "./outbox.ts";
import type { Batch, BatchOutcome } from "./outbox-edit.ts";

/** With the waits of PAC-2 about half a minute. */
const TRIES_MAX = 5;
/** With the waits of PAC-2 some twenty minutes: somebody rearranges the tab all the time. */
const LATERS_MAX = 20;

/**
 * After a batch failed for no known reason: its edits go back into the outbox, to be sent in smaller batches. Resolves
 * with outcomes instead where its only edit has been tried often enough.
 */
export async function dissolve(
  outbox: Outbox,
  batch: Batch,
  { nowMs, jitter }: { readonly nowMs: number; readonly jitter: number },
): Promise<Result<readonly BatchOutcome[] | null, StorageError>> {
  const sent = batch.edits.filter(({ write }) => write);
  for (const { seq } of sent) {
    const edit = outbox.edits.get(seq);
    if (!edit) continue;
    if (sent.length > 1) {
      outbox.keep({ ...edit, together: Math.ceil(sent.length / 2) });
      continue;
    }
    const tries = edit.tries + 1;
    if (tries >= TRIES_MAX) {
      const why = `It could not be written in ${tries} tries, and the source does not say why.`;
      return ok([{ id: edit.id, tag: "parked", why }]);
    }
    outbox.keep({ ...edit, together: 1, tries, retryAtMs: nowMs + backoffMs(tries, jitter) });
  }
  const stored = await outbox.flush();
  if (!stored.ok) return stored;
  const emptied = await outbox.putBatch({ receipt: batch.receipt, edits: [], nextRows: {} });
  return emptied.ok ? ok(null) : emptied;
}

/** The source's outcomes; an edit that it put off time and again is parked. */
export function boundedOutcomes(batch: Batch, outcomes: readonly WriteOutcome[]): readonly BatchOutcome[] {
  const laters = new Map(batch.edits.flatMap(({ write, laters }) => (write ? [[write.id, laters]] : [])));
  return outcomes.map((outcome) => {
    if (outcome.tag !== "later" || (laters.get(outcome.id) ?? 0) + 1 < LATERS_MAX) return outcome;
    const why = `The source put it off ${LATERS_MAX} times: ${outcome.why}`;
    return { id: outcome.id, tag: "parked", why };
  });
}
