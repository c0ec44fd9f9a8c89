import { backoffMs, hintedPollAt } from "../../model/pacing.ts";
import type { WriteError } from "../edits/write-back.ts";
import type { EventOf } from "../event.ts";
import { writeProblem } from "../problem.ts";
import type { Known, StateOf, Writes } from "../state.ts";
import {
  askToWrite,
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

/** A batch is never given up half way: it would only come again. */
export const writing: Handlers<"Writing"> = {
  Loaded: impossible,
  Polled: impossible,
  Applied: impossible,
  // The next poll repeats it.
  Saved: (state, { record, result }) =>
    stay(result.ok ? { ...state, known: stored(state.known, record) } : state),
  Written: written,
  // A turn that comes meanwhile is asked for again.
  Wake: stay,
  WriteDue: stay,
  EditsTaken: (state, _, now) => stay({ ...state, known: withEdits(state.known, now) }),
  Hinted: (state) =>
    stay({ ...state, dueAt: hintedPollAt(state.known.pace, state.poll, state.dueAt), hinted: true }),
  PauseRequested: (state) => setPaused(state, true),
  ResumeRequested: (state) => setPaused(state, false),
  SettingsChanged: (state, event, now) => {
    const next = { ...state, known: withSettings(state.known, event, now) };
    return event.reopen
      ? { state: { ...next, reopened: true }, effects: [{ tag: "open" }] }
      : { state: next, effects: [] };
  },
  StopRequested: stop,
};

function written(state: StateOf<"Writing">, { result }: EventOf<"Written">, now: Now): Step {
  if (!result.ok) return rest(state, withWrites(state, failed(state.known.writes, result.error, now)), now);
  const { outcomes, changed, waitMs, afterPoll, notices } = result.value;
  const taken = state.known.writes.dueAt;
  const next = waitMs === null ? null : now.monotonicMs + waitMs;
  const dueAt = taken === null || (next !== null && next < taken) ? next : taken;
  const known = withWrites(state, { dueAt, afterPoll, notices, failures: 0 });
  if (Object.keys(outcomes).length === 0) return rest(state, known, now);
  const report = { tag: "report", report: { tag: "wrote", outcomes, changed } } as const;
  // What the sheet computes from the new values is worth a look.
  const step = rest({ ...state, hinted: true }, known, now);
  return { state: step.state, effects: [report, ...step.effects] };
}

function rest(state: StateOf<"Writing">, known: Known, now: Now): Step {
  if (known.record.paused) return enterPaused(known);
  if (state.reopened) return pollSoon(known, now);
  const { poll, hinted } = state;
  const dueAt = hinted ? hintedPollAt(known.pace, poll, state.dueAt) : state.dueAt;
  return {
    state: { tag: "Waiting", known, poll, dueAt, hinted },
    effects: [...askToWrite(known), { tag: "wakeAt", monotonicMs: Math.max(dueAt, now.monotonicMs), hinted }],
  };
}

function withWrites({ known }: StateOf<"Writing">, writes: Writes): Known {
  return { ...known, writes };
}

/** Someone has to act before it can work, or nothing changes: asked as often as this, it burdens nobody. */
const BLOCKED_WAIT_MS = 60_000;

function failed(writes: Writes, error: WriteError, now: Now): Writes {
  const failures = writes.failures + 1;
  const dueAt = now.monotonicMs + waitMs(error, failures, now.jitter);
  return { ...writes, failures, dueAt, problem: writeProblem(error) };
}

function waitMs(error: WriteError, failures: number, jitter: number): number {
  switch (error.tag) {
    case "RateLimited":
      return Math.max(error.retryAfterMs ?? 0, backoffMs(failures, jitter));
    case "Unauthorized":
    case "NotFound":
    case "Forbidden":
      return BLOCKED_WAIT_MS;
    default:
      return backoffMs(failures, jitter);
  }
}

function setPaused(state: StateOf<"Writing">, paused: boolean): Step {
  const known = withPaused(state.known, paused);
  return { state: { ...state, known }, effects: saveIfNeeded(known) };
}
