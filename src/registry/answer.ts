import type { SourceAnswer, SourceProblem } from "#contract/rest.ts";
import type { ActorStatus } from "../actors/status.ts";
import type { SourceRecord } from "./records.ts";
import { POLLING_INTERVAL_DEFAULT_MS } from "./schema.ts";

/** A source's record whose secrets this daemon cannot open: it has no actor. */
export const UNREADABLE_PROBLEM: SourceProblem = {
  code: "secrets-unreadable",
  message: "The stored credentials of this source cannot be opened with the daemon's master key.",
  fix: "Start the daemon with the master key it had before, or update the source with its credentials again.",
};

/** What people see of a source: its record, without secrets, and how its actor fares. */
export function sourceAnswer(
  record: SourceRecord,
  status: ActorStatus | null,
  unreadable: boolean,
): SourceAnswer {
  const { name, description, settings, hints, createdAt, updatedAt } = record;
  const { id, type, url, pollingInterval, tabs, ...rest } = settings;
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    type,
    url,
    pollingInterval: pollingInterval ?? POLLING_INTERVAL_DEFAULT_MS,
    ...rest,
    ...(tabs && { tabsWanted: tabs }),
    ...hints,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    ...(unreadable ? { state: "failed", tabs: [], error: UNREADABLE_PROBLEM } : statusAnswer(status)),
  };
}

type StatusAnswer = Pick<
  SourceAnswer,
  | "state"
  | "tabs"
  | "workbook"
  | "lastPollAt"
  | "lastChangeAt"
  | "nextPollAt"
  | "error"
  | "notices"
  | "writeBack"
>;

function statusAnswer(status: ActorStatus | null): StatusAnswer {
  if (!status) return { state: "loading", tabs: [] };
  const { state, tabs, workbook, lastPollAt, lastChangeAt, nextPollAt, problem, notices, writes } = status;
  return {
    state,
    tabs,
    ...(workbook && { workbook }),
    ...(lastPollAt === undefined ? {} : { lastPollAt: iso(lastPollAt) }),
    ...(lastChangeAt === undefined ? {} : { lastChangeAt: iso(lastChangeAt) }),
    ...(nextPollAt === undefined ? {} : { nextPollAt: iso(nextPollAt) }),
    ...(problem && { error: problem }),
    ...(notices.length > 0 && { notices }),
    ...(writes && { writeBack: { ...writes, oldestAt: iso(writes.oldestAt) } }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
