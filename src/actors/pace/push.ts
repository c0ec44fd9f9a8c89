/** Has a feed call us when there is news: a channel at a time, the next one before the last one ends. */
import { timingSafeEqual } from "node:crypto";
import { backoffMs } from "../../model/pacing.ts";
import { randomHex } from "../../runtime/random.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { ChangeFeed } from "../../sources/source.ts";

export interface PushOptions {
  /** Where the far end reaches us. */
  readonly address: string;
}

/** A call that came in, as its headers say. */
export interface PushCall {
  readonly channel: string;
  readonly token: string;
  readonly message: number;
  /** sync: the channel works; anything else: there is news. */
  readonly state: string;
}

export type PushVerdict = "unknown" | "duplicate" | "sync" | "news";

export interface Push {
  /** Opens a channel where none is open or the last one ends soon; asked for after each good reading. */
  keep(cursor: string): void;
  /** Whether calls are known to arrive. */
  live(): boolean;
  take(call: PushCall): PushVerdict;
  end(): void;
}

interface OpenChannel {
  readonly id: string;
  readonly token: string;
  resourceId: string | null;
  /** Wall time. */
  endsAtMs: number;
  message: number;
  /** A call came: the address is right and reaches us. */
  heard: boolean;
}

/** Shorter than the longest that Google allows, so that a daemon that was killed leaves nothing behind for long. */
const LIFE_MS = 24 * 3_600_000;
/** The next one is open this long before the last one ends. */
const OVERLAP_MS = 3_600_000;
const TOKEN_BYTES = 24;

export function createPush(
  feed: ChangeFeed,
  { clock, random, logger }: Pick<Runtime, "clock" | "random" | "logger">,
  { address }: PushOptions,
): Push {
  const channels = new Map<string, OpenChannel>();
  const end = new AbortController();
  let opening = false;
  let failures = 0;
  let notBeforeMs = 0;

  async function open(cursor: string): Promise<void> {
    opening = true;
    const [id, token] = [randomHex(random, 16), randomHex(random, TOKEN_BYTES)];
    const endsAtMs = clock.nowMs() + LIFE_MS;
    const channel: OpenChannel = { id, token, resourceId: null, endsAtMs, message: 0, heard: false };
    // Its first call may come before the answer does.
    channels.set(id, channel);
    const opened = await feed.watch({ id, token, address, endsAtMs }, cursor, end.signal);
    opening = false;
    if (!opened.ok) {
      channels.delete(id);
      failures++;
      notBeforeMs = clock.monotonicMs() + 60_000 + backoffMs(failures, random.float());
      logger.info("no push channel", { why: opened.error.tag, failures });
      return;
    }
    failures = 0;
    channel.resourceId = opened.value.resourceId;
    channel.endsAtMs = opened.value.endsAtMs;
    if (end.signal.aborted) close(channel);
  }

  function close({ id, resourceId }: OpenChannel): void {
    channels.delete(id);
    if (resourceId !== null) void feed.stop({ id, resourceId }, new AbortController().signal);
  }

  function newest(): OpenChannel | null {
    const open = [...channels.values()].filter(({ resourceId }) => resourceId !== null);
    return open.sort((a, b) => b.endsAtMs - a.endsAtMs)[0] ?? null;
  }

  return {
    keep(cursor) {
      const nowMs = clock.nowMs();
      for (const channel of channels.values()) if (channel.endsAtMs <= nowMs) channels.delete(channel.id);
      const last = newest();
      const needed = !last || last.endsAtMs - nowMs < OVERLAP_MS;
      if (needed && !opening && clock.monotonicMs() >= notBeforeMs) void open(cursor);
    },
    live() {
      const nowMs = clock.nowMs();
      return [...channels.values()].some(({ heard, endsAtMs }) => heard && endsAtMs > nowMs);
    },
    take({ channel: id, token, message, state }) {
      const channel = channels.get(id);
      if (!channel || !equal(channel.token, token)) return "unknown";
      if (!(message > channel.message)) return "duplicate";
      channel.message = message;
      channel.heard = true;
      return state === "sync" ? "sync" : "news";
    },
    end() {
      end.abort();
      for (const channel of channels.values()) close(channel);
    },
  };
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
