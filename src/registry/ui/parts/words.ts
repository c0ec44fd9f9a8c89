/** The words of the page: states and ages, each in one place. */
import type { SourceState } from "../../../../client-sdk/src/contract/rest.ts";
import type { Column, Connection, Table, TableStatus } from "../../../../client-sdk/src/index.ts";
import type { ApiError } from "../rest/call.ts";

export type Tone = "good" | "busy" | "warn" | "bad" | "off";

export const SOURCE_STATES: Readonly<Record<SourceState, { word: string; tone: Tone; means: string }>> = {
  loading: { word: "loading", tone: "busy", means: "It is being read for the first time." },
  live: { word: "live", tone: "good", means: "The last check succeeded." },
  waiting: { word: "waiting", tone: "busy", means: "The source asked for a slower pace." },
  failing: { word: "failing", tone: "warn", means: "The last check failed; it is tried again by itself." },
  failed: { word: "failed", tone: "bad", means: "It needs a person: see the problem." },
  paused: { word: "paused", tone: "off", means: "A person paused it." },
};

/** What the connection indicator says; `state` is also its data-state. */
export interface ConnectionWords {
  readonly state: "connecting" | "live" | "reconnecting" | "signed-out" | "error" | "closed";
  readonly words: string;
  readonly tone: Tone;
}

export function connectionWords({
  connection,
  status,
}: Pick<Table, "connection" | "status">): ConnectionWords {
  switch (connection.state) {
    case "connecting":
      if (connection.failures === 0) return { state: "connecting", words: "connecting", tone: "busy" };
      return { state: "reconnecting", words: "reconnecting now", tone: "warn" };
    case "connected":
      if (status.state === "live") return { state: "live", words: "live", tone: "good" };
      return { state: "connecting", words: "loading", tone: "busy" };
    case "disconnected":
      return { state: "reconnecting", words: reconnecting(connection), tone: "warn" };
    case "needs-auth":
      return { state: "signed-out", words: "signed out", tone: "bad" };
    case "error":
      return { state: "error", words: REFUSED[connection.reason], tone: "bad" };
    case "closed":
      return { state: "closed", words: "closed", tone: "off" };
  }
}

function reconnecting({ reason, retryAfterMs }: Extract<Connection, { state: "disconnected" }>): string {
  return `${LOST[reason] ?? ""}reconnecting in ${Math.max(1, Math.round(retryAfterMs / 1000))} s`;
}

/** Why it was lost, where that helps. */
const LOST: Readonly<Record<string, string>> = {
  restart: "daemon restarting, ",
  slow: "too slow, ",
  overloaded: "busy, ",
};

const REFUSED: Readonly<Record<Extract<Connection, { state: "error" }>["reason"], string>> = {
  malformed: "not understood",
  forbidden: "not allowed",
  "no-such-document": "gone",
  epoch: "unreadable history",
  refused: "refused",
};

/** A sentence for rows that are not live; null when there is nothing to say. */
export function staleWords(status: TableStatus, nowMs: number): string | null {
  if (status.state === "stale")
    return `Not live: these are the values of ${ageWords(nowMs - status.sinceMs)}.`;
  if (status.state === "error") return "Not live: these are the last known values.";
  return null;
}

/** How long ago, in one unit. A clock that runs ahead never makes it negative. */
export function ageWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 1) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

/** How soon, in one unit. */
export function soonWords(ms: number): string {
  if (ms < 1000) return "now";
  if (ms < 60_000) return `in ${Math.round(ms / 1000)} s`;
  if (ms < 3_600_000) return `in ${Math.round(ms / 60_000)} min`;
  return `in ${Math.round(ms / 3_600_000)} h`;
}

/** "every 5 s", from milliseconds. */
export function paceWords(ms: number): string {
  if (ms < 60_000) return `every ${trim(ms / 1000)} s`;
  if (ms < 3_600_000) return `every ${trim(ms / 60_000)} min`;
  return `every ${trim(ms / 3_600_000)} h`;
}

const trim = (value: number): string => String(Math.round(value * 10) / 10);

export const COLUMN_TYPES: Readonly<Record<Column["type"], string>> = {
  text: "text",
  number: "number",
  boolean: "yes or no",
  date: "date",
  time: "time",
  datetime: "date and time",
  mixed: "mixed",
  empty: "empty",
};

/** Why a request did not do what it was to, for a person. */
export function refusalWords(error: ApiError): string {
  if (error.tag === "Unreachable") return "The daemon does not answer. Nothing was changed; try again.";
  if (error.tag === "SignedOut") return `The token was not accepted: ${error.detail}`;
  return `${error.problem.title}: ${error.problem.detail}`;
}

export function countWords(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** A time of the REST API in the browser's own way. */
export function timeWords(iso: string, locale?: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return at.toLocaleString(locale, { dateStyle: "medium", timeStyle: "medium" });
}
