import type { SourceProblem, SourceState, TabAnswer, WorkbookAnswer } from "#contract/rest.ts";
import type { Clock } from "../runtime/clock.ts";
import type { SourceSettings } from "../sources/source.ts";
import type { State } from "./state.ts";

/** What a person or a check may see of an actor. Times are wall time, ms since 1970. */
export interface ActorStatus {
  readonly state: SourceState;
  readonly tabs: readonly TabAnswer[];
  readonly workbook?: WorkbookAnswer;
  readonly lastPollAt?: number;
  readonly lastChangeAt?: number;
  readonly nextPollAt?: number;
  readonly problem?: SourceProblem;
  /** Why no edit can be written at present. */
  readonly writeProblem?: SourceProblem;
  /** Edits in the outbox; absent: none. */
  readonly writes?: {
    readonly pending: number;
    readonly oldestAt: number;
    readonly problem?: SourceProblem;
  };
  readonly notices: readonly string[];
}

/** One actor per source; a fault in one restarts it alone. What the registry needs of it. */
export interface Supervisor {
  /** Starts an actor for a source that has none. */
  start(settings: SourceSettings): void;
  /** Takes new settings into a running actor: the next poll uses them. */
  update(settings: SourceSettings): void;
  /** Ends the actor after its running effect; with `erase`, also its documents (4404) and its state. */
  stop(id: string, options: { readonly erase: boolean }): Promise<void>;
  pause(id: string): void;
  resume(id: string): void;
  /** Polls soon, whatever the pace: a hint, a person's click. */
  wake(id: string): void;
  /** The outbox has edits to write. */
  editsTaken(id: string): void;
  /** null: there is no such source. */
  settings(id: string): SourceSettings | null;
  status(id: string): ActorStatus | null;
  /** Ends all actors; resolves when the last effect is done. */
  close(): Promise<void>;
}

/** `expectedAt`: when a poll that is due at a time is likely to begin, both in monotonic milliseconds. */
export function statusOf(
  state: State,
  clock: Pick<Clock, "nowMs" | "monotonicMs">,
  expectedAt: (dueAt: number) => number = (dueAt) => dueAt,
): ActorStatus {
  const { health, record, lastPollAt, writes } = state.known;
  const nextPollAt =
    "dueAt" in state ? clock.nowMs() + expectedAt(state.dueAt) - clock.monotonicMs() : undefined;
  return {
    state: stateWord(state),
    tabs: record.shown,
    notices: [...record.notices, ...writes.notices],
    ...(record.workbook ? { workbook: record.workbook } : {}),
    ...(lastPollAt === undefined ? {} : { lastPollAt }),
    ...(record.lastChangeAt === undefined ? {} : { lastChangeAt: record.lastChangeAt }),
    ...(nextPollAt === undefined ? {} : { nextPollAt }),
    ...("problem" in health ? { problem: health.problem } : {}),
    ...(writes.problem ? { writeProblem: writes.problem } : {}),
  };
}

const HEALTH_WORDS: Record<State["known"]["health"]["tag"], SourceState> = {
  new: "loading",
  live: "live",
  limited: "waiting",
  failing: "failing",
  failed: "failed",
};

function stateWord({ tag, known }: State): SourceState {
  // Asked to pause while its last snapshot is applied, a source is paused for whoever asked.
  return tag === "Paused" || known.record.paused ? "paused" : HEALTH_WORDS[known.health.tag];
}
