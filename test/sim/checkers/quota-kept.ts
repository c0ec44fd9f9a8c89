/** No daemon sends Google more reads in any minute than the quota of its key allows. */
import { GOOGLE_LIMITS } from "../../../google-emulator/src/index.ts";
import type { Checker } from "./checker.ts";

const MINUTE_MS = 60_000;

/** Counted by daemon: one that was killed could not tell the next what it had sent. */
export const quotaKept: Checker = ({ world }) => {
  const most = GOOGLE_LIMITS.readsPerUser;
  const byLife = Map.groupBy(
    world.requests.filter(({ path }) => path.startsWith("/v4/")),
    ({ life }) => life,
  );
  for (const [life, sent] of byLife) {
    for (let i = most; i < sent.length; i++) {
      const [first, last] = [sent[i - most]!, sent[i]!];
      if (last.atMs - first.atMs < MINUTE_MS) {
        return [`daemon ${life} sent ${most + 1} reads within a minute, at ${last.atMs} ms`];
      }
    }
  }
  return [];
};
