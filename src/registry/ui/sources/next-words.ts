import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { soonWords } from "../parts/words.ts";

/** When the next poll is due. */
export function nextWords({ state, nextPollAt }: SourceAnswer, now: number): string {
  if (state === "paused") return "paused";
  return nextPollAt ? soonWords(Date.parse(nextPollAt) - now) : "running";
}
