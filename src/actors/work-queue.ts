import type { Work } from "./effect.ts";

export interface WorkQueue {
  /** Queues work; where one piece fails, those after it in the same batch are dropped. */
  add(batch: readonly Work[]): void;
  /** Aborts the running load, poll, apply or write and drops the waiting ones. */
  abort(): void;
  /** Aborts all and begins nothing any more; resolves when the running piece has ended. */
  end(): Promise<void>;
}

export interface WorkQueueOptions {
  /** Resolves to false when the work failed. Not told of work that was aborted meanwhile. */
  readonly run: (work: Work, signal: AbortSignal) => Promise<() => boolean>;
  /** A bug: `run` threw. */
  readonly onThrow: (error: unknown) => void;
}

interface Item {
  readonly work: Work;
  readonly batch: object;
}

/** Runs one piece of work at a time, in order. The function that `run` resolves to hands over its result. */
export function createWorkQueue({ run, onThrow }: WorkQueueOptions): WorkQueue {
  let waiting: Item[] = [];
  let current: { readonly work: Work; readonly controller: AbortController } | null = null;
  let running: Promise<void> | null = null;
  let ended = false;

  async function runAll(): Promise<void> {
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      const { work, batch } = item;
      const controller = new AbortController();
      current = { work, controller };
      try {
        const deliver = await run(work, controller.signal);
        if (!controller.signal.aborted && !deliver())
          waiting = waiting.filter((other) => other.batch !== batch);
      } catch (error) {
        if (!controller.signal.aborted) onThrow(error);
      }
      current = null;
    }
    running = null;
  }

  return {
    add(works) {
      if (ended || works.length === 0) return;
      const batch = {};
      waiting.push(...works.map((work) => ({ work, batch })));
      running ??= Promise.resolve().then(runAll);
    },
    abort() {
      waiting = waiting.filter(({ work }) => !abortable(work));
      if (current && abortable(current.work)) current.controller.abort();
    },
    async end() {
      ended = true;
      waiting = [];
      current?.controller.abort();
      await running;
    },
  };
}

function abortable(work: Work): boolean {
  return work.tag === "load" || work.tag === "poll" || work.tag === "apply" || work.tag === "write";
}
