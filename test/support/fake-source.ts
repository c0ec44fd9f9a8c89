import type { CellValue } from "#contract/cell.ts";
import { ok, type Result } from "#contract/result.ts";
import type { Snapshot, TabSnapshot, UnchangedTab } from "../../src/model/snapshot.ts";
import type { PollResult, Revision, Source, SourceError } from "../../src/sources/source.ts";

export type PollAnswer = Result<PollResult, SourceError>;

export interface FakeSource extends Source {
  /** The `since` of every poll, in order. */
  readonly polls: (Revision | null)[];
  /** Replaces the content; the next poll finds another revision. */
  set(tabs: Snapshot["tabs"], extra?: Omit<Snapshot, "tabs" | "notices">): void;
  /** While set, answers instead of the content. */
  instead: ((signal: AbortSignal) => PollAnswer | Promise<PollAnswer>) | null;
}

export function createFakeSource(tabs: Snapshot["tabs"] = []): FakeSource {
  let snapshot: Snapshot = { tabs, notices: [] };
  let version = 1;
  const fake: FakeSource = {
    polls: [],
    instead: null,
    set(next, extra) {
      snapshot = { tabs: next, notices: [], ...extra };
      version++;
    },
    async poll(since, signal) {
      fake.polls.push(since);
      if (fake.instead) return fake.instead(signal);
      const revision = `r${version}`;
      return ok(since === revision ? { tag: "Unchanged", revision } : { tag: "Changed", revision, snapshot });
    },
  };
  return fake;
}

/** A tab of text columns. Its id is its title unless given. */
export function tab(
  title: string,
  headers: readonly string[],
  rows: readonly (readonly CellValue[])[],
  tabId = title,
): TabSnapshot {
  return { tabId, title, columns: headers.map((header) => ({ header, type: "text" })), rows };
}

export function unchangedTab(title: string, tabId = title): UnchangedTab {
  return { tabId, title, unchanged: true };
}
