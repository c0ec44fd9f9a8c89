import { sleep } from "../../src/runtime/clock.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** One life of a process: its runtime until it is killed. */
export interface Life {
  readonly runtime: Runtime;
  /** As kill -9 would: no timer fires, no answer arrives, nothing is told. */
  kill(): void;
  readonly dead: boolean;
  /** Waits within this life: for ever once it is killed. */
  sleep(ms: number): Promise<void>;
}

export function createLife(runtime: Runtime): Life {
  const wakes = new Set<() => void>();
  let dead = false;
  const never = new Promise<never>(() => {});
  const clock: Runtime["clock"] = {
    nowMs: () => runtime.clock.nowMs(),
    monotonicMs: () => runtime.clock.monotonicMs(),
    wakeAt(atMs, run) {
      if (dead) return () => {};
      const cancel = runtime.clock.wakeAt(atMs, () => {
        wakes.delete(cancel);
        run();
      });
      wakes.add(cancel);
      return () => {
        wakes.delete(cancel);
        cancel();
      };
    },
  };
  return {
    runtime: {
      ...runtime,
      clock,
      net: {
        async request(request) {
          const answer = await (dead ? never : runtime.net.request(request));
          return dead ? never : answer;
        },
      },
    },
    kill() {
      dead = true;
      for (const cancel of wakes) cancel();
      wakes.clear();
    },
    get dead() {
      return dead;
    },
    sleep: (ms) => sleep(clock, ms),
  };
}
