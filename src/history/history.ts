/** What changed when, and by whom: recorded from the logs, asked for, and erased when its time is over. */
import { mirrorName } from "#contract/document-name.ts";
import { err, type Result } from "#contract/result.ts";
import type { Backend, StorageError } from "../backend/backend.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Present, stateAt, type TooOld } from "./as-of.ts";
import { HISTORY_LIMITS, type HistoryLimits } from "./limits.ts";
import { type Entry, type HistoryQuery, readEntries } from "./read.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { compactHistory, erase } from "./retention.ts";
import { sourcePrefix, type TabPlace } from "./segment.ts";

export interface History {
  /** What documents need to be remembered. */
  readonly recorder: Recorder;
  /** From now on what is too old is looked for every hour. */
  start(): void;
  /** The newest first, with all that is durable in the tab's log. */
  read(place: TabPlace, query?: HistoryQuery): AsyncGenerator<Entry>;
  /** The tab at a time, from what its document holds now. */
  stateAt(place: TabPlace, present: Present, timeMs: number): Promise<Result<Present, TooOld | StorageError>>;
  /** Erases all that is kept of a source; may be asked again. */
  forgetSource(source: string): Promise<Result<void, StorageError>>;
  /** Erases what is too old or too much in all tabs. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface HistoryDeps extends Pick<Backend, "log" | "kv"> {
  readonly runtime: Pick<Runtime, "clock" | "logger">;
  readonly limits?: Partial<HistoryLimits>;
  /** Of a full segment; SEGMENT_BYTES when absent. */
  readonly segmentBytes?: number;
  /** Lets the loop turn amid much reading. */
  readonly pause?: () => Promise<void>;
}

/** Between two looks at all tabs. */
const SWEEP_MS = 3_600_000;
/** Bytes of full segments after which a tab is looked at, as a share of its bound. */
const LOOK_SHARE = 1 / 16;
/** Tabs are found by this many keys at a time. */
const PAGE = 1;
const PREFIX = "history/";

export function createHistory({
  log,
  kv,
  runtime,
  limits: given,
  segmentBytes,
  pause,
}: HistoryDeps): History {
  const { clock } = runtime;
  const logger = runtime.logger.child({ part: "history" });
  const limits = { ...HISTORY_LIMITS, ...given };
  /** Bytes since the last look, by the place of the tab's keys. */
  const grown = new Map<string, number>();
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  const recorder = createRecorder({
    log,
    kv,
    runtime: { clock, logger },
    segmentBytes,
    onFull(base, bytes) {
      const sum = (grown.get(base) ?? 0) + bytes;
      grown.set(base, sum);
      if (sum < limits.historyBytesMax * LOOK_SHARE) return;
      grown.delete(base);
      void inTurn(() => look(base));
    },
  });
  let cancel = (): void => {};

  function start(): void {
    cancel = clock.wakeAt(clock.monotonicMs() + SWEEP_MS, () => {
      if (closed) return;
      start();
      void sweep();
    });
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  async function look(base: string): Promise<void> {
    if (closed) return;
    const compacted = await compactHistory(kv, base, limits, clock.nowMs(), pause);
    if (!compacted.ok) logger.warn("history not compacted", { detail: compacted.error.detail });
    else if (compacted.value.gone > 0) logger.info("history compacted", { ...compacted.value });
  }

  /** Where the keys of each tab begin. */
  async function* bases(): AsyncGenerator<string> {
    for (let after = PREFIX; ; ) {
      const [found] = await kv.list<unknown>(PREFIX, { after, limit: PAGE });
      if (!found) return;
      const base = found.key.split("/").slice(0, 3).join("/");
      yield `${base}/`;
      // "0" is the character behind "/".
      after = `${base}0`;
    }
  }

  async function sweep(): Promise<void> {
    for await (const base of bases()) await inTurn(() => look(base));
  }

  return {
    recorder,
    start,
    async *read(place, query) {
      await recorder.caughtUp(mirrorName(place.source, place.tab));
      yield* readEntries(kv, place, query, { pause });
    },
    async stateAt(place, present, timeMs) {
      const name = mirrorName(place.source, place.tab);
      if (!(await recorder.recorded(name, present.position))) {
        return err({ tag: "StorageError", detail: `the history of ${name} cannot be brought up to date` });
      }
      return stateAt(kv, place, present, timeMs, pause);
    },
    async forgetSource(source) {
      await recorder.drop(source);
      return inTurn(() => erase(kv, sourcePrefix(source)));
    },
    sweep,
    async close() {
      closed = true;
      cancel();
      await recorder.close();
      await turn;
    },
  };
}
