import type { SourceProblem, SourceState, TabAnswer } from "#contract/rest.ts";
import type { SourceSettings } from "../sources/source.ts";

/** What a person or a check may see of an actor. Times are wall time, ms since 1970. */
export interface ActorStatus {
  readonly state: SourceState;
  readonly tabs: readonly TabAnswer[];
  readonly lastPollAt?: number;
  readonly lastChangeAt?: number;
  readonly nextPollAt?: number;
  readonly problem?: SourceProblem;
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
  status(id: string): ActorStatus | null;
  /** Ends all actors; resolves when the last effect is done. */
  close(): Promise<void>;
}
