/** No daemon sends Google more reads or writes in any minute than its quota allows. */
import { GOOGLE_LIMITS } from "../../../google-emulator/src/index.ts";
import type { SentRequest } from "../world.ts";
import type { Checker } from "./checker.ts";

const MINUTE_MS = 60_000;

const isWrite = ({ path }: SentRequest): boolean => path.endsWith(":batchUpdate");

/** Counted by daemon: one that was killed could not tell the next what it had sent. */
export const quotaKept: Checker = ({ world }) => {
  const sheets = world.requests.filter(({ path }) => path.startsWith("/v4/"));
  const [writes, reads] = [sheets.filter(isWrite), sheets.filter((request) => !isWrite(request))];
  return [
    ...overspent("reads", reads, GOOGLE_LIMITS.readsPerUser),
    ...overspent("writes", writes, GOOGLE_LIMITS.writesPerUser),
  ];
};

function overspent(what: string, requests: readonly SentRequest[], most: number): string[] {
  for (const [life, sent] of Map.groupBy(requests, ({ life }) => life)) {
    for (let i = most; i < sent.length; i++) {
      const [first, last] = [sent[i - most]!, sent[i]!];
      if (last.atMs - first.atMs < MINUTE_MS) {
        return [`daemon ${life} sent ${most + 1} ${what} within a minute, at ${last.atMs} ms`];
      }
    }
  }
  return [];
}
