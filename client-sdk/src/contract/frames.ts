/**
 * The y-websocket protocol, version 1 update encoding: one frame per binary WebSocket message, a varUint type and
 * a payload. Facts from y-protocols 1.0.7 (sync.js, awareness.js) and y-websocket 3.1.0.
 */
import { err, ok, type Result } from "./result.ts";
import { readVarBytes, readVarUint, writeVarUint } from "./varint.ts";

const MESSAGE_SYNC = 0;
const MESSAGE_AWARENESS = 1;
const MESSAGE_AUTH = 2;
const MESSAGE_QUERY_AWARENESS = 3;
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;
const SYNC_UPDATE = 2;

/** What a client may send. */
export type Frame =
  | { readonly type: "syncStep1"; readonly stateVector: Uint8Array }
  | { readonly type: "syncStep2"; readonly update: Uint8Array }
  | { readonly type: "update"; readonly update: Uint8Array }
  | { readonly type: "awareness"; readonly update: Uint8Array }
  | { readonly type: "queryAwareness" }
  | { readonly type: "unknown"; readonly code: number };

export interface MalformedFrame {
  readonly tag: "MalformedFrame";
  readonly why: string;
}

/** An awareness frame without states: what every client takes as a sign of life and nothing else. */
export const KEEPALIVE_FRAME: Uint8Array = /* @__PURE__ */ new Uint8Array([MESSAGE_AWARENESS, 1, 0]);

/** The update that changes nothing. */
export const EMPTY_UPDATE: Uint8Array = new Uint8Array([0, 0]);

export const syncStep1Frame = (stateVector: Uint8Array): Uint8Array =>
  frame([MESSAGE_SYNC, SYNC_STEP_1], stateVector);
export const syncStep2Frame = (update: Uint8Array): Uint8Array => frame([MESSAGE_SYNC, SYNC_STEP_2], update);
export const updateFrame = (update: Uint8Array): Uint8Array => frame([MESSAGE_SYNC, SYNC_UPDATE], update);
export const awarenessFrame = (update: Uint8Array): Uint8Array => frame([MESSAGE_AWARENESS], update);

/** Payloads are views into `bytes`: copy what outlives the message. */
export function decodeFrame(bytes: Uint8Array): Result<Frame, MalformedFrame> {
  try {
    const reader = { bytes, at: 0 };
    const type = readVarUint(reader);
    if (type === MESSAGE_QUERY_AWARENESS) return ok({ type: "queryAwareness" });
    if (type === MESSAGE_AWARENESS) return ok({ type: "awareness", update: readVarBytes(reader) });
    if (type !== MESSAGE_SYNC) return ok({ type: "unknown", code: type });
    const step = readVarUint(reader);
    const body = readVarBytes(reader);
    if (step === SYNC_STEP_1) return ok({ type: "syncStep1", stateVector: body });
    if (step === SYNC_STEP_2) return ok({ type: "syncStep2", update: body });
    if (step === SYNC_UPDATE) return ok({ type: "update", update: body });
    return malformed(`sync message ${step} is unknown`);
  } catch (cause) {
    return malformed((cause as Error).message);
  }
}

/** Type of an authentication frame, which stock clients only log. */
export const AUTH_MESSAGE: number = MESSAGE_AUTH;

function frame(head: readonly number[], body: Uint8Array): Uint8Array {
  const start: number[] = [];
  for (const part of head) writeVarUint(start, part);
  writeVarUint(start, body.length);
  const bytes = new Uint8Array(start.length + body.length);
  bytes.set(start);
  bytes.set(body, start.length);
  return bytes;
}

function malformed(why: string): Result<never, MalformedFrame> {
  return err({ tag: "MalformedFrame", why });
}
