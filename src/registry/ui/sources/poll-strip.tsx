import type { PollAnswer } from "../../../../client-sdk/src/contract/activity.ts";
import type { Tone } from "../parts/words.ts";
import { stripWords } from "./strip-words.ts";

const SHOWN = 24;

/** How a poll went: its tone, and the height of its bar, so that colour never stands alone. */
const OUTCOMES: Readonly<Record<string, { readonly tone: Tone; readonly mark: "tall" | "low" | "gap" }>> = {
  changed: { tone: "good", mark: "tall" },
  unchanged: { tone: "good", mark: "low" },
  pending: { tone: "busy", mark: "low" },
  rateLimited: { tone: "warn", mark: "gap" },
};
const FAILED = { tone: "bad", mark: "gap" } as const;

/** The latest polls, one bar each: tall where something changed, low where nothing did, cut through where it failed. */
export function PollStrip({ polls }: { polls: readonly PollAnswer[] }) {
  const shown = polls.slice(-SHOWN);
  return (
    <span class="strip" role="img" aria-label={stripWords(shown)} title={stripWords(shown)}>
      {Array.from({ length: SHOWN - shown.length }, (_, index) => (
        <i key={`none-${index}`} class="poll none" />
      ))}
      {shown.map(({ at, outcome }, index) => {
        const { tone, mark } = OUTCOMES[outcome] ?? FAILED;
        return <i key={`${at}-${index}`} class={`poll ${mark} tone-${tone}`} />;
      })}
    </span>
  );
}
