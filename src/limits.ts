import { AUDIT_LIMITS } from "./access/audit.ts";
import { REQUEST_LIMITS } from "./access/request-limits.ts";
import { HISTORY_LIMITS } from "./history/limits.ts";
import { FEED_LIMITS } from "./sources/external/limits.ts";
import { READING_LIMITS } from "./sources/google/reading-limits.ts";
import { SYNC_LIMITS } from "./sync/limits.ts";

/**
 * Every bound that an operator may move, with why it stands where it stands. A limit `somethingBytesMax` is set by
 * SHEETWIRE_LIMIT_SOMETHING_BYTES_MAX, by --limit-something-bytes-max, or under `limits:` in the YAML file.
 */
export const LIMITS = {
  /** Body of a REST request: a service account key with a hundred headers stays under 64 KiB. */
  requestBodyBytesMax: 1 << 20,
  /** Decoded body of one poll: 1,000,000 formatted cells from Google measured 60 to 120 MB. */
  sourceBodyBytesMax: 256 << 20,
  ...READING_LIMITS,
  ...REQUEST_LIMITS,
  ...AUDIT_LIMITS,
  ...HISTORY_LIMITS,
  ...FEED_LIMITS,
  ...SYNC_LIMITS,
} as const satisfies Readonly<Record<string, number>>;

export type Limits = Readonly<Record<keyof typeof LIMITS, number>>;
