/** Seeds that once found something, each with what it was; they run with every test. */
export const PINNED_SEEDS: readonly (readonly [seed: number, found: string])[] = [
  [158, "a date format that came later than its values passed for an echo"],
];
