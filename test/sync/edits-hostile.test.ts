import { describe, expect, test } from "bun:test";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { syncStep2Frame, updateFrame } from "#contract/frames.ts";
import type { SyncLimits } from "../../src/sync/limits.ts";
import {
  createEditsStage,
  type EditsClient,
  type EditsStage,
  outcome,
  PLACE,
} from "../support/edits-stage.ts";
import { createHostileFrames } from "../support/hostile-frames.ts";
import { createSeededRandom } from "../support/seeded-random.ts";

const cell = (value: unknown) => ({ value, base: null });

interface Scene {
  readonly stage: EditsStage;
  readonly ann: EditsClient;
  readonly ben: EditsClient;
  /** What stands in the log of ann's document. */
  stored(): Promise<unknown>;
}

/** Ann and Ben each with an edit; Ann's second has an outcome. */
async function setUp(limits: Partial<SyncLimits> = {}): Promise<Scene> {
  const stage = await createEditsStage({ limits });
  await stage.start();
  const [ann, ben] = [stage.dial("ann"), stage.dial("ben")];
  await stage.clock.settle();
  ann.edits.set("1:0", cell("hers"));
  ann.edits.set("2:0", cell("no"));
  ben.edits.set("1:0", cell("his"));
  await stage.clock.settle();
  const [first, second] = stage.put().filter(({ id }) => id.includes(`:${ann.doc.clientID}:`));
  const progress = { id: first!.id, state: "received" as const };
  await stage.edits.tell(PLACE, [
    { key: "1:0", id: first!.id, tag: "progress", progress },
    { key: "2:0", id: second!.id, tag: "outcome", outcome: outcome(second!.id) },
  ]);
  await stage.clock.advance(100);
  async function stored(): Promise<unknown> {
    const doc = new Y.Doc();
    for (const { update } of await stage.backend.log.read("shop/Prices~edits?ann", 0))
      Y.applyUpdate(doc, update);
    return ["edits", "progress", "outcomes"]
      .map((name) => doc.getMap(name).toJSON())
      .concat([[...doc.share.keys()]]);
  }
  return { stage, ann, ben, stored };
}

/** Changes the client's own copy, and sends what that gives. */
type Crime = (doc: Y.Doc) => void;

const FORBIDDEN: Readonly<Record<string, Crime>> = {
  "a foreign shared type": (doc) => void doc.getMap("other").set("x", 1),
  "a foreign list": (doc) => doc.getArray("other").push([1]),
  "a text": (doc) => doc.getText("notes").insert(0, "hello"),
  "a shared type as an edit": (doc) => void doc.getMap("edits").set("3:0", new Y.Map([["a", 1]])),
  "a shared type behind a plain edit": (doc) => {
    const inner = new Y.Map();
    doc.getMap("edits").set("3:0", inner);
    inner.set("x", new Y.Text("deep"));
  },
  "a subdocument": (doc) => void doc.getMap("edits").set("3:0", new Y.Doc()),
  bytes: (doc) => void doc.getMap("edits").set("3:0", new Uint8Array(9)),
  "a write into progress": (doc) => void doc.getMap("progress").set("3:0", { id: "x" }),
  "another progress": (doc) => void doc.getMap("progress").set("1:0", { id: "x" }),
  "the end of its progress": (doc) => doc.getMap("progress").delete("1:0"),
  "a write into outcomes": (doc) => void doc.getMap("outcomes").set("9:0", { id: "x" }),
  "another outcome": (doc) => void doc.getMap("outcomes").set("2:0", { id: "x" }),
  "the server's client id": (doc) => {
    doc.clientID = Math.min(...doc.store.clients.keys());
    doc.getMap("edits").set("3:0", cell(1));
  },
};

const MALFORMED: Readonly<Record<string, Crime>> = {
  "a deep value": (doc) => {
    let value: unknown = 1;
    for (let depth = 0; depth < 500; depth++) value = [value];
    doc.getMap("edits").set("3:0", { value });
  },
  "a long value": (doc) => void doc.getMap("edits").set("3:0", cell("x".repeat(200_001))),
  "a long key": (doc) => void doc.getMap("edits").set(`+${"x".repeat(300)}`, { values: {} }),
};

describe("hostile writers of an edits document", () => {
  for (const [crimes, code] of [
    [FORBIDDEN, 4403],
    [MALFORMED, 4400],
  ] as const) {
    for (const [name, commit] of Object.entries(crimes)) {
      test(`EDT-13 ${name} closes with ${code}, and nothing of it is stored, given or seen`, async () => {
        const { stage, ann, ben, stored } = await setUp();
        const [before, given] = [await stored(), stage.taken.length];
        const other = stage.dial("ann");
        await stage.clock.settle();
        commit(ann.doc);
        await stage.clock.advance(100);
        expect([ann.closed?.code, (ann.closed?.reason.length ?? 0) > 10]).toEqual([code, true]);
        expect([await stored(), stage.taken.length, other.closed, ben.closed]).toEqual([
          before,
          given,
          null,
          null,
        ]);
        ben.edits.set("5:0", cell("goes on"));
        other.edits.set("6:0", cell("hers too"));
        await stage.clock.advance(100);
        expect(
          stage
            .put()
            .slice(-2)
            .map(({ key }) => key),
        ).toEqual(["5:0", "6:0"]);
        expect(Object.keys(other.edits.toJSON()).sort()).toEqual(["1:0", "6:0"]);
      });
    }
  }

  test("EDT-13 an entry that only looks like a list's, or hides one, is refused however it is encoded", async () => {
    const { stage, ann, stored } = await setUp();
    const before = await stored();
    const list = new Y.Doc();
    list.getArray("edits").push([cell(1), cell(2)]);
    ann.send(updateFrame(Y.encodeStateAsUpdate(list)));
    await stage.clock.settle();
    expect([ann.closed?.code, await stored()]).toEqual([4403, before]);
  });

  test("EDT-13 too many entries, and a full document, close with 4503; what is decided makes room", async () => {
    const { stage, ann, ben } = await setUp({ editsPerDocumentMax: 50, editsDocumentBytesMax: 20_000 });
    ann.doc.transact(() => {
      for (let row = 1; row <= 60; row++) ann.edits.set(`${row}:1`, cell(row));
    });
    await stage.clock.settle();
    expect(ann.closed?.code).toBe(4503);
    let full: EditsClient = stage.dial("ann");
    await stage.clock.settle();
    for (let n = 0; n < 60 && !full.closed; n++) {
      full.edits.set("1:1", cell("y".repeat(900)));
      full.edits.set(`${n % 40}:2`, cell("y".repeat(900)));
      await stage.clock.settle();
    }
    expect(full.closed?.code).toBe(4503);
    const size = async (): Promise<number> =>
      (await stage.backend.log.read("shop/Prices~edits?ann", 0)).reduce(
        (sum, { update }) => sum + update.length,
        0,
      );
    expect(await size()).toBeLessThan(24_000);
    const news = stage.put().map(({ key, id }) => ({ key, id, tag: "confirmed" as const }));
    expect((await stage.edits.tell(PLACE, news)).ok).toBe(true);
    await stage.clock.advance(90_000);
    full = stage.dial("ann");
    await stage.clock.settle();
    full.edits.set("7:7", cell("room again"));
    await stage.clock.settle();
    expect([full.closed, ben.closed, stage.put().at(-1)!.key]).toEqual([null, null, "7:7"]);
  });

  test("EDT-14 whatever bytes it sends, its document goes on and others stay as they were", async () => {
    const random = createSeededRandom("hostile edits");
    const { stage, ann, ben, stored } = await setUp({ framesPerSecondMax: 1_000_000 });
    const before = await stored();
    const frames = createHostileFrames(random, Y.encodeStateVector(ann.doc));
    for (let n = 0; n < 1_500; n++) {
      const evil = stage.dial("ann");
      const valid = updateFrame(Y.encodeStateAsUpdate(ann.doc));
      evil.send(n % 3 === 0 ? mutated(valid) : (frames().bytes as Uint8Array));
      await stage.clock.settle();
      evil.hangUp();
    }
    function mutated(frame: Uint8Array): Uint8Array {
      const bytes = frame.slice();
      // Not the entry's own text: another value of hers is no crime.
      for (let times = 1 + random.int(3); times > 0; times--) bytes[random.int(20)] = random.int(256);
      return bytes;
    }
    const [, progress, outcomes, names] = (await stored()) as [object, object, object, string[]];
    const [, progressBefore, outcomesBefore] = before as [object, object, object];
    // A frame may happen to be an honest one: another edit of the key, or the outcome acknowledged.
    expect([progressBefore, {}]).toContainEqual(progress);
    expect([outcomesBefore, {}]).toContainEqual(outcomes);
    expect(names.sort()).toEqual(["edits", "outcomes", "progress"]);
    const honest = stage.dial("ann");
    await stage.clock.settle();
    honest.edits.set("8:8", cell("goes on"));
    await stage.clock.settle();
    expect([honest.closed, stage.put().at(-1)!.key]).toEqual([null, "8:8"]);
    expect(ben.edits.toJSON()).toEqual({ "1:0": cell("his") });
    expect(ben.closed).toBeNull();
  }, 60_000);

  test("EDT-15 concurrent entries made up to be dear are refused before they are applied", async () => {
    const { stage, ann, ben } = await setUp();
    // 8,000 writers, each with its own first entry of one key.
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 8_000);
    for (let client = 0; client < 8_000; client++) {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, 10_000_000 - client);
      encoding.writeVarUint(encoder, 0);
      encoding.writeUint8(encoder, 8 | 32);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, "edits");
      encoding.writeVarString(encoder, "1:1");
      encoding.writeVarUint(encoder, 1);
      encoding.writeAny(encoder, 1);
    }
    encoding.writeVarUint(encoder, 0);
    ann.send(syncStep2Frame(encoding.toUint8Array(encoder)));
    await stage.clock.settle();
    expect(ann.closed).toEqual({ code: 4503, reason: expect.stringContaining("too many changes") });
    expect(ben.closed).toBeNull();
  });
});
