/** Bounds of what is kept; src/limits.ts lets an operator move each. */
export const HISTORY_LIMITS = {
  /** Days for which the state of a tab can be told at any time. */
  historyDaysMax: 90,
  /** Of one tab, as JSON: about five million changed cells. */
  historyBytesMax: 256 << 20,
} as const satisfies Readonly<Record<string, number>>;

export type HistoryLimits = Readonly<Record<keyof typeof HISTORY_LIMITS, number>>;
