import { describe, expect, test } from "bun:test";
import { err, ok } from "#contract/result.ts";
import type { ActorEvent } from "../../src/actors/event.ts";
import { NEW_RECORD } from "../../src/actors/record.ts";
import type { Known, State } from "../../src/actors/state.ts";
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
    next: { revision: "r2", tabs: [], notices: [], pace: { tag: "answered" } },
  },
  Paused: { tag: "Paused", known: { ...known, record: { ...record, paused: true } }, saveFailures: 0 },
  Failed: { tag: "Failed", known, poll, dueAt: 50_000, hinted: false },
  Stopped: { tag: "Stopped", known },
};

/** One sample of each event; the columns of the table below. */
const EVENTS = {
  Loaded: { tag: "Loaded", result: ok({ record, missing: [] }) },
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
const PAUSE: Expected = ["Paused", "cancelWake save"];
const POLL: Expected = ["Polling", "poll"];
const REOPEN: Expected = ["Waiting", "open save wakeAt"];

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
    ...NO_WORK,
    Loaded: ["Waiting", "wakeAt"],
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
    ...NO_WORK,
    Loaded: "!",
    LoadRefused: "!",
    Saved: ["Waiting", ""],
    SaveRefused: ["Waiting", "wakeAt"],
    Wake: POLL,
    Hinted: ["Waiting", "wakeAt"],
    PauseRequested: PAUSE,
    ResumeRequested: ["Waiting", ""],
    PaceChanged: ["Waiting", "wakeAt"],
    Readdressed: REOPEN,
    StopRequested: STOP,
  },
  Polling: {
    Loaded: "!",
    LoadRefused: "!",
    Unchanged: ["Waiting", "report wakeAt"],
    Changed: ["Applying", "report save apply"],
    Pending: ["Waiting", "report wakeAt"],
    RateLimited: ["Waiting", "report wakeAt"],
    Unreachable: ["Waiting", "report wakeAt"],
    Unauthorized: ["Failed", "report wakeAt"],
    NotFound: ["Failed", "report wakeAt"],
    Malformed: ["Waiting", "report wakeAt"],
    Applied: "!",
    ApplyRefused: "!",
    DocumentMissing: "!",
    Saved: ["Polling", ""],
    SaveRefused: ["Waiting", "abort wakeAt"],
    Wake: ["Polling", ""],
    Hinted: ["Polling", ""],
    PauseRequested: ["Paused", "abort cancelWake save"],
    ResumeRequested: ["Polling", ""],
    PaceChanged: ["Polling", ""],
    Readdressed: ["Waiting", "abort open save wakeAt"],
    StopRequested: STOP,
  },
  Applying: {
    ...NO_WORK,
    Loaded: "!",
    LoadRefused: "!",
    Applied: ["Waiting", "report save wakeAt"],
    ApplyRefused: ["Waiting", "wakeAt"],
    DocumentMissing: ["Waiting", "wakeAt"],
    Saved: ["Applying", ""],
    SaveRefused: ["Waiting", "abort wakeAt"],
    Wake: ["Applying", ""],
    Hinted: ["Applying", ""],
    PauseRequested: ["Applying", "save"],
    ResumeRequested: ["Applying", ""],
    PaceChanged: ["Applying", ""],
    Readdressed: ["Waiting", "abort open save wakeAt"],
    StopRequested: STOP,
  },
  Paused: {
    ...NO_WORK,
    Loaded: "!",
    LoadRefused: "!",
    Saved: ["Paused", ""],
    SaveRefused: ["Paused", "wakeAt"],
    Wake: ["Paused", "save"],
    Hinted: ["Paused", ""],
    PauseRequested: ["Paused", ""],
    ResumeRequested: ["Waiting", "save wakeAt"],
    PaceChanged: ["Paused", ""],
    Readdressed: ["Paused", "open save"],
    StopRequested: STOP,
  },
  Failed: {
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
  Stopped: {
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
