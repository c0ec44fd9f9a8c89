import { backoffMs } from "../model/pacing.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { SourceSettings } from "../sources/source.ts";
import { type Actor, type ActorRequest, createActor } from "./actor.ts";
import type { Report } from "./effect.ts";
import { createTurns, type Turns } from "./pace/turns.ts";
import { erase, type Workplace } from "./perform.ts";
import { BUG_PROBLEM } from "./problem.ts";
import type { ActorStatus, Supervisor } from "./status.ts";

export interface SupervisorDeps extends Workplace {
  readonly runtime: Runtime;
  /** Told of every poll and every change made durable, for metrics. */
  readonly observe?: ActorObserver;
  /** Who polls when, where sources share an account. */
  readonly turns?: Turns;
}

export type ActorObserver = (source: string, report: Report | { readonly tag: "crashed" }) => void;

/** What stands for a source: its actor, or the wait for the next one after a bug. */
interface Place {
  settings: SourceSettings;
  life: Life;
  /** In a row, without a good round in between. */
  crashes: number;
  stopping: boolean;
}

type Life =
  | { readonly tag: "running"; readonly actor: Actor }
  | { readonly tag: "crashed"; readonly status: ActorStatus; readonly cancelRestart: () => void };

/** Starts, restarts and ends the actors of all sources. */
export function createSupervisor({ runtime, observe, ...deps }: SupervisorDeps): Supervisor {
  const { clock, random, logger } = runtime;
  const { turns = createTurns({ clock, random }), ...workplace } = deps;
  const places = new Map<string, Place>();

  function run(place: Place): void {
    const { id } = place.settings;
    const actor = createActor({
      ...workplace,
      runtime,
      turns,
      settings: place.settings,
      onReport(report) {
        if (report.tag !== "polled" || report.outcome === "unchanged") place.crashes = 0;
        observe?.(id, report);
      },
    });
    place.life = { tag: "running", actor };
    void actor.ended.then((how) => {
      if (how && !place.stopping) restartLater(place, actor, how.error);
    });
  }

  function restartLater(place: Place, actor: Actor, error: unknown): void {
    place.crashes++;
    const delayMs = backoffMs(place.crashes, random.float());
    const { id } = place.settings;
    logger.error("actor crashed", { source: id, error, crashes: place.crashes, restartInMs: delayMs });
    observe?.(id, { tag: "crashed" });
    const cancelRestart = clock.wakeAt(clock.monotonicMs() + delayMs, () => run(place));
    const nextPollAt = clock.nowMs() + delayMs;
    const status: ActorStatus = { ...actor.status(), state: "failing", problem: BUG_PROBLEM, nextPollAt };
    place.life = { tag: "crashed", status, cancelRestart };
  }

  /** The running actor; one that crashed starts over now, so that what is asked of it is not lost. */
  function actorOf(id: string): Actor | null {
    const place = places.get(id);
    if (!place) return null;
    if (place.life.tag === "crashed") {
      place.life.cancelRestart();
      run(place);
    }
    return place.life.tag === "running" ? place.life.actor : null;
  }

  function ask(id: string, request: ActorRequest): void {
    actorOf(id)?.post(request);
  }

  async function stop(id: string, options: { readonly erase: boolean }): Promise<void> {
    const place = places.get(id);
    if (place) {
      place.stopping = true;
      await end(place.life);
      places.delete(id);
    }
    if (options.erase) await erase(workplace, id);
  }

  return {
    start(settings) {
      if (places.has(settings.id)) throw new Error(`the source "${settings.id}" has an actor already`);
      const place = { settings, crashes: 0, stopping: false } as Place;
      places.set(settings.id, place);
      run(place);
    },
    update(settings) {
      const place = places.get(settings.id);
      if (!place) return;
      place.settings = settings;
      actorOf(settings.id)?.update(settings);
    },
    stop,
    pause: (id) => ask(id, { tag: "PauseRequested" }),
    resume: (id) => ask(id, { tag: "ResumeRequested" }),
    wake(id) {
      // A hint does not shorten the wait after a crash: a storm of hints would make it one of crashes.
      const life = places.get(id)?.life;
      if (life?.tag === "running") life.actor.post({ tag: "Hinted" });
    },
    editsTaken(id) {
      // After a crash the next start finds them.
      const life = places.get(id)?.life;
      if (life?.tag === "running") life.actor.post({ tag: "EditsTaken" });
    },
    settings: (id) => places.get(id)?.settings ?? null,
    status(id) {
      const life = places.get(id)?.life;
      if (!life) return null;
      const status = life.tag === "running" ? life.actor.status() : life.status;
      const writes = workplace.writeBack?.pending(id);
      if (!writes) return status;
      const { writeProblem: problem } = status;
      return { ...status, writes: { ...writes, ...(problem && { problem }) } };
    },
    async close() {
      await Promise.all([...places.keys()].map((id) => stop(id, { erase: false })));
    },
  };
}

async function end(life: Life): Promise<void> {
  if (life.tag === "crashed") return life.cancelRestart();
  life.actor.post({ tag: "StopRequested" });
  await life.actor.ended;
}
