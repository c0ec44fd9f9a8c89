/** A reader with a Yjs document, as the y-websocket provider keeps one, in virtual time. */
import * as Y from "yjs";
import { CLOSE } from "#contract/close-codes.ts";
import { decodeFrame, EMPTY_UPDATE, syncStep1Frame, syncStep2Frame, updateFrame } from "#contract/frames.ts";
import { META } from "#contract/layout.ts";
import { type Fold, followMirror } from "../../client-sdk/src/fold.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import type { SeededRandom } from "../support/seeded-random.ts";
import type { Dialled, Links } from "./links.ts";
import type { Trace } from "./trace.ts";

export interface SimClient {
  readonly name: string;
  readonly room: string;
  readonly doc: Y.Doc;
  /** What the SDK makes of the document. */
  readonly fold: Fold;
  /** Has what the server had when it last connected, and is still connected. */
  readonly synced: boolean;
  /** The server said last that there is no such document. */
  readonly gone: boolean;
  /** Frames with content since the start; signs of life do not count. */
  readonly updates: number;
  /** Hangs up and stays away, or comes back. */
  setOnline(online: boolean): void;
  close(): void;
}

export interface SimClientDeps {
  readonly name: string;
  readonly room: string;
  readonly token: string;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly links: Links;
  readonly trace: Trace;
  /** What is written into its document goes to the server; else it only reads. */
  readonly writes?: boolean;
}

/** After this without a word a stock client gives the connection up. */
const SILENCE_MAX_MS = 30_000;
const PAUSE_MAX_MS = 2_500;
const GONE_PAUSE_MS = 5_000;
/** Origin of what comes from the server. */
const SERVER = "server";

export function createSimClient({
  name,
  room,
  token,
  clock,
  random,
  links,
  trace,
  writes = false,
}: SimClientDeps): SimClient {
  let doc = newDoc();
  let fold = followMirror(doc, () => {});
  let dialled: Dialled | null = null;
  let [synced, gone, closed, away] = [false, false, false, false];
  let updates = 0;
  let cancelRetry = (): void => {};
  let cancelSilence = (): void => {};

  function newDoc(): Y.Doc {
    const made = new Y.Doc({ guid: room });
    made.clientID = 1_000_000 + random.int(1_000_000_000);
    if (writes) {
      made.on("update", (update: Uint8Array, origin: unknown) => {
        if (origin !== SERVER) dialled?.send(updateFrame(update));
      });
    }
    return made;
  }

  function connect(): void {
    const epoch = doc.getMap(META).get("epoch");
    const request = { room, token, epoch: typeof epoch === "string" ? epoch : null, address: name };
    dialled = links.dial(request, { onFrame, onClose });
    if (!dialled) return retry(random.float() * PAUSE_MAX_MS);
    listen();
    dialled.send(syncStep1Frame(Y.encodeStateVector(doc)));
  }

  function onFrame(bytes: Uint8Array): void {
    listen();
    const frame = decodeFrame(bytes);
    if (!frame.ok) throw new Error(`${name} got a frame that is none: ${frame.error.why}`);
    switch (frame.value.type) {
      case "syncStep1":
        return dialled?.send(
          syncStep2Frame(writes ? Y.encodeStateAsUpdate(doc, frame.value.stateVector) : EMPTY_UPDATE),
        );
      case "syncStep2":
      case "update":
        if (frame.value.update.length > EMPTY_UPDATE.length) updates++;
        Y.applyUpdate(doc, frame.value.update, SERVER);
        if (frame.value.type === "syncStep2") [synced, gone] = [true, false];
    }
  }

  function onClose(code: number): void {
    // A document that is gone stays so, mostly: asking again is not worth a step.
    lost(gone && code === CLOSE.noSuchDocument ? null : `${name} closed with ${code}`);
    if (code === CLOSE.epoch) {
      doc.destroy();
      doc = newDoc();
      fold = followMirror(doc, () => {});
    }
    gone = code === CLOSE.noSuchDocument;
    retry(gone ? GONE_PAUSE_MS : random.float() * PAUSE_MAX_MS);
  }

  function lost(what: string | null): void {
    if (what) trace.note(what);
    dialled = null;
    synced = false;
    cancelSilence();
  }

  function retry(ms: number): void {
    cancelRetry();
    if (!closed && !away) cancelRetry = clock.wakeAt(clock.monotonicMs() + ms, connect);
  }

  function listen(): void {
    cancelSilence();
    cancelSilence = clock.wakeAt(clock.monotonicMs() + SILENCE_MAX_MS, () => {
      dialled?.hangUp();
      lost(`${name} heard nothing for too long`);
      retry(random.float() * PAUSE_MAX_MS);
    });
  }

  connect();
  return {
    name,
    room,
    get doc() {
      return doc;
    },
    get fold() {
      return fold;
    },
    get synced() {
      return synced;
    },
    get gone() {
      return gone;
    },
    get updates() {
      return updates;
    },
    setOnline(online) {
      if (away !== online) return;
      away = !online;
      if (online) return connect();
      dialled?.hangUp();
      lost(`${name} goes away`);
      cancelRetry();
    },
    close() {
      closed = true;
      dialled?.hangUp();
      cancelRetry();
      cancelSilence();
    },
  };
}
