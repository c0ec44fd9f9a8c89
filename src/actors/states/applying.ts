import type { EventOf } from "../event.ts";
import { storageProblem } from "../problem.ts";
import type { Known, StateOf } from "../state.ts";
import {
  afterAbort,
  endRound,
  endRoundUnsaved,
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

export const applying: Handlers<"Applying"> = {
  Loaded: impossible,
  Polled: impossible,
  Applied: applied,
  Saved: (state, { record, result }, now) => {
    if (result.ok) return stay({ ...state, known: stored(state.known, record) });
    return afterAbort(endRoundUnsaved(state.known, state, storageProblem(result.error), now));
  },
  Written: impossible,
  Wake: stay,
  WriteDue: stay,
  // It is asked for when the round ends.
  EditsTaken: (state, _, now) => stay({ ...state, known: withEdits(state.known, now) }),
  Hinted: (state) => stay({ ...state, again: true }),
  // The tabs are brought to one revision first; a source paused half way would show a mix of two.
  PauseRequested: (state) => setPaused(state, true),
  ResumeRequested: (state) => setPaused(state, false),
  SettingsChanged: (state, event, now) => {
    const known = withSettings(state.known, event, now);
    if (!event.reopen) return stay({ ...state, known });
    return afterAbort(pollSoon(known, now, [{ tag: "open" }]));
  },
  StopRequested: stop,
};

function applied(state: StateOf<"Applying">, { result }: EventOf<"Applied">, now: Now): Step {
  if (!result.ok) return notApplied(state, result.error, now);
  const { tabs, changed, notices } = result.value;
  const { revision, tabs: bindings, workbook, readAt } = state.next;
  const record = {
    ...state.known.record,
    revision,
    tabs: bindings,
    shown: tabs,
    notices: [...state.next.notices, ...notices],
    readAt,
    ...(workbook ? { workbook } : {}),
    ...(state.known.lastPollAt === undefined ? {} : { lastPollAt: state.known.lastPollAt }),
    ...(changed.length === 0 ? {} : { lastChangeAt: now.nowMs }),
  };
  const known: Known = { ...state.known, record, since: revision, health: { tag: "live" }, readAt };
  const times = { polledAtMs: state.startedAt, durableAtMs: now.monotonicMs };
  const report = { tag: "report", report: { tag: "applied", changed, ...times } } as const;
  const step = endRound(known, state, state.next.pace, now);
  return { state: step.state, effects: [report, ...step.effects] };
}

type Failure = Extract<EventOf<"Applied">["result"], { ok: false }>["error"];

function notApplied(state: StateOf<"Applying">, error: Failure, now: Now): Step {
  const { record } = state.known;
  const known =
    error.tag === "MissingDocument"
      ? { ...state.known, since: null, record: { ...record, revision: null } }
      : state.known;
  return endRoundUnsaved(known, state, storageProblem(error), now);
}

function setPaused(state: StateOf<"Applying">, paused: boolean): Step {
  const known = withPaused(state.known, paused);
  return { state: { ...state, known }, effects: saveIfNeeded(known) };
}
