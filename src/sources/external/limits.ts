/** Bounds of reading one feed; an operator may move them. */
export const FEED_LIMITS = {
  /** Pages of one feed: at a hundred rows each as many as a tab comfortably shows. */
  feedPagesMax: 1_000,
  /** Rows of one tab. */
  feedRowsMax: 1_000_000,
  /** Fields of all rows of a tab together: data used as field names would make more. */
  feedColumnsMax: 1_000,
  /** Objects in objects: real feeds have a handful. */
  feedDepthMax: 64,
  /** What browsers follow is 20; a feed that needs more than this is misconfigured. */
  feedRedirectsMax: 5,
  /** One request, from its beginning to the last byte. */
  feedRequestMsMax: 30_000,
  /** One poll with all its pages. */
  feedPollMsMax: 300_000,
} as const;

export type FeedLimits = Readonly<Record<keyof typeof FEED_LIMITS | "sourceBodyBytesMax", number>>;
