import type { Sink } from "./world.ts";

/** How far long work is, on a terminal; says nothing off one. */
export interface Progress {
  /** `share` from 0 to 1; null where nobody can know. */
  at(share: number | null, what: string): Promise<void>;
  /** Leaves a clean line. */
  end(): Promise<void>;
}

const WIDTH = 24;
const FRAMES = "|/-\\";

export function createProgress(to: Sink): Progress {
  let turns = 0;
  let shown = false;
  return {
    async at(share, what) {
      if (!to.isTerminal) return;
      shown = true;
      const sign = FRAMES[turns++ % FRAMES.length];
      const full = Math.round(Math.min(1, share ?? 0) * WIDTH);
      const bar =
        share === null
          ? `${sign}`
          : `[${"#".repeat(full)}${" ".repeat(WIDTH - full)}] ${Math.floor(share * 100)} %`;
      await to.write(`\r\x1b[K${`${bar}  ${what}`.slice(0, to.columns - 1)}`);
    },
    async end() {
      if (shown) await to.write("\r\x1b[K");
      shown = false;
    },
  };
}
