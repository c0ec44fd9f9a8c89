/** What happened in a run, in order. */
export interface Trace {
  note(what: string): void;
  /** How many steps there were. */
  readonly length: number;
  /** How many steps begin with each word. */
  counts(): ReadonlyMap<string, number>;
  /** The last steps, oldest first. */
  last(): readonly string[];
  /** The same for two runs exactly when all their steps are the same. */
  fingerprint(): string;
}

const KEPT = 50;

export function createTrace(monotonicMs: () => number): Trace {
  const kept: string[] = [];
  const hasher = new Bun.CryptoHasher("sha256");
  const counts = new Map<string, number>();
  let length = 0;
  return {
    note(what) {
      const step = `${(monotonicMs() / 1_000).toFixed(3).padStart(9)}  ${what}`;
      hasher.update(`${step}\n`);
      length++;
      const word = what.includes("is killed") ? "daemon is killed" : what.split(" ", 1)[0]!;
      counts.set(word, (counts.get(word) ?? 0) + 1);
      kept.push(step);
      if (kept.length > KEPT) kept.shift();
    },
    get length() {
      return length;
    },
    counts: () => counts,
    last: () => [...kept],
    fingerprint: () => hasher.copy().digest("hex"),
  };
}
