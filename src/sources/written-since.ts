/**
 * Between our write and the next poll somebody may take the written back: the source then shows what its last revision
 * names, and our document does not. Until a poll has compared them, the tabs of a write count as unknown.
 */
import type { WriteBatch } from "../model/write.ts";
import type { Revision } from "./source.ts";

export interface WrittenSince {
  /** It is about to be sent. */
  note(batch: WriteBatch): void;
  /** Ids of the tabs whose content `since` no longer tells. */
  tabs(since: Revision | null): ReadonlySet<string>;
  /**
   * A poll after `since` compared them and answers with this revision: once a poll is asked for what came after, it was
   * taken over. Never `since` itself, which would not tell whether it was.
   */
  compared(revision: Revision, since: Revision | null): Revision;
}

export function createWrittenSince(): WrittenSince {
  const tabs = new Set<string>();
  let answer: Revision | null = null;
  return {
    note(batch) {
      for (const { tabId } of batch.tabs) tabs.add(tabId);
      answer = null;
    },
    tabs(since) {
      if (answer !== null && since === answer) tabs.clear();
      return tabs;
    },
    compared(revision, since) {
      if (tabs.size === 0) return revision;
      // A revision is JSON, to which a blank at the end means nothing.
      answer = revision === since ? `${revision} ` : revision;
      return answer;
    },
  };
}
