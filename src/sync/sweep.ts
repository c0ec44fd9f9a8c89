import * as Y from "yjs";
import type { LogEntry } from "#contract/layout.ts";
import { clientOf, clockOf, type EntryId } from "./entries.ts";

interface Run {
  readonly client: number;
  readonly start: number;
  /** Clock after the last one. */
  end: number;
}

/**
 * Deletes elements of `log` by their ids, within `transaction`. Runs are split off in halves, not in sequence:
 * Yjs copies a piece's elements at every split, so that cutting 500 pieces from a run of 50,000 in sequence copies
 * 25 million references, in halves half a million.
 */
export function deleteEntries(
  transaction: Y.Transaction,
  log: Y.Array<LogEntry>,
  ids: readonly EntryId[],
): void {
  const runs = toRuns(ids);
  const cut = (from: number, to: number): void => {
    if (from >= to) return;
    const middle = (from + to) >> 1;
    const run = runs[middle]!;
    Y.getItemCleanStart(transaction, Y.createID(run.client, run.start));
    Y.getItemCleanEnd(transaction, transaction.doc.store, Y.createID(run.client, run.end - 1));
    cut(from, middle);
    cut(middle + 1, to);
  };
  cut(0, runs.length);
  for (const run of runs) {
    for (let clock = run.start; clock < run.end; ) {
      const item = Y.getItem(transaction.doc.store, Y.createID(run.client, clock));
      item.delete(transaction);
      clock = item.id.clock + item.length;
    }
  }
  forgetSearchMarkers(log);
}

/**
 * Makes a transaction that only deletes count in the state vector, by an element deleted as soon as it is made. So a
 * writer's clock names the document's state, deletions included, and a client at the same clock misses nothing.
 */
export function advanceClock(transaction: Y.Transaction, log: Y.Array<LogEntry>, clock: number): void {
  log.push([[0, []]]);
  Y.getItem(transaction.doc.store, Y.createID(transaction.doc.clientID, clock)).delete(transaction);
  forgetSearchMarkers(log);
}

/** Yjs' own deletion keeps its search markers in step; deleting items cannot, so the next walk starts afresh. */
function forgetSearchMarkers(log: Y.Array<LogEntry>): void {
  (log as unknown as { _searchMarker: unknown[] })._searchMarker = [];
}

function toRuns(ids: readonly EntryId[]): Run[] {
  const runs: Run[] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const [client, clock] = [clientOf(id), clockOf(id)];
    const last = runs[runs.length - 1];
    if (last && last.client === client && last.end === clock) last.end++;
    else runs.push({ client, start: clock, end: clock + 1 });
  }
  return runs;
}
