/** Bounds of what is read of a workbook, at once and in all; src/limits.ts lets an operator move each. */
export const READING_LIMITS = {
  /**
   * Of one answer, as far as it can be foreseen: 1,000,000 plain cells. Google advises 2 MB, and counts answers: four in the
   * place of one would take a tab four times as long to be looked at. A larger tab is read in windows.
   */
  answerBytesMax: 8 << 20,
  /** Of one window: about what Google advises. */
  windowBytes: 2 << 20,
  /** Cells of one tab: larger ones take a daemon too long and too much memory to be live. */
  tabCellsMax: 2_000_000,
  /** Cells of all tabs of a source. */
  sourceCellsMax: 5_000_000,
} as const satisfies Readonly<Record<string, number>>;

export type ReadingLimits = Readonly<Record<keyof typeof READING_LIMITS, number>>;
