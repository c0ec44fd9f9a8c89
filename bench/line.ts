/** One result. `ratio` is the peer's or the baseline's figure over ours where less is better, ours over it where more is. */
export interface Line {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run. */
  readonly baseline?: { readonly name: string; readonly value: number };
  readonly ratio?: number;
  /** What the ratio or the value should be, for people. */
  readonly goal?: string;
}

export function print(line: Line): void {
  console.log(JSON.stringify({ ...line, value: round(line.value) }));
}

/** A figure where less is better, beside a peer's. */
export function printAgainst(
  name: string,
  unit: string,
  value: number,
  baseline: { name: string; value: number },
  goal?: string,
): void {
  print({
    name,
    value,
    unit,
    baseline: { name: baseline.name, value: round(baseline.value) },
    ratio: round(baseline.value / value),
    ...(goal ? { goal } : {}),
  });
}

/** Median wall time of `runs` runs in ms, after one that does not count. */
export async function medianMs(runs: number, run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    await run();
    if (i > 0) times.push(performance.now() - start);
  }
  return median(times);
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
