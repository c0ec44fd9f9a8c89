/** The one of `known` that `word` was probably meant to be, or null. */
export function suggest(word: string, known: readonly string[]): string | null {
  const scored = known.map((candidate) => [candidate, distance(fold(word), fold(candidate))] as const);
  const [best] = scored.sort(([, left], [, right]) => left - right);
  if (!best) return null;
  // A third of a word may be wrong: "nmae" is name, "cat" is not tabs.
  return best[1] <= Math.max(1, Math.floor(best[0].length / 3)) ? best[0] : null;
}

/** polling_interval and PollingInterval are both pollingInterval. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Edits from `a` to `b`, two letters that changed places counted as one (optimal string alignment). */
function distance(a: string, b: string): number {
  // Longer words are no misspelling of a field, and the table below is a product of both lengths.
  if (a.length > 64) return a.length;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const [previous, row] = [rows[i - 1]!, [i]];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
