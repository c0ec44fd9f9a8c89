import type { PollAnswer } from "#contract/activity.ts";
import type { Clock } from "../runtime/clock.ts";

/** How the latest polls of each source went, for people to look at; kept in memory alone. */
export interface PollJournal {
  note(source: string, outcome: string, tookMs: number): void;
  forget(source: string): void;
  /** By source; the oldest first. */
  list(): Readonly<Record<string, readonly PollAnswer[]>>;
}

/** As many as a strip on a page shows. */
export const POLLS_PER_SOURCE_MAX = 40;

export function createPollJournal(clock: Pick<Clock, "nowMs">): PollJournal {
  const polls = new Map<string, PollAnswer[]>();
  return {
    note(source, outcome, tookMs) {
      const known = polls.get(source) ?? [];
      known.push({ at: new Date(clock.nowMs()).toISOString(), outcome, tookMs: Math.round(tookMs) });
      if (known.length > POLLS_PER_SOURCE_MAX) known.shift();
      polls.set(source, known);
    },
    forget: (source) => void polls.delete(source),
    list: () => Object.fromEntries([...polls].map(([source, known]) => [source, [...known]])),
  };
}
