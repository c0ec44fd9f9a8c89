import type { PaceOutcome } from "../../model/pacing.ts";
import type { PollResult, SourceError } from "../../sources/source.ts";
import type { PollOutcome } from "../effect.ts";
import type { EventOf } from "../event.ts";
import { sourceProblem, storageProblem } from "../problem.ts";
import type { Health, Known, StateOf } from "../state.ts";
import {
  afterAbort,
  endRound,
  endRoundUnsaved,
  enterPaused,
  type Handlers,
  impossible,
  type Now,
  pollSoon,
  type Step,
  saveIfNeeded,
  stay,
  stop,
  stored,
  withEdits,
  withPaused,
  withSettings,
} from "../step.ts";
import { bindTabs } from "../tab-binding.ts";

export const polling: Handlers<"Polling"> = {
  Loaded: impossible,
  Polled: polled,
  Applied: impossible,
  Saved: (state, { record, result }, now) => {
    if (result.ok) return stay({ ...state, known: stored(state.known, record) });
    return afterAbort(endRoundUnsaved(state.known, state, storageProblem(result.error), now));
  },
  // A wake that was on its way when a hint began the poll.
  Wake: stay,
  Written: impossible,
  WriteDue: stay,
  EditsTaken: (state, _, now) => stay({ ...state, known: withEdits(state.known, now) }),
  Hinted: (state) => stay({ ...state, again: true }),
  PauseRequested: (state) => afterAbort(enterPaused(withPaused(state.known, true))),
  ResumeRequested: stay,
  SettingsChanged: (state, event, now) => {
    const known = withSettings(state.known, event, now);
    if (!event.reopen) return stay({ ...state, known });
    return afterAbort(pollSoon(known, now, [{ tag: "open" }]));
  },
  StopRequested: stop,
};

function polled(state: StateOf<"Polling">, { result }: EventOf<"Polled">, now: Now): Step {
  const known = { ...state.known, lastPollAt: now.nowMs };
  const step = result.ok
    ? answered(state, known, result.value, now)
    : endRound({ ...known, health: healthAfter(result.error) }, state, paceOutcome(result.error), now);
  const outcome = result.ok ? ANSWERED[result.value.tag] : REFUSED[result.error.tag];
  const durationMs = now.monotonicMs - state.startedAt;
  const report = { tag: "report", report: { tag: "polled", outcome, durationMs } } as const;
  return { state: step.state, effects: [report, ...step.effects] };
}

function answered(state: StateOf<"Polling">, known: Known, result: PollResult, now: Now): Step {
  switch (result.tag) {
    case "Pending":
      // Says nothing of the content: a source that was never read is not live yet.
      return known.health.tag === "new"
        ? endRound(known, state, { tag: "pending" }, now)
        : endRound({ ...known, health: { tag: "live" } }, state, { tag: "pending" }, now);
    case "Unchanged": {
      const readAt = beganAt(state, now);
      const live: Known = { ...known, since: result.revision, health: { tag: "live" }, readAt };
      return endRound(live, state, answeredFor(result.freshForMs), now);
    }
    case "Changed":
      return beginApply(state, known, result, now);
  }
}

/** Names of new tabs are on disk before their documents exist: a crash in between must not name them twice. */
function beginApply(
  state: StateOf<"Polling">,
  known: Known,
  { snapshot, revision, freshForMs }: Extract<PollResult, { tag: "Changed" }>,
  now: Now,
): Step {
  const { bindings, removed } = bindTabs(known.record.tabs, snapshot);
  const bound = new Set(known.record.tabs.map((tab) => tab.tabId));
  const record = bindings.every((tab) => bound.has(tab.tabId))
    ? known.record
    : { ...known.record, tabs: [...bindings, ...removed] };
  const next: Known = { ...known, record };
  const { readAt: afterMs } = known;
  const between = { ...(afterMs === undefined ? {} : { afterMs }), beforeMs: now.nowMs };
  return {
    state: {
      tag: "Applying",
      known: next,
      startedAt: state.startedAt,
      again: state.again,
      next: {
        revision,
        tabs: bindings,
        notices: snapshot.notices,
        readAt: beganAt(state, now),
        pace: answeredFor(freshForMs),
        ...(snapshot.workbook ? { workbook: snapshot.workbook } : {}),
      },
    },
    effects: [...saveIfNeeded(next), { tag: "apply", snapshot, bindings, removed, between }],
  };
}

/** In wall time. */
function beganAt({ startedAt }: StateOf<"Polling">, { nowMs, monotonicMs }: Now): number {
  return nowMs - (monotonicMs - startedAt);
}

function answeredFor(freshForMs: number | undefined): PaceOutcome {
  return freshForMs === undefined ? { tag: "answered" } : { tag: "answered", freshForMs };
}

function healthAfter(error: SourceError): Health {
  const problem = sourceProblem(error);
  const { tag } = paceOutcome(error);
  return { tag: tag === "limited" ? "limited" : tag === "blocked" ? "failed" : "failing", problem };
}

function paceOutcome(error: SourceError): PaceOutcome {
  switch (error.tag) {
    case "RateLimited":
      return {
        tag: "limited",
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
        ...(error.shared ? { shared: true } : {}),
      };
    case "Unauthorized":
    case "NotFound":
    case "Forbidden":
      return { tag: "blocked" };
    case "Unreachable":
    case "Malformed":
    case "Doubtful":
      return { tag: "failed" };
  }
}

const ANSWERED: Record<PollResult["tag"], PollOutcome> = {
  Unchanged: "unchanged",
  Changed: "changed",
  Pending: "pending",
};

const REFUSED: Record<SourceError["tag"], PollOutcome> = {
  RateLimited: "rateLimited",
  Unreachable: "unreachable",
  Unauthorized: "unauthorized",
  NotFound: "notFound",
  Malformed: "malformed",
  Doubtful: "doubtful",
  Forbidden: "forbidden",
};
