/**
 * The socket of one document: the y-websocket protocol, with a way back after each loss.
 *
 *     idle --connect--> dialling --open--> joining --sync step 2--> synced
 *                          ^                  |          |
 *                          '---- waiting <----+----------'   lost: after a pause with full jitter
 *                                             |
 *                                             '--> ended     refused for good, or closed
 */
import * as Y from "yjs";
import { CLOSE, isFinal } from "./contract/close-codes.ts";
import {
  awarenessFrame,
  decodeFrame,
  EMPTY_UPDATE,
  syncStep1Frame,
  syncStep2Frame,
  updateFrame,
} from "./contract/frames.ts";
import type { TokenSource } from "./token-source.ts";

export interface LinkOptions {
  /** Address of the sync endpoint, without the room. */
  readonly syncUrl: string;
  /** The document's encoded name. */
  readonly room: string;
  readonly tokens: TokenSource;
  readonly WebSocket: typeof WebSocket;
  /** At least 0, below 1. */
  readonly random: () => number;
  /** Whether changes made here go to the server. */
  readonly writable: boolean;
  /** What the server is asked to continue; null: whatever it has. */
  readonly epoch: () => string | null;
  /** Brings content by another way while the socket opens; null when there is nothing to wait for. Never rejects. */
  readonly prepare?: (token: string) => Promise<void> | null;
}

export type LossReason = number | "silent" | "no-token";

export interface LinkEvents {
  onConnecting?(failures: number): void;
  onConnected?(): void;
  /** All that the server had when it was last asked has arrived. */
  onSynced(): void;
  /** `why` is the close code, or what this side gave up for. It tries again after `retryAfterMs`. */
  onLost?(why: LossReason, failures: number, retryAfterMs: number, detail: string): void;
  /** The server does not want to see this document again; or nobody has a token that it takes. */
  onRefused(code: number, detail: string): void;
  /** All changes made here so far have been handed to an open socket. */
  onSent?(): void;
  onPresence?(update: Uint8Array): void;
}

export interface Link {
  /** Connects, or tries again at once instead of at the end of the pause. */
  connect(): void;
  /** The page is looked at again, or the network is back: is the connection still one? */
  wake(): void;
  /** `onSynced` will be called once everything is there that the server has now. */
  ask(): void;
  sendPresence(update: Uint8Array): void;
  /** The server tells who is there. */
  askPresence(): void;
  close(): void;
}

/** The server says something every 15 s. */
const SILENCE_MAX_MS = 30_000;
/** An answer to a probe takes one round trip. */
const PROBE_MS_MAX = 5_000;
/** A new connection that does not come about is given up: browsers wait for two minutes. */
const DIAL_MS_MAX = 15_000;
/** Pauses are random, up to this at first, doubled at each failure: who was there together does not come back at once. */
const PAUSE_BASE_MS = 500;
const PAUSE_MAX_MS = 10_000;
/** Where the server asks for patience. */
const PATIENT_BASE_MS = 2_000;

export function openLink(doc: Y.Doc, options: LinkOptions, events: LinkEvents): Link {
  const { tokens, writable } = options;
  let socket: WebSocket | null = null;
  /** Names the attempt whose callbacks count. */
  let attempt = 0;
  let failures = 0;
  let refusals = 0;
  let ended = false;
  let open = false;
  let pausing = false;
  /** A sync step 1 is unanswered; another one is wanted after it. */
  let asked = false;
  let askAgain = false;
  const silence = timer(() => lost("silent"));
  const pause = timer(() => connect());
  const renewal = timer(() => {
    tokens.renew();
    connect();
  });

  function connect(): void {
    if (ended) return;
    hangUp();
    const mine = ++attempt;
    events.onConnecting?.(failures);
    const token = tokens.get();
    if (typeof token === "string") return dial(token, mine);
    token.then(
      (got) => mine === attempt && dial(got, mine),
      () => mine === attempt && lost("no-token"),
    );
  }

  function dial(token: string, mine: number): void {
    const epoch = options.epoch();
    const query = `?token=${encodeURIComponent(token)}${epoch ? `&epoch=${encodeURIComponent(epoch)}` : ""}`;
    const dialled = new options.WebSocket(`${options.syncUrl}/${options.room}${query}`);
    socket = dialled;
    dialled.binaryType = "arraybuffer";
    silence.start(DIAL_MS_MAX);
    const prepared = options.prepare?.(token) ?? null;
    dialled.onopen = () => {
      if (mine !== attempt) return;
      silence.start(SILENCE_MAX_MS);
      open = true;
      events.onConnected?.();
      const remainingMs = tokens.remainingMs();
      if (remainingMs !== null && remainingMs < RENEWAL_MS_MAX) renewal.start(remainingMs);
      if (prepared) void prepared.then(() => mine === attempt && open && ask());
      else ask();
    };
    dialled.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      if (mine === attempt) receive(new Uint8Array(data));
    };
    dialled.onclose = ({ code, reason }) => {
      if (mine === attempt) closed(code, reason, token);
    };
    // Without a listener some runtimes throw; the close that follows says the same.
    dialled.onerror = () => {};
  }

  function receive(bytes: Uint8Array): void {
    silence.start(SILENCE_MAX_MS);
    const frame = decodeFrame(bytes);
    // A frame of a later protocol is passed over.
    if (!frame.ok) return;
    switch (frame.value.type) {
      case "syncStep1":
        send(syncStep2Frame(writable ? Y.encodeStateAsUpdate(doc, frame.value.stateVector) : EMPTY_UPDATE));
        if (writable) events.onSent?.();
        return;
      case "update":
        return Y.applyUpdate(doc, frame.value.update, link);
      case "syncStep2":
        Y.applyUpdate(doc, frame.value.update, link);
        return answered();
      case "awareness":
        try {
          events.onPresence?.(frame.value.update);
        } catch {
          // What another client tells of itself is its own affair.
        }
    }
  }

  function ask(): void {
    if (!open) return;
    askAgain = asked;
    if (asked) return;
    asked = true;
    send(syncStep1Frame(Y.encodeStateVector(doc)));
  }

  function answered(): void {
    failures = refusals = 0;
    asked = false;
    // The answer may have been made before what is now asked for happened.
    if (askAgain) return ask();
    events.onSynced();
  }

  function closed(code: number, reason: string, token: string): void {
    // Another token is worth one try: an old one may have just expired.
    if (code === CLOSE.token && refusals++ === 0 && tokens.refuse(token)) return connect();
    if (!isFinal(code)) return lost(code, reason);
    ended = true;
    hangUp();
    events.onRefused(code, reason);
  }

  function lost(why: LossReason, detail = ""): void {
    hangUp();
    const patient = why === CLOSE.slow || why === CLOSE.overloaded;
    const most = Math.min((patient ? PATIENT_BASE_MS : PAUSE_BASE_MS) * 2 ** failures, PAUSE_MAX_MS);
    const retryAfterMs = Math.round(options.random() * most);
    failures++;
    pausing = true;
    pause.start(retryAfterMs);
    events.onLost?.(why, failures, retryAfterMs, detail);
  }

  function hangUp(): void {
    attempt++;
    for (const one of [silence, pause, renewal]) one.stop();
    open = pausing = asked = askAgain = false;
    const old = socket;
    socket = null;
    if (!old) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
  }

  function send(frame: Uint8Array): void {
    if (open) socket?.send(frame as Uint8Array<ArrayBuffer>);
  }

  const onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === link || !open) return;
    send(updateFrame(update));
    events.onSent?.();
  };
  if (writable) doc.on("update", onUpdate);

  const link: Link = {
    connect,
    wake() {
      if (ended) return;
      if (pausing) return connect();
      if (!open) return;
      ask();
      silence.start(PROBE_MS_MAX);
    },
    ask,
    sendPresence: (update) => send(awarenessFrame(update)),
    askPresence: () => send(QUERY_AWARENESS),
    close() {
      ended = true;
      doc.off("update", onUpdate);
      hangUp();
    },
  };
  return link;
}

/** Message type 3 of the y-websocket protocol, which is all of its frame. */
const QUERY_AWARENESS = new Uint8Array([3]);
/** Timers of more than 2^31 ms fire at once. */
const RENEWAL_MS_MAX = 2 ** 31 - 1;

interface Timer {
  /** Starts, or starts again. */
  start(ms: number): void;
  stop(): void;
}

function timer(run: () => void): Timer {
  let id: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(id);
  return {
    start(ms) {
      stop();
      id = setTimeout(run, ms);
    },
    stop,
  };
}
