/** Reads one feed of changes again and again, at once when somebody called, and hints what it names. */
import { backoffMs } from "../../model/pacing.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { ChangeFeed, SourceError } from "../../sources/source.ts";
import { createPush, type Push, type PushOptions } from "./push.ts";

export interface FeedReader {
  add(key: string, onHint: () => void): () => void;
  /** Reads now, or once more after the reading under way. */
  kick(): void;
  readonly push: Push | null;
}

export interface FeedReaderDeps {
  readonly runtime: Pick<Runtime, "clock" | "random" | "logger">;
  readonly feed: ChangeFeed;
  readonly push: PushOptions | null;
  /** Whether news arrive at present. */
  readonly onCovered: (covered: boolean) => void;
  readonly onEmpty: () => void;
}

/** One call for all workbooks of an account: a thousandth of what Drive grants a project. */
const READ_EVERY_MS = 3_000;
/** While pushes arrive, reading only finds what they missed. */
const READ_WHEN_PUSHED_MS = 60_000;
/** An API that is not enabled, a scope that was not granted: a person may change it, but hardly this minute. */
const REFUSED_WAIT_MS = 3_600_000;
/** Calls come in swarms. */
const SPACING_MS = 200;

export function createFeedReader(deps: FeedReaderDeps): FeedReader {
  const { feed, onCovered, onEmpty } = deps;
  const { clock, random, logger } = deps.runtime;
  const members = new Map<string, Set<() => void>>();
  const end = new AbortController();
  const push = deps.push ? createPush(feed, deps.runtime, deps.push) : null;
  let cursor: string | null = null;
  let failures = 0;
  let reading = false;
  let again = false;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let cancel = clock.wakeAt(clock.monotonicMs(), () => void read());

  function readAt(atMs: number): void {
    cancel();
    cancel = clock.wakeAt(atMs, () => void read());
  }

  async function read(): Promise<void> {
    if (reading || end.signal.aborted) return;
    reading = true;
    readAtMs = clock.monotonicMs();
    const news = await feed.read(cursor, end.signal);
    reading = false;
    if (end.signal.aborted) return;
    if (!news.ok) return failed(news.error);
    failures = 0;
    cursor = news.value.cursor;
    onCovered(true);
    push?.keep(cursor);
    for (const key of news.value.changed) for (const onHint of members.get(key) ?? []) onHint();
    readAt(again ? readAtMs + SPACING_MS : readAtMs + (push?.live() ? READ_WHEN_PUSHED_MS : READ_EVERY_MS));
    again = false;
  }

  function failed(error: SourceError): void {
    failures++;
    onCovered(false);
    const refused = error.tag === "Unauthorized" || error.tag === "NotFound" || error.tag === "Malformed";
    // A cursor that is not taken any more is asked for anew; what it missed is found by polls.
    if (refused) cursor = null;
    if (failures === 1) logger.info("no hints of changes", { why: error.tag });
    const waitMs = refused ? REFUSED_WAIT_MS : backoffMs(failures, random.float());
    readAt(clock.monotonicMs() + Math.max(READ_EVERY_MS, waitMs));
  }

  return {
    push,
    add(key, onHint) {
      const hints = members.get(key) ?? new Set();
      members.set(key, hints.add(onHint));
      return () => {
        hints.delete(onHint);
        if (hints.size === 0) members.delete(key);
        if (members.size > 0 || end.signal.aborted) return;
        end.abort();
        cancel();
        push?.end();
        onEmpty();
      };
    },
    kick() {
      if (reading) again = true;
      else readAt(Math.max(clock.monotonicMs(), readAtMs + SPACING_MS));
    },
  };
}
