import { backoffMs } from "../model/pacing.ts";
import type { Clock } from "../runtime/clock.ts";
import { sleep } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Random } from "../runtime/random.ts";
import type { Source } from "../sources/source.ts";

export interface WatchDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly onHint: () => void;
}

/** A watch that held this long was good: its end is no failure in a row. */
const GOOD_MS = 60_000;

/**
 * Watches a source that says by itself when it changed, again and again until it is ended. A watch that fails harms
 * nothing: the source is polled all the same. Returns its end.
 */
export function startWatch(source: Source, { clock, random, logger, onHint }: WatchDeps): () => void {
  const end = new AbortController();
  void (async () => {
    let failures = 0;
    while (source.watch && !end.signal.aborted) {
      const startedAt = clock.monotonicMs();
      const ended = await source.watch(onHint, end.signal);
      if (end.signal.aborted) return;
      failures = clock.monotonicMs() - startedAt >= GOOD_MS ? 1 : failures + 1;
      logger.info("watch ended", { why: ended.ok ? "closed" : ended.error.tag, failures });
      await sleep(clock, backoffMs(failures, random.float()), end.signal);
    }
  })();
  return () => end.abort();
}
