import { backoffMs, REGULAR_PACE } from "../../model/pacing.ts";
import type { EventOf } from "../event.ts";
import type { PollSettings } from "../poll-settings.ts";
import { storageProblem } from "../problem.ts";
import { type ActorRecord, NEW_RECORD } from "../record.ts";
import { type Known, NO_WRITES, type StateOf } from "../state.ts";
import {
  beginWrite,
  enterPaused,
  type Handlers,
  impossible,
  type Now,
  pollSoon,
  reconcile,
  type Step,
  stay,
  stop,
  withEdits,
  withPaused,
  withSettings,
} from "../step.ts";

/** Where every actor begins. */
export function begin(settings: PollSettings): Step {
  const known: Known = {
    settings,
    record: NEW_RECORD,
    stored: NEW_RECORD,
    since: null,
    pace: REGULAR_PACE,
    health: { tag: "new" },
    writes: NO_WRITES,
  };
  return {
    state: { tag: "Loading", known, failures: 0, wish: null },
    effects: [{ tag: "open" }, { tag: "load" }],
  };
}

export const loading: Handlers<"Loading"> = {
  Loaded: loaded,
  Polled: impossible,
  Applied: impossible,
  Saved: impossible,
  Wake: (state) => ({ state, effects: [{ tag: "load" }] }),
  Written: impossible,
  WriteDue: stay,
  EditsTaken: (state, _, now) => stay({ ...state, known: withEdits(state.known, now) }),
  // The first poll follows at once anyway.
  Hinted: stay,
  PauseRequested: (state) => stay({ ...state, wish: "pause" }),
  ResumeRequested: (state) => stay({ ...state, wish: "resume" }),
  SettingsChanged: (state, event, now) => ({
    // The record is not known yet; it is reconciled with the newest settings when it is.
    state: { ...state, known: { ...withSettings(state.known, event, now), record: state.known.record } },
    effects: event.reopen ? [{ tag: "open" }] : [],
  }),
  StopRequested: stop,
};

function loaded(state: StateOf<"Loading">, { result }: EventOf<"Loaded">, now: Now): Step {
  if (!result.ok) {
    const failures = state.failures + 1;
    const health = { tag: "failing", problem: storageProblem(result.error) } as const;
    return {
      state: { ...state, failures, known: { ...state.known, health } },
      effects: [
        { tag: "wakeAt", monotonicMs: now.monotonicMs + backoffMs(failures, now.jitter), hinted: true },
      ],
    };
  }
  const { missing, waiting } = result.value;
  const stored = result.value.record ?? NEW_RECORD;
  const reconciled = reconcile(stored, state.known);
  const record = missing.length === 0 ? reconciled : withoutTabs(reconciled, missing);
  const read: Known = {
    ...state.known,
    record,
    stored,
    since: record.revision,
    health: { tag: "new" },
    ...(record.lastPollAt === undefined ? {} : { lastPollAt: record.lastPollAt }),
    ...(record.readAt === undefined ? {} : { readAt: record.readAt }),
  };
  const edited = waiting.edits || waiting.unsettled ? withEdits(read, now) : read;
  const known = state.wish === null ? edited : withPaused(edited, state.wish === "pause");
  if (known.record.paused) return enterPaused(known);
  const dueAt = now.monotonicMs;
  // What may have been written already is known to be ours before a poll finds it.
  if (waiting.unsettled) {
    return beginWrite({ known, poll: { startedAt: dueAt, endedAt: dueAt }, dueAt, hinted: true });
  }
  return pollSoon(known, now);
}

function withoutTabs(record: ActorRecord, missing: readonly string[]): ActorRecord {
  return { ...record, revision: null, shown: record.shown.filter(({ name }) => !missing.includes(name)) };
}
