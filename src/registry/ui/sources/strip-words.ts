import type { PollAnswer } from "../../../../client-sdk/src/contract/activity.ts";
import { countWords } from "../parts/words.ts";

/** The strip for who does not see it. */
export function stripWords(polls: readonly PollAnswer[]): string {
  if (polls.length === 0) return "No poll since the daemon's start";
  const count = (wanted: (outcome: string) => boolean): number =>
    polls.filter(({ outcome }) => wanted(outcome)).length;
  const changed = count((outcome) => outcome === "changed");
  const failed = count((outcome) => !["changed", "unchanged", "pending"].includes(outcome));
  const last = polls.at(-1)!;
  const parts = [
    `${countWords(polls.length, "poll", "polls")}`,
    `${changed} with a change`,
    failed === 0 ? "none failed" : `${failed} failed`,
    `the last took ${last.tookMs} ms (${last.outcome})`,
  ];
  return parts.join(", ");
}
