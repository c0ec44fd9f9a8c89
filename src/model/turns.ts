/**
 * Who polls next, of sources that share what one account may read in a minute: pure arithmetic.
 *
 * A source's urgency is its weight times the time since its last poll, and the most urgent one that is due goes
 * first. So where there is too little for everybody, each is polled in inverse proportion to its weight; with the
 * square root of its change rate as the weight, the mean time until a change is seen is the least there can be.
 */

export interface Candidate {
  readonly id: string;
  /** Wished time between two polls, and the bound of how often it is polled without a hint. */
  readonly intervalMs: number;
  readonly changesPerSecond: number;
  /** Somebody looks at one of its documents. */
  readonly watched: boolean;
  /** It is likely to have changed, or was never read. */
  readonly hinted: boolean;
  /** Hints reach this source: what a poll without one can find is little. */
  readonly covered: boolean;
  /** Reads that a poll takes. */
  readonly reads: number;
  /** Monotonic; of a source never polled, when it came. */
  readonly lastPollMs: number;
}

/** What is looked at counts as if it changed sixteen times as often: a fourth of the wait. */
const WATCHED = 16;
const COVERED = 1 / 16;
/** Above any weight that heat gives, so that hinted ones go first and among them the one read longest ago. */
const HINTED_WEIGHT = 50;
/** No weight is less than this share of the mean, so that nobody waits for ever. */
const FLOOR_SHARE = 1 / 5;
/** Most rounds of equal turns that a source waits: floors raise the sum of all weights, and turns come whole. */
export const ROUNDS_MAX = (1 + FLOOR_SHARE) / FLOOR_SHARE + 1;

/** One weight each, in their order. */
export function weights(candidates: readonly Candidate[]): number[] {
  const raw = candidates.map(rawWeight);
  const floor = (raw.reduce((sum, one) => sum + one, 0) / Math.max(1, raw.length)) * FLOOR_SHARE;
  return raw.map((one) => Math.max(one, floor));
}

function rawWeight({ changesPerSecond, watched, hinted, covered, reads }: Candidate): number {
  if (hinted) return HINTED_WEIGHT;
  const rate = changesPerSecond * (watched ? WATCHED : 1) * (covered ? COVERED : 1);
  return Math.min(HINTED_WEIGHT, Math.sqrt(rate / Math.max(1, reads)));
}

/** The most urgent of `due`, which are some of `all`; null when there is none. */
export function nextTurn(
  all: readonly Candidate[],
  due: (candidate: Candidate) => boolean,
  nowMs: number,
): Candidate | null {
  const weight = weights(all);
  let best: Candidate | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const [index, candidate] of all.entries()) {
    if (!due(candidate)) continue;
    const urgency = weight[index]! * Math.max(1, nowMs - candidate.lastPollMs);
    if (urgency <= most) continue;
    best = candidate;
    most = urgency;
  }
  return best;
}

/**
 * How many reads of the time to come a hinted source may use at once: the rarer it is read, the more, so that those
 * hinted all the time cannot use up what the others need to be prompt.
 */
export function mayBorrow(sinceLastPollMs: number): number {
  return sinceLastPollMs >= 15_000 ? 3 : 2;
}

/** Time between two polls that each may expect, in their order, when `readsPerMinute` are shared by all of them. */
export function expectedIntervals(candidates: readonly Candidate[], readsPerMinute: number): number[] {
  const weight = weights(candidates);
  const perMs = readsPerMinute / 60_000;
  const intervals = (level: number): number[] =>
    candidates.map(({ intervalMs }, index) => Math.max(intervalMs, level / weight[index]!));
  const demand = (level: number): number =>
    intervals(level).reduce((sum, interval, index) => sum + candidates[index]!.reads / interval, 0);
  if (demand(0) <= perMs) return intervals(0);
  // The sum of all weights over the rate is past where they meet.
  const most = weight.reduce((sum, one, i) => sum + one * candidates[i]!.reads, 0) / perMs;
  return intervals(levelFor(demand, perMs, most));
}

/** Reads of a second look at titles and formats. */
const LOOK_READS = 2;
/** Share of all reads that such looks get when everything else wants more than there is. */
const LOOK_SHARE = 0.05;
/** Content that does not change is looked at so many times less often than content that just did. */
export const QUIET_LOOKS = 3;

/** Least time since the last look at the structure of a source whose content just changed, so that all looks fit. */
export function lookIntervalMs(candidates: readonly Candidate[], readsPerMinute: number): number {
  const wished = candidates.reduce((sum, { reads, intervalMs }) => sum + (reads * 60_000) / intervalMs, 0);
  const perMs = Math.max(readsPerMinute * LOOK_SHARE, readsPerMinute - wished) / 60_000;
  const demand = (interval: number): number =>
    candidates.reduce((sum, { changesPerSecond }) => {
      const whenChanged = Math.min(1 / interval, changesPerSecond / 1_000);
      return sum + LOOK_READS * Math.max(1 / (interval * QUIET_LOOKS), whenChanged);
    }, 0);
  return levelFor(demand, perMs, (candidates.length * LOOK_READS) / perMs);
}

/** Where a demand that falls as the level rises meets what there is; at `most` it is past that. */
function levelFor(demand: (level: number) => number, supply: number, most: number): number {
  let [low, high] = [0, most];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (demand(middle) > supply) low = middle;
    else high = middle;
  }
  return high;
}
