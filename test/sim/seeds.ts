/** Seeds that once found something, each with what it was; they run with every test. */
export const PINNED_SEEDS: readonly (readonly [seed: number, found: string])[] = [
  [21, "an update refused by a full disk stayed in memory, and later ones could not be applied without it"],
  [34, "a full disk was a bug to the document that could not be stored"],
  [158, "a date format that came later than its values passed for an echo"],
  [9000338, "a tab whose last answer had no byte broke the reading of its workbook"],
  [9001061, "the same, so that tabs that came and went were never seen again"],
];
