import { expect, test } from "bun:test";
import * as Y from "yjs";
import { applyUpdate, encodeStateVector, YDoc } from "ywasm";
import { decodeFrame, syncStep1Frame } from "#contract/frames.ts";
import { COLUMNS, LOG, META, ORDER } from "#contract/layout.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { createSyncStage, type StageClient } from "../support/sync-stage.ts";

/** What a client was sent, applied by Yrs (the Rust port of Yjs) as it came. */
function inYrs(client: StageClient): YDoc {
  const doc = new YDoc({});
  for (const bytes of client.frames) {
    const frame = decodeFrame(bytes);
    if (frame.ok && (frame.value.type === "syncStep2" || frame.value.type === "update"))
      applyUpdate(doc, frame.value.update, "server");
  }
  return doc;
}
function expectSame(yrs: YDoc, yjs: Y.Doc): void {
  for (const list of [LOG, ORDER, COLUMNS])
    expect(yrs.getArray(list).toJson(undefined)).toEqual(yjs.getArray(list).toJSON());
  expect(yrs.getMap(META).toJson(undefined)).toEqual(yjs.getMap(META).toJSON());
  expect(Y.decodeStateVector(encodeStateVector(yrs))).toEqual(Y.decodeStateVector(Y.encodeStateVector(yjs)));
}

test("SYN-66 Yrs reads the same content as Yjs, from every update and from the whole, sweeps and checkpoints included", async () => {
  const stage = await createSyncStage();
  const join = async (): Promise<StageClient> => {
    const client = stage.dial();
    client.send(syncStep1Frame(Y.encodeStateVector(client.doc)));
    await stage.clock.settle();
    return client;
  };
  const random = createSeededRandom("yrs");
  const throughout = await join();
  let rows = Array.from({ length: 40 }, (_, i) => [`Zeile ${i} ä🍎`, i, i / 3]);
  for (let round = 0; round < 400; round++) {
    rows = rows.map((row) => (random.int(8) === 0 ? [row[0]!, random.int(1000), random.float()] : row));
    if (round % 10 === 0) rows = [...rows].sort(() => random.float() - 0.5);
    if (round % 7 === 0) rows.splice(random.int(rows.length), 1, [`new ${round}`, round, 0]);
    await stage.write(rows);
  }
  const late = await join();
  expect(throughout.frames.length).toBeGreaterThan(300);
  expectSame(inYrs(throughout), throughout.doc);
  expectSame(inYrs(late), throughout.doc);
}, 60_000);
