import type { HistoryEntry } from "../../../../client-sdk/src/contract/history.ts";

/** Fewer stand for themselves. */
const TOGETHER_MIN = 4;

/** Rows that came in one and the same moment as one group; everything else alone. */
export function groupEntries(entries: readonly HistoryEntry[]): readonly (readonly HistoryEntry[])[] {
  const groups: HistoryEntry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last && cameTogether(last[0]!, entry)) last.push(entry);
    else groups.push([entry]);
  }
  return groups.flatMap((group) => (group.length < TOGETHER_MIN ? group.map((entry) => [entry]) : [group]));
}

function cameTogether(a: HistoryEntry, b: HistoryEntry): boolean {
  return a.kind === "added" && b.kind === "added" && a.at === b.at && a.by === b.by && a.cause === b.cause;
}
