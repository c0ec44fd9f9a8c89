import { describe, expect, test } from "bun:test";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";
import {
  awarenessFrame,
  decodeFrame,
  KEEPALIVE_FRAME,
  syncStep1Frame,
  syncStep2Frame,
  updateFrame,
} from "../../src/contract/frames.ts";

const bytes = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
};

function sample(): Y.Doc {
  const doc = new Y.Doc();
  doc.getArray("a").push([1, "two", { three: 3 }]);
  return doc;
}

describe("frames", () => {
  test("FRM-1 what y-protocols writes decodes to what it was", () => {
    const doc = sample();
    const step1 = bytes((encoder) => {
      encoding.writeVarUint(encoder, 0);
      sync.writeSyncStep1(encoder, doc);
    });
    expect(decodeFrame(step1)).toEqual({
      ok: true,
      value: { type: "syncStep1", stateVector: Y.encodeStateVector(doc) },
    });
    const step2 = bytes((encoder) => {
      encoding.writeVarUint(encoder, 0);
      sync.writeSyncStep2(encoder, doc);
    });
    expect(decodeFrame(step2)).toEqual({
      ok: true,
      value: { type: "syncStep2", update: Y.encodeStateAsUpdate(doc) },
    });
    expect(decodeFrame(bytes((encoder) => encoding.writeVarUint(encoder, 3)))).toEqual({
      ok: true,
      value: { type: "queryAwareness" },
    });
  });

  test("FRM-1 what is written here, y-protocols reads", () => {
    const doc = sample();
    const copy = new Y.Doc();
    for (const frame of [syncStep2Frame(Y.encodeStateAsUpdate(doc)), updateFrame(new Uint8Array([0, 0]))]) {
      const decoder = decoding.createDecoder(frame);
      expect(decoding.readVarUint(decoder)).toBe(0);
      sync.readSyncMessage(decoder, encoding.createEncoder(), copy, null);
    }
    expect(copy.getArray("a").toJSON()).toEqual([1, "two", { three: 3 }]);
    const answer = encoding.createEncoder();
    const decoder = decoding.createDecoder(syncStep1Frame(Y.encodeStateVector(new Y.Doc())));
    decoding.readVarUint(decoder);
    sync.readSyncMessage(decoder, answer, copy, null);
    expect(encoding.length(answer)).toBeGreaterThan(10);
    expect(decodeFrame(KEEPALIVE_FRAME)).toMatchObject({ value: { type: "awareness" } });
    expect(decodeFrame(awarenessFrame(new Uint8Array([0])))).toMatchObject({ value: { type: "awareness" } });
  });

  test("FRM-2 what cannot be read is an error with a reason", () => {
    const broken = [
      [],
      [255],
      [0],
      [0, 3],
      [0, 0],
      [0, 0, 5, 1],
      [0, 2, 255, 255, 255, 255, 15],
      [1],
      [1, 4, 0],
    ];
    for (const frame of broken) {
      const decoded = decodeFrame(new Uint8Array(frame));
      expect([frame, decoded.ok]).toEqual([frame, false]);
      if (!decoded.ok) expect(decoded.error.why).not.toBe("");
    }
    const cut = syncStep2Frame(Y.encodeStateAsUpdate(sample()));
    for (let length = 0; length < cut.length; length++)
      expect(decodeFrame(cut.slice(0, length)).ok).toBe(false);
  });
});
