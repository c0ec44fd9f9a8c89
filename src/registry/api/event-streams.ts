/**
 * A document as server-sent events, for readers without Yjs: its rows once, then each change. An event's id is the
 * revision it leads to; who comes back with it, also after a restart of the daemon, gets what follows.
 */
import type { Gate } from "../../access/gate.ts";
import type { Grant, Target } from "../../access/grant.ts";
import type { Clock } from "../../runtime/clock.ts";
import { createBearers } from "../../sync/bearers.ts";
import type { Documents, LiveDocument } from "../../sync/documents.ts";
import type { Change } from "../../sync/recent-changes.ts";
import { changeEvent, HEARTBEAT, idOnly, resetEvent, retryHint } from "./change-event.ts";
import { createEventStream, type EventStream } from "./event-stream.ts";
import { problem } from "./problems.ts";

export interface EventStreams {
  answer(document: LiveDocument, reader: EventReader): Promise<Response>;
  /** Streams that are open. */
  readonly size: number;
  /** Ends them all: readers come back to the next daemon. */
  close(): void;
}

export interface EventReader {
  readonly grant: Grant;
  /** What it was let in to read. */
  readonly target: Target;
  /** The id of the last event it has; null: none. */
  readonly lastEventId: string | null;
  /** Without one: whether it wants changes alone, not the rows as they are. */
  readonly fromNow: boolean;
}

export interface EventStreamsDeps {
  readonly documents: Pick<Documents, "onRemoved" | "retain">;
  readonly gate: Pick<Gate, "current" | "onChange">;
  readonly clock: Clock;
  /** Somebody follows a document of the source until the returned function is called. */
  readonly watch?: (source: string) => () => void;
  readonly streamsMax?: number;
  readonly waitingBytesMax?: number;
}

/** Proxies cut what is silent for 30 s or more. */
const HEARTBEAT_MS = 15_000;
/** Each holds a connection and up to a megabyte. */
const STREAMS_MAX = 5_000;
const WAITING_BYTES_MAX = 1024 * 1024;

export function createEventStreams(deps: EventStreamsDeps): EventStreams {
  const { documents, clock, streamsMax = STREAMS_MAX, waitingBytesMax = WAITING_BYTES_MAX } = deps;
  const bearers = createBearers(deps.gate);
  /** By document. */
  const streams = new Map<string, Set<EventStream>>();
  /** One encoding of a change serves all who follow the document. */
  const encoded = new WeakMap<Change, Uint8Array>();
  let size = 0;
  let cancelBeat: (() => void) | null = null;
  const stopRemoved = documents.onRemoved((name) => endAll(name));

  function endAll(name: string): void {
    for (const stream of [...(streams.get(name) ?? [])]) stream.end();
  }
  function beat(): void {
    cancelBeat = size > 0 ? clock.wakeAt(clock.monotonicMs() + HEARTBEAT_MS, beat) : null;
    for (const open of streams.values()) for (const stream of [...open]) stream.push(HEARTBEAT);
    bearers.look();
  }
  function enter(name: string, stream: EventStream): void {
    const open = streams.get(name) ?? new Set();
    streams.set(name, open.add(stream));
    size++;
    cancelBeat ??= clock.wakeAt(clock.monotonicMs() + HEARTBEAT_MS, beat);
  }
  function leave(name: string, stream: EventStream): void {
    const open = streams.get(name);
    if (!open?.delete(stream)) return;
    size--;
    if (open.size === 0) streams.delete(name);
  }
  function encode(change: Change, document: LiveDocument): Uint8Array {
    const known = encoded.get(change);
    const bytes = known ?? changeEvent(change, document.baseline().columns);
    if (!known) encoded.set(change, bytes);
    return bytes;
  }

  return {
    get size() {
      return size;
    },
    async answer(document, { grant, target, lastEventId, fromNow }) {
      if (size >= streamsMax) {
        return problem("too-many-streams", {
          detail: "The daemon has as many event streams as it may: try again later.",
          headers: { "Retry-After": "30" },
        });
      }
      const release = documents.retain(document.name);
      const unwatch = deps.watch?.(document.meta().source);
      let stop: (() => void) | null = null;
      let ended = false;
      const stream = createEventStream({
        waitingBytesMax,
        onEnd() {
          ended = true;
          stop?.();
          release();
          unwatch?.();
          leave(document.name, stream);
          bearers.leave(visitor);
        },
      });
      const visitor = {
        address: "",
        grant,
        get ended() {
          return ended;
        },
        end: stream.end,
      };
      enter(document.name, stream);
      bearers.enter(visitor, "read", target);
      stop = await document.follow(lastEventId, {
        begin(now, missed) {
          const known = missed?.some(({ rekeyed }) => rekeyed) ? null : missed;
          if (known) {
            // No id of its own before what is missed: it would count as had when the connection breaks in between.
            stream.begin([retryHint(), known.length === 0 ? idOnly(now.revision()) : ""]);
            for (const change of known) stream.push(encode(change, now));
          } else if (lastEventId === null && fromNow) stream.begin([retryHint(), idOnly(now.revision())]);
          else stream.begin(resetEvent(now));
        },
        change(change) {
          if (!change.rekeyed) return stream.push(encode(change, document));
          // Rows have other keys from here on.
          stream.begin(resetEvent(document));
        },
      });
      if (ended) stop();
      if (document.ended) stream.end();
      return new Response(stream.body, {
        headers: {
          "Content-Type": "text/event-stream",
          "Cache-Control": "no-store",
          // nginx would gather events before it passes them on.
          "X-Accel-Buffering": "no",
        },
      });
    },
    close() {
      cancelBeat?.();
      stopRemoved();
      bearers.close();
      for (const name of [...streams.keys()]) endAll(name);
    },
  };
}
