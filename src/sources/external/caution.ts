/** What is read but not believed: content so unlike the last good one that a person should say whether it is right. */
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { someNames } from "./feed-document.ts";
import type { FeedLimits } from "./limits.ts";
import type { FeedPlan } from "./plan.ts";
import type { FeedState, FeedTabState } from "./revision.ts";
import type { FeedTable } from "./table.ts";

/** Growth of this much from one poll to the next is an accident more often than news. */
const GROWTH_MAX = 100;
/** Below this, growth harms nobody. */
const GROWTH_BYTES_MIN = 1 << 20;

export interface SizeBound {
  readonly bytesMax: number;
  /** Whose bound it is. */
  readonly from: "person" | "history" | "daemon";
  /** Of the last good content. */
  readonly usual: number;
}

export function sizeBound(plan: FeedPlan, known: FeedState | null, limits: FeedLimits): SizeBound {
  const most = limits.sourceBodyBytesMax;
  const usual = known?.bytes ?? 0;
  if (plan.bytesMax !== null) {
    return plan.bytesMax < most
      ? { bytesMax: plan.bytesMax, from: "person", usual }
      : { bytesMax: most, from: "daemon", usual };
  }
  const grown = Math.max(GROWTH_BYTES_MIN, usual * GROWTH_MAX);
  return known && grown < most
    ? { bytesMax: grown, from: "history", usual }
    : { bytesMax: most, from: "daemon", usual };
}

export function tooLarge({ bytesMax, from, usual }: SizeBound): SourceError {
  switch (from) {
    case "person":
      return doubtful(
        "too-large",
        `it has more than the ${bytesMax} bytes of "bytesMax"`,
        'If this is right, raise "bytesMax" with PUT /datasources/{id}/update.',
      );
    case "history":
      return doubtful(
        "too-large",
        `it has more than ${bytesMax} bytes, where ${usual} were usual`,
        'If this is right, say with PUT /datasources/{id}/update how much to take, as "bytesMax".',
      );
    case "daemon":
      return doubtful(
        "too-large",
        `it has more than ${bytesMax} bytes, which is all that this daemon takes`,
        "Give the link to a smaller feed, or raise SHEETWIRE_LIMIT_SOURCE_BODY_BYTES_MAX.",
      );
  }
}

/** Whether a tab's new content may take the place of the one before. */
export function accept(
  { snapshot, fields }: FeedTable,
  before: FeedTabState | undefined,
  plan: FeedPlan,
): Result<void, SourceError> {
  if (!before || before.rows === 0) return ok(undefined);
  if (snapshot.rows.length === 0) {
    if (!plan.keepWhenEmpty) return ok(undefined);
    const were = before.rows === 1 ? "1 row" : `${before.rows} rows`;
    return err(
      doubtful(
        "empty",
        `"${snapshot.title}" is empty, and had ${were}`,
        'If this is right, set "emptyPolicy" to "accept" with PUT /datasources/{id}/update.',
      ),
    );
  }
  if (before.fields.length === 0 || before.fields.some((field) => fields.includes(field)))
    return ok(undefined);
  return err(
    doubtful(
      "changed-shape",
      `no field of "${snapshot.title}" is left: there were ${someNames(before.fields)}, there are ${someNames(fields)}`,
      'If this is right, say with PUT /datasources/{id}/update which fields to take, as "columns".',
    ),
  );
}

function doubtful(
  code: Extract<SourceError, { tag: "Doubtful" }>["code"],
  detail: string,
  fix: string,
): SourceError {
  return { tag: "Doubtful", code, detail, fix };
}
