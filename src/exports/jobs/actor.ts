/** One export's life: the shell around the pure transition. Everything it knows is durable before it acts on it. */

import { type Clock, sleep } from "../../runtime/clock.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { Random } from "../../runtime/random.ts";
import type { ExportRecord } from "./record.ts";
import type { ExportStore } from "./store.ts";
import { type ExportEffect, type ExportEvent, transition } from "./transition.ts";

export interface ExportActor {
  record(): ExportRecord;
  /** Durable when it resolves; false: the storage refused, and nothing is changed. */
  ask(event: ExportRequest): Promise<boolean>;
  /** Resolves once nothing of it runs any more. */
  close(): Promise<void>;
}

export type ExportRequest = Extract<
  ExportEvent,
  {
    tag:
      | "Started"
      | "UpdateAsked"
      | "RetryAsked"
      | "CancelAsked"
      | "RemoveAsked"
      | "FollowTold"
      | "ReaderTold";
  }
>;

export interface ExportActorDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly store: Pick<ExportStore, "put">;
  /** At Google; null when the signal ended it. `calls`: requests that were sent. */
  readonly perform: (
    record: ExportRecord,
    effect: WorkEffect,
    signal: AbortSignal,
  ) => Promise<{ readonly event: ExportEvent | null; readonly calls: number }>;
  /** Told of every change that is durable. */
  readonly onChange: (before: ExportRecord, after: ExportRecord) => void;
  readonly onGone: (record: ExportRecord) => void;
}

export type WorkEffect = Exclude<ExportEffect, { tag: "wait" | "rest" }>;

const STORAGE_RETRY_MS = 5_000;

export function createExportActor(first: ExportRecord, deps: ExportActorDeps): ExportActor {
  const { clock, random, store } = deps;
  let record = first;
  let closed = false;
  let running: Promise<void> | null = null;
  let work = new AbortController();
  /** One change at a time, each on disk before the next is thought of. */
  let last: Promise<unknown> = Promise.resolve();

  function change(event: ExportEvent, calls = 0): Promise<ExportEffect | null> {
    const changed = last.then(async () => {
      const counted = calls === 0 ? record : { ...record, calls: record.calls + calls };
      const step = transition(counted, event, { nowMs: clock.nowMs(), jitter: random.float() });
      if (step.record !== record) {
        const put = await store.put(step.record);
        if (!put.ok) return null;
        note(record, step.record);
        record = step.record;
      }
      return step.effect;
    });
    last = changed;
    return changed;
  }

  function note(before: ExportRecord, after: ExportRecord): void {
    deps.onChange(before, after);
    if (before.phase.tag === after.phase.tag) return;
    const problem = "problem" in after.phase ? after.phase.problem.code : undefined;
    deps.logger.info("export state", {
      export: after.id,
      from: before.phase.tag,
      to: after.phase.tag,
      problem,
    });
  }

  async function run(effect: ExportEffect): Promise<void> {
    let next: ExportEffect | null = effect;
    while (!closed && next?.tag !== "rest") {
      work = new AbortController();
      const { signal } = work;
      let event: ExportEvent = { tag: "Woken" };
      let calls = 0;
      if (next === null) await sleep(clock, STORAGE_RETRY_MS, signal);
      else if (next.tag === "wait") await sleep(clock, next.ms, signal);
      else {
        const done = await deps.perform(record, next, signal);
        if (next.tag === "remove" && done.event === null && !signal.aborted) {
          closed = true;
          return deps.onGone(record);
        }
        event = done.event ?? event;
        calls = done.calls;
      }
      if (closed) return;
      let changed = await change(event, calls);
      // What was done must not be forgotten for a disk that is full for a while.
      while (changed === null && !closed) {
        await sleep(clock, STORAGE_RETRY_MS, work.signal);
        changed = await change(event, calls);
      }
      next = changed;
    }
  }

  /** A bug in a step ends the job alone. */
  async function fail(error: unknown): Promise<void> {
    deps.logger.error("export failed", { export: record.id, error });
    const fix = "The daemon's log says more; POST .../retry tries again";
    const problem = { code: "bug", message: "Sheetwire made a mistake with this export", fix };
    await change({ tag: "Refused", problem, structure: false });
    await sleep(clock, STORAGE_RETRY_MS, work.signal);
  }

  function begin(effect: ExportEffect | null): void {
    if (running || closed || effect === null || effect.tag === "rest") return;
    running = run(effect)
      .catch((error: unknown) => fail(error))
      .finally(() => {
        running = null;
        // What was asked while the last step ended.
        if (!closed) void change({ tag: "Started" }).then(begin);
      });
  }

  return {
    record: () => record,
    async ask(event) {
      const effect = await change(event);
      if (event.tag === "CancelAsked" || event.tag === "RemoveAsked") work.abort();
      begin(effect);
      return effect !== null;
    },
    async close() {
      closed = true;
      work.abort();
      await running;
      await last;
    },
  };
}
