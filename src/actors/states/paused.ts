import { backoffMs } from "../../model/pacing.ts";
import {
  type Handlers,
  holdEdits,
  impossible,
  PAUSED_WHY,
  pollSoon,
  saveIfNeeded,
  stay,
  stop,
  stored,
  withEdits,
  withPaused,
  withSettings,
} from "../step.ts";

export const paused: Handlers<"Paused"> = {
  Loaded: impossible,
  Polled: impossible,
  Applied: impossible,
  Saved: (state, { record, result }, now) => {
    if (result.ok) return stay({ ...state, saveFailures: 0, known: stored(state.known, record) });
    const saveFailures = state.saveFailures + 1;
    const monotonicMs = now.monotonicMs + backoffMs(saveFailures, now.jitter);
    return { state: { ...state, saveFailures }, effects: [{ tag: "wakeAt", monotonicMs, hinted: false }] };
  },
  // Only a failed save asks for a wake here.
  Wake: (state) => ({ state, effects: saveIfNeeded(state.known) }),
  Written: impossible,
  WriteDue: stay,
  EditsTaken: (state, _, now) => {
    const known = withEdits(state.known, now);
    return { state: { ...state, known }, effects: holdEdits(known, PAUSED_WHY) };
  },
  Hinted: stay,
  PauseRequested: stay,
  ResumeRequested: (state, _, now) => pollSoon(withPaused(state.known, false), now),
  SettingsChanged: (state, event, now) => {
    const known = withSettings(state.known, event, now);
    return {
      state: { ...state, known },
      effects: event.reopen ? [{ tag: "open" }, ...saveIfNeeded(known)] : [],
    };
  },
  StopRequested: stop,
};
