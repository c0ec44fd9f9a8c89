import type { Runtime } from "../runtime/runtime.ts";
import type { SourceSettings } from "../sources/source.ts";
import type { Order, Report, Work } from "./effect.ts";
import type { ActorEvent } from "./event.ts";
import type { Turns } from "./pace/turns.ts";
import { type Hands, isFailure, perform, type Workplace } from "./perform.ts";
import { needsReopen, pollingIntervalMs, pollSettings } from "./poll-settings.ts";
import type { ActorRecord } from "./record.ts";
import type { State } from "./state.ts";
import { begin } from "./states/loading.ts";
import { type ActorStatus, statusOf } from "./status.ts";
import type { Now, Step } from "./step.ts";
import { transition } from "./transition.ts";
import { startWatch } from "./watch.ts";
import { createWorkQueue } from "./work-queue.ts";

/** One source's life: the shell around the pure transition. */
export interface Actor {
  post(event: ActorRequest): void;
  update(settings: SourceSettings): void;
  status(): ActorStatus;
  /** Resolves when the actor is over and its last effect done: null after a stop, the error after a bug. */
  readonly ended: Promise<{ readonly error: unknown } | null>;
}

/** What others may ask of an actor. */
export type ActorRequest = Extract<
  ActorEvent,
  { tag: "Hinted" | "EditsTaken" | "PauseRequested" | "ResumeRequested" | "StopRequested" }
>;

export interface ActorOptions extends Workplace {
  readonly runtime: Runtime;
  readonly settings: SourceSettings;
  readonly turns: Turns;
  readonly onReport: (report: Report) => void;
}

/** Starts an actor. It never throws: a bug anywhere in it ends it alone. */
export function createActor({ runtime, settings, turns, onReport, ...workplace }: ActorOptions): Actor {
  const { clock, random } = runtime;
  const logger = runtime.logger.child({ source: settings.id });
  const ended = Promise.withResolvers<{ readonly error: unknown } | null>();
  let newest = settings;
  const first = begin(pollSettings(settings));
  let state: State = first.state;
  let over = false;
  const seat = turns.join(settings.id, {
    intervalMs: () => pollingIntervalMs(state.known.settings),
    onHint: () => post({ tag: "Hinted" }),
  });
  const inbox: ActorEvent[] = [];
  let draining = false;
  /** On its way to disk: what a turn that comes at once asks to be saved again. */
  let saving: ActorRecord | null = null;

  const hands: Hands = {
    source: settings.id,
    settings: () => newest,
    record: () => state.known.record,
    opened: null,
    onOpened: () => rewatch(),
    seat,
  };
  let endWatch = (): void => {};
  let cancelWrite = (): void => {};
  const queue = createWorkQueue({
    onThrow: (error) => finish({ error }),
    async run(work, signal) {
      if (work.tag === "close") return () => finish(null);
      const event = await perform(work, workplace, hands, signal);
      if (work.tag === "save" && work.record === saving) saving = null;
      return () => {
        if (event) post(event);
        return event === null || !isFailure(event);
      };
    },
  });

  function post(event: ActorEvent): void {
    inbox.push(event);
    if (draining) return;
    draining = true;
    try {
      for (let next = inbox.shift(); next && !over; next = inbox.shift())
        take(transition(state, next, now()));
    } catch (error) {
      finish({ error });
    }
    draining = false;
  }

  /** A source that says by itself when it changed is listened to unless it is paused. */
  function rewatch(): void {
    endWatch();
    endWatch = () => {};
    if (!hands.opened?.watch || over || state.tag === "Paused") return;
    endWatch = startWatch(hands.opened, { clock, random, logger, onHint: () => post({ tag: "Hinted" }) });
  }

  function take(step: Step): void {
    const wasPaused = state.tag === "Paused";
    const before = statusOf(state, clock);
    state = step.state;
    const after = statusOf(state, clock);
    if (before.state !== after.state || before.problem?.code !== after.problem?.code) {
      logger.info("source state", { from: before.state, to: after.state, problem: after.problem?.code });
    }
    const works: Work[] = [];
    for (const effect of step.effects) {
      if (isOrder(effect)) order(effect);
      else if (effect.tag !== "save" || effect.record !== saving) works.push(effect);
      if (effect.tag === "save") saving = effect.record;
    }
    queue.add(works);
    if (wasPaused !== (state.tag === "Paused")) rewatch();
  }

  function order(effect: Order): void {
    switch (effect.tag) {
      case "wakeAt":
        seat.wakeAt(effect.monotonicMs, effect.hinted, () => post({ tag: "Wake" }));
        break;
      case "writeAt":
        cancelWrite();
        cancelWrite = clock.wakeAt(effect.monotonicMs, () => post({ tag: "WriteDue" }));
        break;
      case "cancelWake":
        seat.cancelWake();
        cancelWrite();
        break;
      case "abort":
        queue.abort();
        break;
      case "report":
        onReport(effect.report);
    }
  }

  function now(): Now {
    return { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), jitter: random.float() };
  }

  function finish(how: { readonly error: unknown } | null): boolean {
    if (over) return true;
    over = true;
    endWatch();
    cancelWrite();
    seat.leave();
    void queue.end().then(() => ended.resolve(how));
    return true;
  }

  take(first);
  return {
    post(event) {
      if (!over) post(event);
    },
    update(next) {
      const reopen = needsReopen(newest, next);
      newest = next;
      if (!over) post({ tag: "SettingsChanged", settings: pollSettings(next), reopen });
    },
    status: () => statusOf(state, clock, seat.expectedAt),
    ended: ended.promise,
  };
}

const ORDERS: ReadonlySet<string> = new Set<Order["tag"]>([
  "wakeAt",
  "writeAt",
  "cancelWake",
  "abort",
  "report",
]);

function isOrder(effect: Work | Order): effect is Order {
  return ORDERS.has(effect.tag);
}
