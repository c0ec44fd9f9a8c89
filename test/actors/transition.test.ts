import { describe, expect, test } from "bun:test";
import { err, ok } from "#contract/result.ts";
import type { ActorEvent } from "../../src/actors/event.ts";
import { NEW_RECORD } from "../../src/actors/record.ts";
import { type Known, NO_WRITES, type State } from "../../src/actors/state.ts";
import { transition } from "../../src/actors/transition.ts";
import { REGULAR_PACE } from "../../src/model/pacing.ts";
import { tab } from "../support/fake-source.ts";

const NOW = { nowMs: 1_900_000_000_000, monotonicMs: 50_000, jitter: 0.5 };
const REFUSED = err({ tag: "StorageError", detail: "the disk is full" } as const);

const record = { ...NEW_RECORD, revision: "r1", address: "a", content: "c" };
const known: Known = {
  settings: { pollingIntervalMs: 1_000, address: "a", content: "c" },
  record,
  stored: record,
  since: "r1",
  pace: REGULAR_PACE,
  health: { tag: "live" },
  writes: { ...NO_WRITES, dueAt: 50_000 },
};
const poll = { startedAt: 49_000, endedAt: 49_200 };

const STATES: { readonly [S in State["tag"]]: Extract<State, { tag: S }> } = {
  Loading: { tag: "Loading", known, failures: 0, wish: null },
  Waiting: { tag: "Waiting", known, poll, dueAt: 50_000, hinted: false },
  Polling: { tag: "Polling", known, startedAt: 49_900, again: false },
  Applying: {
    tag: "Applying",
    known,
    startedAt: 49_900,
    again: false,
    next: { revision: "r2", tabs: [], notices: [], readAt: 1_899_999_999_900, pace: { tag: "answered" } },
  },
  Writing: { tag: "Writing", known, poll, dueAt: 60_000, hinted: false, reopened: false },
  Paused: { tag: "Paused", known: { ...known, record: { ...record, paused: true } }, saveFailures: 0 },
  Failed: { tag: "Failed", known, poll, dueAt: 50_000, hinted: false },
  Stopped: { tag: "Stopped", known },
};

const WRITTEN = { outcomes: { confirmed: 1 }, changed: ["s/T"], waitMs: 0, afterPoll: false, notices: [] };

/** One sample of each event; the columns of the table below. */
const EVENTS = {
  Loaded: { tag: "Loaded", result: ok({ record, missing: [], waiting: { edits: true, unsettled: false } }) },
  LoadedUnsettled: {
    tag: "Loaded",
    result: ok({ record, missing: [], waiting: { edits: true, unsettled: true } }),
  },
  LoadRefused: { tag: "Loaded", result: REFUSED },
  Unchanged: { tag: "Polled", result: ok({ tag: "Unchanged", revision: "r1" }) },
  Changed: {
    tag: "Polled",
    result: ok({ tag: "Changed", revision: "r2", snapshot: { tabs: [tab("T", [], [])], notices: [] } }),
  },
  Pending: { tag: "Polled", result: ok({ tag: "Pending" }) },
  RateLimited: { tag: "Polled", result: err({ tag: "RateLimited" }) },
  Unreachable: { tag: "Polled", result: err({ tag: "Unreachable", detail: "" }) },
  Unauthorized: { tag: "Polled", result: err({ tag: "Unauthorized", detail: "", fix: "" }) },
  NotFound: { tag: "Polled", result: err({ tag: "NotFound", detail: "", fix: "" }) },
  Malformed: { tag: "Polled", result: err({ tag: "Malformed", path: "", detail: "" }) },
  Applied: { tag: "Applied", result: ok({ tabs: [], changed: [], notices: [] }) },
  ApplyRefused: { tag: "Applied", result: REFUSED },
  DocumentMissing: { tag: "Applied", result: err({ tag: "MissingDocument", name: "s/T" }) },
  Saved: { tag: "Saved", record, result: ok(undefined) },
  SaveRefused: { tag: "Saved", record, result: REFUSED },
  Written: { tag: "Written", result: ok(WRITTEN) },
  NothingWritten: { tag: "Written", result: ok({ ...WRITTEN, outcomes: {}, waitMs: null }) },
  WriteLimited: { tag: "Written", result: err({ tag: "RateLimited", retryAfterMs: 7_000 }) },
  WriteForbidden: { tag: "Written", result: err({ tag: "Unauthorized", detail: "", fix: "" }) },
  WriteUnstored: { tag: "Written", result: REFUSED },
  EditsTaken: { tag: "EditsTaken" },
  WriteDue: { tag: "WriteDue" },
  Wake: { tag: "Wake" },
  Hinted: { tag: "Hinted" },
  PauseRequested: { tag: "PauseRequested" },
  ResumeRequested: { tag: "ResumeRequested" },
  PaceChanged: {
    tag: "SettingsChanged",
    settings: { ...known.settings, pollingIntervalMs: 9_000 },
    reopen: false,
  },
  Readdressed: { tag: "SettingsChanged", settings: { ...known.settings, address: "b" }, reopen: true },
  StopRequested: { tag: "StopRequested" },
} as const satisfies Record<string, ActorEvent>;

/** Does not compile when an event has no sample. */
type Sampled = (typeof EVENTS)[keyof typeof EVENTS]["tag"];
const everyEventIsSampled: [Exclude<ActorEvent["tag"], Sampled>] extends [never] ? true : never = true;

/** The next state and the effects in order; "!": cannot happen, and throws. */
type Expected = readonly [next: State["tag"], effects: string] | "!";

const STOP: Expected = ["Stopped", "cancelWake abort close"];
const PAUSE: Expected = ["Paused", "cancelWake save hold"];
const POLL: Expected = ["Polling", "poll"];
const REOPEN: Expected = ["Waiting", "open save writeAt wakeAt"];

/** For states in which no write is under way. */
const NO_WRITE = {
  Written: "!",
  NothingWritten: "!",
  WriteLimited: "!",
  WriteForbidden: "!",
  WriteUnstored: "!",
} as const;

/** For states in which no poll and no apply is under way. */
const NO_WORK = {
  Unchanged: "!",
  Changed: "!",
  Pending: "!",
  RateLimited: "!",
  Unreachable: "!",
  Unauthorized: "!",
  NotFound: "!",
  Malformed: "!",
  Applied: "!",
  ApplyRefused: "!",
  DocumentMissing: "!",
} as const;

const TABLE: Record<State["tag"], Record<keyof typeof EVENTS, Expected>> = {
  Loading: {
    ...NO_WRITE,
    LoadedUnsettled: ["Writing", "write"],
    EditsTaken: ["Loading", ""],
    WriteDue: ["Loading", ""],
    ...NO_WORK,
    Loaded: ["Waiting", "writeAt wakeAt"],
    LoadRefused: ["Loading", "wakeAt"],
    Saved: "!",
    SaveRefused: "!",
    Wake: ["Loading", "load"],
    Hinted: ["Loading", ""],
    PauseRequested: ["Loading", ""],
    ResumeRequested: ["Loading", ""],
    PaceChanged: ["Loading", ""],
    Readdressed: ["Loading", "open"],
    StopRequested: STOP,
  },
  Waiting: {
    ...NO_WRITE,
    LoadedUnsettled: "!",
    EditsTaken: ["Waiting", "writeAt"],
    WriteDue: ["Writing", "write"],
    ...NO_WORK,
    Loaded: "!",
    LoadRefused: "!",
    Saved: ["Waiting", ""],
    SaveRefused: ["Waiting", "writeAt wakeAt"],
    Wake: POLL,
    Hinted: ["Waiting", "wakeAt"],
    PauseRequested: PAUSE,
    ResumeRequested: ["Waiting", ""],
    PaceChanged: ["Waiting", "writeAt wakeAt"],
    Readdressed: REOPEN,
    StopRequested: STOP,
  },
  Polling: {
    ...NO_WRITE,
    LoadedUnsettled: "!",
    EditsTaken: ["Polling", ""],
    WriteDue: ["Polling", ""],
    Loaded: "!",
    LoadRefused: "!",
    Unchanged: ["Waiting", "report writeAt wakeAt"],
    Changed: ["Applying", "report save apply"],
    Pending: ["Waiting", "report writeAt wakeAt"],
    RateLimited: ["Waiting", "report writeAt wakeAt"],
    Unreachable: ["Waiting", "report writeAt wakeAt"],
    Unauthorized: ["Failed", "report wakeAt"],
    NotFound: ["Failed", "report wakeAt"],
    Malformed: ["Waiting", "report writeAt wakeAt"],
    Applied: "!",
    ApplyRefused: "!",
    DocumentMissing: "!",
    Saved: ["Polling", ""],
    SaveRefused: ["Waiting", "abort writeAt wakeAt"],
    Wake: ["Polling", ""],
    Hinted: ["Polling", ""],
    PauseRequested: ["Paused", "abort cancelWake save hold"],
    ResumeRequested: ["Polling", ""],
    PaceChanged: ["Polling", ""],
    Readdressed: ["Waiting", "abort open save writeAt wakeAt"],
    StopRequested: STOP,
  },
  Applying: {
    ...NO_WRITE,
    LoadedUnsettled: "!",
    EditsTaken: ["Applying", ""],
    WriteDue: ["Applying", ""],
    ...NO_WORK,
    Loaded: "!",
    LoadRefused: "!",
    Applied: ["Waiting", "report save writeAt wakeAt"],
    ApplyRefused: ["Waiting", "writeAt wakeAt"],
    DocumentMissing: ["Waiting", "writeAt wakeAt"],
    Saved: ["Applying", ""],
    SaveRefused: ["Waiting", "abort writeAt wakeAt"],
    Wake: ["Applying", ""],
    Hinted: ["Applying", ""],
    PauseRequested: ["Applying", "save"],
    ResumeRequested: ["Applying", ""],
    PaceChanged: ["Applying", ""],
    Readdressed: ["Waiting", "abort open save writeAt wakeAt"],
    StopRequested: STOP,
  },
  Paused: {
    ...NO_WRITE,
    LoadedUnsettled: "!",
    EditsTaken: ["Paused", "hold"],
    WriteDue: ["Paused", ""],
    ...NO_WORK,
    Loaded: "!",
    LoadRefused: "!",
    Saved: ["Paused", ""],
    SaveRefused: ["Paused", "wakeAt"],
    Wake: ["Paused", "save"],
    Hinted: ["Paused", ""],
    PauseRequested: ["Paused", ""],
    ResumeRequested: ["Waiting", "save writeAt wakeAt"],
    PaceChanged: ["Paused", ""],
    Readdressed: ["Paused", "open save"],
    StopRequested: STOP,
  },
  Failed: {
    ...NO_WRITE,
    LoadedUnsettled: "!",
    EditsTaken: ["Failed", "hold"],
    WriteDue: ["Failed", "hold"],
    ...NO_WORK,
    Loaded: "!",
    LoadRefused: "!",
    Saved: ["Failed", ""],
    SaveRefused: ["Failed", ""],
    Wake: POLL,
    Hinted: ["Failed", "wakeAt"],
    PauseRequested: PAUSE,
    ResumeRequested: ["Failed", ""],
    PaceChanged: ["Failed", "wakeAt"],
    Readdressed: REOPEN,
    StopRequested: STOP,
  },
  Writing: {
    ...NO_WORK,
    Loaded: "!",
    LoadedUnsettled: "!",
    LoadRefused: "!",
    Written: ["Waiting", "report writeAt wakeAt"],
    NothingWritten: ["Waiting", "writeAt wakeAt"],
    WriteLimited: ["Waiting", "writeAt wakeAt"],
    WriteForbidden: ["Waiting", "writeAt wakeAt"],
    WriteUnstored: ["Waiting", "writeAt wakeAt"],
    Saved: ["Writing", ""],
    SaveRefused: ["Writing", ""],
    EditsTaken: ["Writing", ""],
    WriteDue: ["Writing", ""],
    Wake: ["Writing", ""],
    Hinted: ["Writing", ""],
    PauseRequested: ["Writing", "save"],
    ResumeRequested: ["Writing", ""],
    PaceChanged: ["Writing", ""],
    Readdressed: ["Writing", "open"],
    StopRequested: STOP,
  },
  Stopped: {
    Written: ["Stopped", ""],
    NothingWritten: ["Stopped", ""],
    WriteLimited: ["Stopped", ""],
    WriteForbidden: ["Stopped", ""],
    WriteUnstored: ["Stopped", ""],
    LoadedUnsettled: ["Stopped", ""],
    EditsTaken: ["Stopped", ""],
    WriteDue: ["Stopped", ""],
    Loaded: ["Stopped", ""],
    LoadRefused: ["Stopped", ""],
    Unchanged: ["Stopped", ""],
    Changed: ["Stopped", ""],
    Pending: ["Stopped", ""],
    RateLimited: ["Stopped", ""],
    Unreachable: ["Stopped", ""],
    Unauthorized: ["Stopped", ""],
    NotFound: ["Stopped", ""],
    Malformed: ["Stopped", ""],
    Applied: ["Stopped", ""],
    ApplyRefused: ["Stopped", ""],
    DocumentMissing: ["Stopped", ""],
    Saved: ["Stopped", ""],
    SaveRefused: ["Stopped", ""],
    Wake: ["Stopped", ""],
    Hinted: ["Stopped", ""],
    PauseRequested: ["Stopped", ""],
    ResumeRequested: ["Stopped", ""],
    PaceChanged: ["Stopped", ""],
    Readdressed: ["Stopped", ""],
    StopRequested: ["Stopped", ""],
  },
};

describe("transition", () => {
  for (const from of Object.keys(TABLE) as State["tag"][]) {
    test(`ACT-1 every event while ${from}`, () => {
      const found = Object.fromEntries(
        (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).map((name) => [
          name,
          outcome(STATES[from], EVENTS[name]),
        ]),
      );
      expect(found).toEqual(TABLE[from]);
    });
  }

  test("ACT-1 the table has every event", () => {
    expect(everyEventIsSampled).toBe(true);
  });

  test("ACT-1 a wake that comes too early is asked for again", () => {
    const early = { ...NOW, monotonicMs: 49_999 };
    const step = transition(STATES.Waiting, { tag: "Wake" }, early);
    expect(step).toEqual({
      state: STATES.Waiting,
      effects: [{ tag: "wakeAt", monotonicMs: 50_000, hinted: false }],
    });
  });

  test("WRB-20 after a refusal for all edits the next write waits, and new edits do not shorten that", () => {
    const waiting = (name: "WriteLimited" | "WriteForbidden") => {
      const { state } = transition(STATES.Writing, EVENTS[name], NOW);
      const later = transition(state, { tag: "EditsTaken" }, { ...NOW, monotonicMs: 51_000 });
      return later.state.known.writes;
    };
    expect(waiting("WriteLimited")).toMatchObject({ dueAt: 57_000, failures: 1 });
    expect(waiting("WriteForbidden")).toMatchObject({ dueAt: 110_000, problem: { code: "unauthorized" } });
  });

  test("WRB-21 a paused source is paused once its batch is settled, one with new settings opened again", () => {
    const paused = transition(STATES.Writing, { tag: "PauseRequested" }, NOW);
    const after = transition(paused.state, EVENTS.Written, NOW);
    expect([after.state.tag, after.effects.map(({ tag }) => tag)]).toEqual([
      "Paused",
      ["report", "cancelWake", "save", "hold"],
    ]);
    const reopened = transition(STATES.Writing, EVENTS.Readdressed, NOW);
    expect(transition(reopened.state, EVENTS.Written, NOW).state).toMatchObject({
      tag: "Waiting",
      hinted: true,
    });
  });

  test("ACT-1 a transition is a function of its arguments", () => {
    for (const state of Object.values(STATES)) {
      for (const event of Object.values(EVENTS)) {
        expect(outcome(state, event)).toEqual(outcome(structuredClone(state), structuredClone(event)));
      }
    }
  });
});

function outcome(state: State, event: ActorEvent): Expected {
  try {
    const step = transition(state, event, NOW);
    return [step.state.tag, step.effects.map(({ tag }) => tag).join(" ")];
  } catch {
    return "!";
  }
}
