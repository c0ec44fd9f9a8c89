import { hintedPollAt } from "../../model/pacing.ts";
import type { EventOf } from "../event.ts";
import { storageProblem } from "../problem.ts";
import type { StateOf } from "../state.ts";
import {
  askToWrite,
  beginPoll,
  beginWrite,
  endRoundUnsaved,
  enterPaused,
  type Handlers,
  holdEdits,
  impossible,
  type Now,
  pollSoon,
  type Step,
  stay,
  stop,
  stored,
  waitForNext,
  withEdits,
  withPaused,
  withSettings,
} from "../step.ts";

/** Between two polls; Failed differs by its pace alone, which is in `known`. */
type Resting = StateOf<"Waiting" | "Failed">;

const handlers = {
  Loaded: impossible,
  Polled: impossible,
  Applied: impossible,
  Written: impossible,
  Wake: wake,
  Hinted: (state: Resting, _: EventOf<"Hinted">, now: Now) => {
    const dueAt = hintedPollAt(state.known.pace, state.poll, state.dueAt);
    return askAgain({ ...state, dueAt: Math.max(dueAt, now.monotonicMs), hinted: true });
  },
  PauseRequested: (state: Resting) => enterPaused(withPaused(state.known, true)),
  ResumeRequested: stay,
  SettingsChanged: (state: Resting, event: EventOf<"SettingsChanged">, now: Now) => {
    const known = withSettings(state.known, event, now);
    if (event.reopen) return pollSoon(known, now, [{ tag: "open" }]);
    return waitForNext(state.tag, known, state.poll, state.hinted, now);
  },
  StopRequested: stop,
} as const;

export const waiting: Handlers<"Waiting"> = {
  ...handlers,
  Saved: saved,
  WriteDue: (state, _, now) => {
    const { dueAt } = state.known.writes;
    if (dueAt === null) return stay(state);
    if (now.monotonicMs >= dueAt) return beginWrite(state);
    return { state, effects: askToWrite(state.known) };
  },
  EditsTaken: (state, _, now) => {
    const known = withEdits(state.known, now);
    return { state: { ...state, known }, effects: askToWrite(known) };
  },
};

export const failed: Handlers<"Failed"> = {
  ...handlers,
  // What cannot be read cannot be written either.
  WriteDue: (state) => ({ state, effects: holdEdits(state.known, FAILED_WHY) }),
  EditsTaken: (state, _, now) => {
    const known = withEdits(state.known, now);
    return { state: { ...state, known }, effects: holdEdits(known, FAILED_WHY) };
  },
  // What a person must mend matters more than a save that the next poll repeats.
  Saved: (state, { record, result }) =>
    stay(result.ok ? { ...state, known: stored(state.known, record) } : state),
};

const FAILED_WHY = "The source does not work at present: its edits are written once it does.";

function wake(state: Resting, _: EventOf<"Wake">, now: Now): Step {
  return now.monotonicMs >= state.dueAt ? beginPoll(state.known, now) : askAgain(state);
}

function askAgain(state: Resting): Step {
  return { state, effects: [{ tag: "wakeAt", monotonicMs: state.dueAt, hinted: state.hinted }] };
}

function saved(state: StateOf<"Waiting">, { record, result }: EventOf<"Saved">, now: Now): Step {
  if (result.ok) return stay({ ...state, known: stored(state.known, record) });
  const round = { startedAt: state.poll.startedAt, again: false };
  return endRoundUnsaved(state.known, round, storageProblem(result.error), now);
}
