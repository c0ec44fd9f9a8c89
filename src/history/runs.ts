import type { RowId } from "#contract/layout.ts";

/** Row ids, consecutive ones as `[first, count]`: rows that were read together have such ids. */
export type Runs = readonly (RowId | readonly [first: RowId, count: number])[];

export function toRuns(ids: readonly RowId[]): Runs {
  const runs: (RowId | [RowId, number])[] = [];
  for (let start = 0; start < ids.length; ) {
    const first = ids[start]!;
    let end = start + 1;
    while (ids[end] === first + end - start) end++;
    if (end - start > 2) runs.push([first, end - start]);
    else for (let i = start; i < end; i++) runs.push(ids[i]!);
    start = end;
  }
  return runs;
}

export function fromRuns(runs: Runs): RowId[] {
  const ids: RowId[] = [];
  for (const run of runs) {
    if (typeof run === "number") ids.push(run);
    else for (let i = 0; i < run[1]; i++) ids.push(run[0] + i);
  }
  return ids;
}

export function runsHave(runs: Runs, row: RowId): boolean {
  return runs.some((run) => (typeof run === "number" ? run === row : row >= run[0] && row < run[0] + run[1]));
}

export function countOf(runs: Runs): number {
  return runs.reduce<number>((sum, run) => sum + (typeof run === "number" ? 1 : run[1]), 0);
}
