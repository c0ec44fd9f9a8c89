/** A source's place among those that poll: alone, or in its account's turns. */
import { ok, type Result } from "#contract/result.ts";
import type { Heat } from "../../model/heat.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Budget, PollResult, PollTurn, Source, SourceError } from "../../sources/source.ts";
import type { AccountTurns } from "./account-turns.ts";
import type { Member, SeatOwner } from "./member.ts";

export interface Seat {
  /** The source was opened, anew perhaps, and with another account. */
  opened(source: Source): void;
  /** The source was read before this start, and last changed then, wall time. */
  remember(lastChangeMs: number | undefined): void;
  /** Runs `run` from `atMs` on, once it is the source's turn; replaces what was asked before. */
  wakeAt(atMs: number, hinted: boolean, run: () => void): void;
  cancelWake(): void;
  /** A poll begins: what it may do, or what it answers instead. Absent turn: as the source likes. */
  begin(): Result<PollTurn | undefined, SourceError>;
  /** The poll is over; null when it was ended from outside and tells nothing. */
  ended(result: Result<PollResult, SourceError> | null): Result<PollResult, SourceError> | null;
  /** Reads that something else than a poll has sent: the polls make up for them. */
  spent(reads: number): void;
  /** When a poll that may begin at `dueAtMs` is likely to begin. */
  expectedAt(dueAtMs: number): number;
  leave(): void;
}

export interface SeatDeps {
  readonly source: string;
  readonly owner: SeatOwner;
  readonly free: FreeSeat;
  readonly heatAfterStart: (lastChangeMs: number | undefined) => Heat;
  readonly accountOf: (budget: Budget) => AccountTurns;
  /** Where the source's hints come from; returns its undo. */
  readonly joinFeed: (source: Source, onHint: () => void) => () => void;
  readonly onLeave: () => void;
}

export type FreeSeat = Pick<Seat, "wakeAt" | "cancelWake">;

/** For a source that shares nothing: its wish is its turn. */
export function createFreeSeat(clock: Clock): FreeSeat {
  let cancel = (): void => {};
  return {
    wakeAt(atMs, _, run) {
      cancel();
      cancel = clock.wakeAt(atMs, run);
    },
    cancelWake: () => cancel(),
  };
}

export function createSeat({
  source,
  owner,
  free,
  heatAfterStart,
  accountOf,
  joinFeed,
  onLeave,
}: SeatDeps): Seat {
  let member: Member | null = null;
  let leaveFeed = (): void => {};
  let heat = heatAfterStart(undefined);
  return {
    opened(opened) {
      const { budget } = opened;
      leaveFeed();
      leaveFeed = joinFeed(opened, owner.onHint);
      const wish = member?.leave() ?? null;
      member = budget
        ? accountOf(budget).join({ source, owner, budget, heat, writable: opened.write !== undefined })
        : null;
      if (wish) (member ?? free).wakeAt(wish.atMs, wish.hinted, wish.run);
    },
    remember(lastChangeMs) {
      heat = heatAfterStart(lastChangeMs);
      member?.remember(heat);
    },
    wakeAt(atMs, hinted, run) {
      (member ?? free).wakeAt(atMs, hinted, run);
    },
    cancelWake() {
      free.cancelWake();
      member?.cancelWake();
    },
    begin: () => member?.begin() ?? ok(undefined),
    ended: (result) => (member ? member.ended(result) : result),
    spent: (reads) => member?.spent(reads),
    expectedAt: (dueAtMs) => member?.expectedAt(dueAtMs) ?? dueAtMs,
    leave() {
      leaveFeed();
      free.cancelWake();
      member?.leave();
      member = null;
      onLeave();
    },
  };
}
