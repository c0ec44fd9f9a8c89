/**
 * The life of an actor, as a pure function.
 *
 *                                  Changed
 *                          Polling -----------> Applying
 *                          ^ |  ^ |                |
 *     Wake: due, and its   | |  | | anything else  | Applied, or it could not be stored
 *     turn on the account  | |  | |                |
 *                          | v  | v                |
 *              Unauthorized,    Waiting <----------+
 *              NotFound: Failed ^     ^
 *                               |     | ResumeRequested
 *     Loading ------------------+   Paused
 *        |         Loaded             ^
 *        +----------------------------+
 *               it was paused
 *
 *     Hinted: the wait of Waiting and Failed gets shorter
 *     any state -- PauseRequested --> Paused    (Loading, Applying and Writing finish first)
 *     any state -- SettingsChanged, but for the pace --> Waiting, due at once    (Paused stays so)
 *     any state -- StopRequested --> Stopped
 *
 *     Waiting -- WriteDue --> Writing -- Written --> Waiting     (the poll that it interrupts keeps its time)
 *     Loading -- Loaded, with a batch that may have been sent --> Writing
 *     EditsTaken: a write is due soon; Failed and Paused hold it
 */
import type { ActorEvent } from "./event.ts";
import type { State } from "./state.ts";
import { applying } from "./states/applying.ts";
import { loading } from "./states/loading.ts";
import { paused } from "./states/paused.ts";
import { polling } from "./states/polling.ts";
import { stopped } from "./states/stopped.ts";
import { failed, waiting } from "./states/waiting.ts";
import { writing } from "./states/writing.ts";
import type { Handlers, Now, Step } from "./step.ts";

const HANDLERS: { readonly [S in State["tag"]]: Handlers<S> } = {
  Loading: loading,
  Waiting: waiting,
  Polling: polling,
  Applying: applying,
  Writing: writing,
  Paused: paused,
  Failed: failed,
  Stopped: stopped,
};

/** What becomes of `state`, and what the shell has to do for it. An impossible event is a bug and throws. */
export function transition(state: State, event: ActorEvent, now: Now): Step {
  // The table pairs each state with its own handlers; the compiler cannot follow the two lookups.
  const handlers = HANDLERS[state.tag] as Record<ActorEvent["tag"], Handler>;
  return handlers[event.tag](state, event, now);
}

type Handler = (state: State, event: ActorEvent, now: Now) => Step;
