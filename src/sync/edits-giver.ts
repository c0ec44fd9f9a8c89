/**
 * Gives what stands in one edits document to who carries it out, and asks again until that is durable there:
 *
 *     idle --edits came or went--> giving --taken, nothing new--> idle
 *                                    |  ^
 *                          refused --'  '-- after a pause that grows
 */
import { parseEdit } from "#contract/edits.ts";
import { err } from "#contract/result.ts";
import { type Clock, sleep } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import type { EditNews, EditsChange, EditsTaker } from "./edits.ts";
import type { EditsDocument } from "./edits-document.ts";

export interface EditsGiver {
  /** Edits may have come or gone, or there is a taker now. */
  look(): void;
  /** The taker told what came of these: they need neither be given nor taken back. */
  decided(news: readonly EditNews[]): void;
  /** The document could not be told what came of these: given again, they are answered with it. */
  untold(news: readonly EditNews[]): void;
  /** Something is given and not taken yet. */
  readonly busy: boolean;
  stop(): void;
}

export interface EditsGiverDeps {
  readonly document: EditsDocument;
  readonly taker: () => EditsTaker | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 30_000;

export function createEditsGiver({ document, taker, clock, logger }: EditsGiverDeps): EditsGiver {
  /** Offered at least once, by id; in an earlier life too, as the document's progress says. */
  const given = new Map<string, { readonly key: string; taken: boolean }>();
  for (const [id, key] of document.received()) given.set(id, { key, taken: false });
  const stopped = new AbortController();
  let giving = false;
  const untold = new Set<string>();
  let cancelAgain: (() => void) | null = null;

  function change(): EditsChange | null {
    const arrivals = document.arrivals();
    const live = new Set(arrivals.map(({ id }) => id));
    const put = arrivals
      .filter(({ id }) => !given.get(id)?.taken)
      .map(({ value, ...entry }) => ({ ...entry, wish: parseEdit(entry.key, value) }));
    const withdrawn = [...given.keys()].filter((id) => !live.has(id));
    return put.length + withdrawn.length === 0 ? null : { put, withdrawn };
  }

  async function offer(take: EditsTaker, { put, withdrawn }: EditsChange): Promise<boolean> {
    for (const { id, key } of put) if (!given.has(id)) given.set(id, { key, taken: false });
    const taken = await take(document.place, { put, withdrawn }).catch((cause: unknown) =>
      err({ tag: "StorageError" as const, detail: String(cause) }),
    );
    if (!taken.ok) {
      logger.warn("edits not taken", { document: document.name, detail: taken.error.detail });
      return false;
    }
    for (const { id } of put) {
      const known = given.get(id);
      if (known) known.taken = true;
    }
    if (withdrawn.length === 0) return true;
    const ended = await document.endProgress(new Set(withdrawn));
    if (ended.ok) for (const id of withdrawn) given.delete(id);
    return ended.ok;
  }

  async function give(): Promise<void> {
    for (let waitMs = RETRY_MS_MIN; !stopped.signal.aborted && !document.ended; ) {
      await document.settled();
      const take = taker();
      const next = take && change();
      if (!take || !next) return;
      if (await offer(take, next)) waitMs = RETRY_MS_MIN;
      else {
        await sleep(clock, waitMs, stopped.signal);
        waitMs = Math.min(RETRY_MS_MAX, waitMs * 2);
      }
    }
  }

  function look(): void {
    if (giving) return;
    giving = true;
    void give().finally(() => {
      giving = false;
      // What came between the last look and this turn.
      if (!stopped.signal.aborted && !document.ended && taker() && change()) look();
    });
  }

  function giveAgain(): void {
    cancelAgain = null;
    for (const id of untold) {
      const known = given.get(id);
      if (known) known.taken = false;
    }
    untold.clear();
    look();
  }

  return {
    look,
    decided(news) {
      for (const { id, tag } of news) if (tag !== "progress") given.delete(id);
    },
    untold(news) {
      for (const { id, tag } of news) if (tag !== "progress") untold.add(id);
      // Who tells may try again before that.
      if (untold.size > 0 && !stopped.signal.aborted)
        cancelAgain ??= clock.wakeAt(clock.monotonicMs() + RETRY_MS_MIN, giveAgain);
    },
    get busy() {
      return giving;
    },
    stop() {
      stopped.abort();
      cancelAgain?.();
    },
  };
}
