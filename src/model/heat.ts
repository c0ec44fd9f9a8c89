/** How often a source changes, learned from what its polls found; forgotten as polls find nothing. */

/** Evidence of the polls so far, older ones counting less. */
export interface Heat {
  /** Polls that found a change. */
  readonly changes: number;
  /** Time without a change, in seconds. */
  readonly quietS: number;
}

/** What a poll leaves of the evidence before it: twenty polls make a memory, whatever the pace. */
const KEPT = 0.95;
/** A change after a long quiet is often the first of many, so that it halves what is remembered of the quiet. */
const QUIET_KEPT = 0.5;
/**
 * A poll that finds a change tells only that there was at least one since the poll before. It counts as quiet for so
 * small a share because a source that changes at every poll may change many times between two.
 */
const QUIET_BEFORE_CHANGE = 1 / 32;
/**
 * What is known of a source before anything is: next to nothing. The quiet also bounds the heat, so that one poll
 * without a change does not make a hot source a cold one.
 */
const PRIOR: Heat = { changes: 0.005, quietS: 8 };

export const NO_HEAT: Heat = { changes: 0, quietS: 3_600 };

/** For a source whose last change was `agoMs` ago, as far as anybody remembers. */
export function heatFromLastChange(agoMs: number | null): Heat {
  return agoMs === null ? NO_HEAT : { changes: 1, quietS: Math.max(0, agoMs) / 1_000 };
}

/** After a poll that came `intervalMs` after the one before. */
export function heatAfter({ changes, quietS }: Heat, intervalMs: number, changed: boolean): Heat {
  const seconds = intervalMs / 1_000;
  return changed
    ? { changes: changes * KEPT + 1, quietS: quietS * QUIET_KEPT + seconds * QUIET_BEFORE_CHANGE }
    : { changes: changes * KEPT, quietS: quietS * KEPT + seconds };
}

/** Expected changes a second. */
export function changesPerSecond({ changes, quietS }: Heat): number {
  return (changes + PRIOR.changes) / (quietS + PRIOR.quietS);
}
