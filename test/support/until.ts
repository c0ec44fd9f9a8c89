/** Waits for what comes over real sockets, a look every few milliseconds; fails with `what` when it does not come. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (holds()) return;
    await Bun.sleep(LOOK_MS);
  }
  throw new Error(`it did not come to be that ${what}`);
}

const LOOK_MS = 5;
/** 30 s: a busy machine is no failure. */
const LOOKS_MAX = 6_000;
