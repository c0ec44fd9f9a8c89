/** What the handlers of several states do alike. */
import type { SourceProblem } from "#contract/rest.ts";
import { hintedPollAt, nextPollAt, type PaceOutcome, paceAfter, REGULAR_PACE } from "../model/pacing.ts";
import type { Effect } from "./effect.ts";
import type { ActorEvent, EventOf } from "./event.ts";
import type { ActorRecord } from "./record.ts";
import {
  type Known,
  NO_WRITES,
  type PollTimes,
  type Rest,
  type State,
  type StateOf,
  type Writes,
} from "./state.ts";

/** Chosen before the transition and given to it, so that a transition is a function of its arguments. */
export interface Now {
  /** Wall time, ms since 1970. */
  readonly nowMs: number;
  readonly monotonicMs: number;
  /** Uniform in [0, 1). */
  readonly jitter: number;
}

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** One per event, so that a missing case does not compile. */
export type Handlers<S extends State["tag"]> = {
  readonly [E in ActorEvent["tag"]]: (state: StateOf<S>, event: EventOf<E>, now: Now) => Step;
};

export const stay = (state: State): Step => ({ state, effects: [] });

/** An effect's result in a state that did not ask for it: a bug of the machine or its shell. */
export function impossible(state: State, event: ActorEvent): never {
  throw new Error(`${event.tag} cannot happen while ${state.tag}`);
}

/** Polls: it is the source's turn. What is not yet on disk goes there first. */
export function beginPoll(known: Known, now: Now): Step {
  return {
    state: { tag: "Polling", known, startedAt: now.monotonicMs, again: false },
    effects: [...saveIfNeeded(known), { tag: "poll", since: known.since }],
  };
}

/** Asks to poll at once, after `before`: the source was not read yet, or not as it is wanted now. */
export function pollSoon(known: Known, now: Now, before: readonly Effect[] = []): Step {
  const dueAt = now.monotonicMs;
  return {
    state: { tag: "Waiting", known, poll: { startedAt: dueAt, endedAt: dueAt }, dueAt, hinted: true },
    effects: [
      ...before,
      ...saveIfNeeded(known),
      ...askToWrite(known),
      { tag: "wakeAt", monotonicMs: dueAt, hinted: true },
    ],
  };
}

/** Waits until the pace says so, or less after a hint. */
export function waitForNext(
  tag: "Waiting" | "Failed",
  known: Known,
  poll: PollTimes,
  hinted: boolean,
  now: Now,
): Step {
  const regularAt = nextPollAt(known.pace, poll, known.settings.pollingIntervalMs, now.jitter);
  const dueAt = hinted ? hintedPollAt(known.pace, poll, regularAt) : regularAt;
  return {
    state: { tag, known, poll, dueAt, hinted },
    effects: [...(tag === "Waiting" ? askToWrite(known) : []), { tag: "wakeAt", monotonicMs: dueAt, hinted }],
  };
}

/** A round of polling: when it began, and whether a hint came meanwhile. */
export type Round = Pick<StateOf<"Polling" | "Applying">, "startedAt" | "again">;

/** Ends a round that the source answered, well or not: saves what is new and says when to poll next. */
export function endRound(known: Known, round: Round, outcome: PaceOutcome, now: Now): Step {
  const rest = restAfter(known, round, outcome, now);
  if (rest.state.tag === "Paused") return rest;
  return { state: rest.state, effects: [...saveIfNeeded(known), ...rest.effects] };
}

/** Ends a round that storage failed. Saves nothing, the next round begins with that. */
export function endRoundUnsaved(known: Known, round: Round, problem: SourceProblem, now: Now): Step {
  return restAfter({ ...known, health: { tag: "failing", problem } }, round, { tag: "failed" }, now);
}

function restAfter(known: Known, round: Round, outcome: PaceOutcome, now: Now): Step {
  const paced = afterPoll({ ...known, pace: paceAfter(known.pace, outcome) }, outcome, now);
  if (known.record.paused) return enterPaused(paced);
  const poll = { startedAt: round.startedAt, endedAt: now.monotonicMs };
  return waitForNext(outcome.tag === "blocked" ? "Failed" : "Waiting", paced, poll, round.again, now);
}

export function enterPaused(known: Known): Step {
  return {
    state: { tag: "Paused", known, saveFailures: 0 },
    effects: [{ tag: "cancelWake" }, ...saveIfNeeded(known), ...holdEdits(known, PAUSED_WHY)],
  };
}

export const PAUSED_WHY = "The source is paused: its edits are written once it is resumed.";

/** What the source put off for the sake of a newer poll is due. */
function afterPoll(known: Known, outcome: PaceOutcome, now: Now): Known {
  if (!known.writes.afterPoll || outcome.tag !== "answered") return known;
  return { ...known, writes: { ...known.writes, afterPoll: false, dueAt: now.monotonicMs } };
}

/** Edits that arrive together go out together: longer than a client's keystrokes apart, too short to be felt. */
const GATHER_MS = 200;

/** There are edits in the outbox; a wait that the source asked for goes on. */
export function withEdits(known: Known, now: Now): Known {
  const { dueAt, failures } = known.writes;
  const soon = now.monotonicMs + GATHER_MS;
  if (dueAt !== null && (failures > 0 || dueAt <= soon)) return known;
  return { ...known, writes: { ...known.writes, dueAt: soon } };
}

/** For a state that may write. */
export function askToWrite({ writes }: Known): Effect[] {
  return writes.dueAt === null ? [] : [{ tag: "writeAt", monotonicMs: writes.dueAt }];
}

export function holdEdits({ writes }: Known, why: string): Effect[] {
  return writes.dueAt === null && !writes.afterPoll ? [] : [{ tag: "hold", why }];
}

/** Writes what waits, and comes back to the same poll afterwards. */
export function beginWrite(rest: Rest): Step {
  const { known, poll, dueAt, hinted } = rest;
  const writes = { ...known.writes, dueAt: null };
  return {
    state: { tag: "Writing", known: { ...known, writes }, poll, dueAt, hinted, reopened: false },
    effects: [{ tag: "write" }],
  };
}

export function withPaused(known: Known, paused: boolean): Known {
  return known.record.paused === paused ? known : { ...known, record: { ...known.record, paused } };
}

export function stop(state: State): Step {
  return {
    state: { tag: "Stopped", known: state.known },
    effects: [{ tag: "cancelWake" }, { tag: "abort" }, { tag: "close" }],
  };
}

/** For what makes the running effect pointless: its result must not arrive in another state. */
export function afterAbort(step: Step): Step {
  return { state: step.state, effects: [{ tag: "abort" }, ...step.effects] };
}

export function stored(known: Known, record: ActorRecord): Known {
  return { ...known, stored: record };
}

export function saveIfNeeded(known: Known): Effect[] {
  return known.record === known.stored ? [] : [{ tag: "save", record: known.record }];
}

/** Takes new settings in. A reopened source starts with a clean slate: its old troubles and revisions are gone. */
export function withSettings(known: Known, event: EventOf<"SettingsChanged">, now: Now): Known {
  const next = { ...known, settings: event.settings };
  if (!event.reopen) return next;
  const { readAt, ...rest } = next;
  return {
    ...rest,
    record: reconcile({ ...known.record, revision: null }, next),
    since: null,
    pace: REGULAR_PACE,
    health: { tag: "new" },
    writes: writesAnew(known.writes, now),
  };
}

/** What the source could not write before, it may now. */
function writesAnew(writes: Writes, now: Now): Writes {
  const waits = writes.dueAt !== null || writes.afterPoll;
  return { ...NO_WRITES, dueAt: waits ? now.monotonicMs : null };
}

/** Makes a record fit the settings: another address unbinds the tabs, other content is read from the start. */
export function reconcile(record: ActorRecord, { settings }: Pick<Known, "settings">): ActorRecord {
  const { address, content } = settings;
  if (record.address === address && record.content === content) return record;
  const moved = record.address !== "" && record.address !== address;
  const { readAt, ...rest } = record;
  return {
    ...rest,
    address,
    content,
    // What is read anew may have stood there for long.
    revision: null,
    tabs: moved ? record.tabs.map((tab) => ({ ...tab, tabId: null })) : record.tabs,
  };
}
