/** The turns of one account's sources: the most urgent one that is due goes as soon as the quota lets it. */
import { err, ok, type Result } from "#contract/result.ts";
import { type Breaker, begun, CLOSED, type Evidence, judged, refusal } from "../../model/breaker.ts";
import { changesPerSecond, type Heat, heatAfter } from "../../model/heat.ts";
import { NOTHING_PAID, type PaidUntil, pay, type Rate, rateFor, waitMs } from "../../model/spread.ts";
import { type Candidate, expectedIntervals, lookIntervalMs, mayBorrow, nextTurn } from "../../model/turns.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { Budget, PollResult, SourceError } from "../../sources/source.ts";
import type { AccountView } from "./account-view.ts";
import { evidenceOf } from "./evidence.ts";
import type { Member, Newcomer, Wish } from "./member.ts";

export interface AccountTurns {
  readonly name: string;
  join(newcomer: Newcomer): Member;
  view(): AccountView;
  /** Whether hints of changes arrive for the account's sources. */
  cover(covered: boolean): void;
}

/** Shared by the accounts of a project. */
export interface ProjectBound {
  paidUntil: PaidUntil;
}

export interface AccountTurnsDeps {
  readonly name: string;
  readonly project: string;
  readonly bound: ProjectBound;
  readonly clock: Clock;
  readonly random: Random;
  readonly reserve: number;
  readonly watched: (source: string) => boolean;
  readonly onUsed: (account: string, ratio: number) => void;
  readonly onEmpty: () => void;
}

interface Place extends Newcomer {
  heat: Heat;
  wish: Wish | null;
  /** Until a poll answers well, whatever the actor asks. */
  unread: boolean;
  hinted: boolean;
  /** Reads of a usual poll. */
  reads: number;
  lastPollMs: number;
  /** The last poll that answered; null before the first. */
  lastAnswerMs: number | null;
  turn: Turn | null;
}

/** Given and not over yet. */
interface Turn {
  /** Null: the account fails, and this is what the source is told. */
  readonly refused: SourceError | null;
  readonly paid: number;
  readonly hinted: boolean;
  readonly sentBefore: number;
}

/** List, values, cells. */
const FIRST_READS = 3;
/** Reads a minute that the polls of an account leave to the first writes after a pause. */
const WRITE_RESERVE = 6;
/** How much the reads of one poll say about the next one's. */
const READS_WEIGHT = 0.25;

export function createAccountTurns(deps: AccountTurnsDeps): AccountTurns {
  const { clock, bound } = deps;
  const places = new Map<string, Place>();
  let paidUntil: PaidUntil = NOTHING_PAID;
  let breaker: Breaker<SourceError> = CLOSED;
  let covered = false;
  let cancel = (): void => {};
  let cancelProbe = (): void => {};
  let giving = false;
  /** Whose many reads the account saves up for. */
  let keepingFor: Place | null = null;

  const candidateOf = (place: Place): Candidate => ({
    id: place.source,
    intervalMs: place.owner.intervalMs(),
    changesPerSecond: changesPerSecond(place.heat),
    watched: deps.watched(place.source),
    hinted: place.hinted || place.unread,
    covered,
    reads: readsOf(place),
    lastPollMs: place.lastPollMs,
  });
  /** Of its next poll. */
  const readsOf = (place: Place): number => Math.max(place.reads, place.budget.wanted());
  const candidates = (): Candidate[] => [...places.values()].map(candidateOf);
  const budget = (): Budget | undefined => places.values().next().value?.budget;
  const limits = (): ReturnType<Budget["limits"]> => budget()?.limits() ?? { account: 1, project: 1 };

  function rates(): { readonly account: Rate; readonly project: Rate } {
    const { account, project } = limits();
    let wished = 0;
    for (const { owner, reads } of places.values()) wished += (reads * 60_000) / owner.intervalMs();
    return {
      account: rateFor(account, deps.reserve + writeReserve(), wished),
      // Other accounts of the project wish too, so that its bound lets nothing but the minimum go at once.
      project: rateFor(project, deps.reserve, project),
    };
  }

  function writeReserve(): number {
    return [...places.values()].some(({ writable }) => writable) ? WRITE_RESERVE : 0;
  }

  function charge(reads: number): void {
    const nowMs = clock.monotonicMs();
    const { account, project } = rates();
    paidUntil = pay(paidUntil, reads, account, nowMs);
    bound.paidUntil = pay(bound.paidUntil, reads, project, nowMs);
  }

  /** Gives all turns that can be given now, and comes back when the next one can be. */
  function give(): void {
    if (giving) return;
    giving = true;
    cancel();
    cancel = () => {};
    for (let waitingMs = giveOne(); waitingMs !== null; waitingMs = giveOne()) {
      if (waitingMs === 0) continue;
      cancel = clock.wakeAt(clock.monotonicMs() + waitingMs, give);
      break;
    }
    giving = false;
  }

  /** 0 when a turn was given; else how long until one may be, null when nobody asks. */
  function giveOne(): number | null {
    const nowMs = clock.monotonicMs();
    const asking = [...places.values()].filter(({ wish }) => wish !== null);
    if (asking.length === 0) return null;
    const due = asking.filter(({ wish }) => wish!.atMs <= nowMs);
    if (due.length === 0) return Math.min(...asking.map(({ wish }) => wish!.atMs)) - nowMs;
    const first = due.find(({ hinted }) => hinted) ?? due[0]!;
    const refused = refusal(breaker, nowMs, first.hinted);
    if (refused) return grant(first, { refused, paid: 0 });
    const chosen = chooseFrom(breaker.tag === "Open" ? [first] : due, nowMs);
    const borrow = chosen.hinted && !chosen.unread ? mayBorrow(nowMs - chosen.lastPollMs) : 0;
    const roomMs = chosen.budget.waitMs(Math.ceil(readsOf(chosen)));
    // Room for many reads comes only where nobody else takes what becomes free.
    keepingFor = roomMs > 0 ? chosen : null;
    const spreadMs = waitMs(paidUntil, nowMs, rates().account, borrow);
    const wait = Math.max(spreadMs, waitMs(bound.paidUntil, nowMs), roomMs);
    if (wait > 0) return wait;
    charge(readsOf(chosen));
    return grant(chosen, { refused: null, paid: readsOf(chosen) });
  }

  function chooseFrom(due: readonly Place[], nowMs: number): Place {
    if (keepingFor && due.includes(keepingFor)) return keepingFor;
    const ids = new Set(due.map(({ source }) => source));
    return places.get(nextTurn(candidates(), ({ id }) => ids.has(id), nowMs)!.id)!;
  }

  function grant(place: Place, turn: Pick<Turn, "refused" | "paid">): 0 {
    const { run } = place.wish!;
    place.turn = { ...turn, hinted: place.hinted, sentBefore: place.budget.sent() };
    if (!turn.refused) breaker = begun(breaker, place.source);
    place.wish = null;
    run();
    return 0;
  }

  /** A turn that came to nothing: paused, stopped or asked anew before its poll began. */
  function giveBack(place: Place): void {
    if (!place.turn) return;
    const spent = place.budget.sent() - place.turn.sentBefore;
    charge(spent - place.turn.paid);
    place.turn = null;
    judge(place, { tag: "nothing" });
  }

  function judge(place: Place, evidence: Evidence<SourceError>): void {
    const before = breaker;
    breaker = judged(breaker, place.source, evidence, clock.monotonicMs(), deps.random.float());
    if (breaker === before) return;
    cancelProbe();
    // Sources that need a person wait for minutes: the account is asked sooner.
    if (breaker.tag === "Open") cancelProbe = clock.wakeAt(breaker.untilMs, probe);
    if (before.tag === "Closed" || breaker.tag !== "Closed") return;
    for (const other of places.values()) if (other !== place) other.owner.onHint();
  }

  function probe(): void {
    for (const { wish, owner } of places.values()) if (wish) return owner.onHint();
  }

  function learn(place: Place, turn: Turn, result: Result<PollResult, SourceError> | null): void {
    const nowMs = clock.monotonicMs();
    const sent = place.budget.sent() - turn.sentBefore;
    charge(sent - turn.paid);
    place.reads = Math.max(1, place.reads + (sent - place.reads) * (place.unread ? 1 : READS_WEIGHT));
    const limited = result !== null && !result.ok && result.error.tag === "RateLimited";
    // What was hinted is still to be found.
    if (limited && turn.hinted) place.hinted = true;
    if (result?.ok && result.value.tag !== "Pending") {
      if (place.lastAnswerMs !== null) {
        place.heat = heatAfter(place.heat, nowMs - place.lastAnswerMs, result.value.tag === "Changed");
      }
      if (place.unread) place.reads = 1;
      place.lastAnswerMs = nowMs;
      place.unread = false;
    }
    judge(place, evidenceOf(result));
    const granted = limits().account;
    deps.onUsed(deps.name, place.budget.used() / granted);
  }

  function memberOf(place: Place): Member {
    return {
      wakeAt(atMs, hinted, run) {
        giveBack(place);
        place.wish = { atMs, hinted, run };
        place.hinted ||= hinted;
        give();
      },
      cancelWake() {
        giveBack(place);
        place.wish = null;
      },
      begin() {
        const turn = place.turn;
        if (turn?.refused) {
          place.turn = null;
          return err(turn.refused);
        }
        place.hinted = false;
        place.lastPollMs = clock.monotonicMs();
        const interval = lookIntervalMs(candidates(), rates().account.perMinute);
        return ok({ hinted: turn?.hinted ?? false, lookIntervalMs: interval });
      },
      ended(result) {
        const turn = place.turn;
        place.turn = null;
        if (turn) learn(place, turn, result);
        give();
        // The whole account is too fast: one source among them must not stretch its own pace for it.
        const limited = result && !result.ok && result.error.tag === "RateLimited";
        return limited ? err({ ...result.error, shared: true }) : result;
      },
      spent(reads) {
        // Not those of the turn that waits to be used.
        if (place.turn) place.turn = { ...place.turn, sentBefore: place.turn.sentBefore + reads };
        charge(reads);
      },
      expectedAt(dueAtMs) {
        if (place.hinted || place.unread) return dueAtMs;
        const all = candidates();
        const index = all.findIndex(({ id }) => id === place.source);
        const interval = expectedIntervals(all, rates().account.perMinute)[index]!;
        return Math.max(dueAtMs, place.lastPollMs + interval);
      },
      remember(heat) {
        place.heat = heat;
        // A daemon that was killed may have spent all there was just now.
        paidUntil = Math.max(paidUntil, clock.monotonicMs());
        bound.paidUntil = Math.max(bound.paidUntil, clock.monotonicMs());
      },
      leave() {
        giveBack(place);
        const { wish } = place;
        places.delete(place.source);
        if (places.size > 0) give();
        else {
          cancel();
          cancelProbe();
          deps.onEmpty();
        }
        return wish;
      },
    };
  }

  return {
    name: deps.name,
    join(newcomer) {
      const place: Place = {
        ...newcomer,
        wish: null,
        unread: true,
        hinted: false,
        reads: FIRST_READS,
        lastPollMs: clock.monotonicMs(),
        lastAnswerMs: null,
        turn: null,
      };
      places.set(newcomer.source, place);
      return memberOf(place);
    },
    view() {
      const all = candidates();
      const intervals = expectedIntervals(all, rates().account.perMinute);
      return {
        account: deps.name,
        project: deps.project,
        readsPerMinute: limits().account,
        readsUsed: budget()?.used() ?? 0,
        error: refusal(breaker, clock.monotonicMs()),
        sources: all.map(({ id, watched, hinted, changesPerSecond }, index) => ({
          id,
          intervalMs: Math.round(intervals[index]!),
          watched,
          hinted,
          changesPerHour: changesPerSecond * 3_600,
        })),
      };
    },
    cover(next) {
      covered = next;
    },
  };
}
