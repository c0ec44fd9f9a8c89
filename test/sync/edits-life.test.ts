import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { syncStep2Frame } from "#contract/frames.ts";
import type { Backend } from "../../src/backend/backend.ts";
import {
  createEditsStage,
  type EditsClient,
  type EditsStage,
  outcome,
  PLACE,
} from "../support/edits-stage.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { createSocketHub } from "../support/socket-hub.ts";
import { createViewStage } from "../support/view-stage.ts";

const cell = (value: unknown) => ({ value, base: null });
const IDLE_MS = 90_000;

async function started(options: Parameters<typeof createEditsStage>[0] = {}): Promise<EditsStage> {
  const stage = await createEditsStage(options);
  await stage.start();
  return stage;
}
const editsNames = async (stage: EditsStage): Promise<string[]> =>
  (await stage.backend.log.documents("")).filter((name) => name.includes("~edits"));

/** Confirms all that was given and stands there. */
async function confirmAll(stage: EditsStage, subject: string): Promise<void> {
  const news = stage.taken
    .filter(({ place }) => place.subject === subject)
    .flatMap(({ change }) => change.put)
    .map(({ key, id }) => ({ key, id, tag: "confirmed" as const }));
  const told = await stage.edits.tell({ ...PLACE, subject }, news);
  if (!told.ok) throw new Error(told.error.detail);
  await stage.clock.advance(100);
}

describe("an edits document that is spent", () => {
  test("EDT-20 is erased once nobody is connected and nothing stands in it; another one is kept and leaves memory", async () => {
    const stage = await started();
    const [ann, ben, cat] = [stage.dial("ann"), stage.dial("ben"), stage.dial("cat")];
    await stage.clock.settle();
    for (const client of [ann, ben, cat]) client.edits.set("1:0", cell("x"));
    await stage.clock.settle();
    await confirmAll(stage, "ann");
    await confirmAll(stage, "cat");
    ann.hangUp();
    ben.hangUp();
    await stage.clock.advance(IDLE_MS);
    expect(await editsNames(stage)).toEqual(["shop/Prices~edits?ben", "shop/Prices~edits?cat"]);
    expect(stage.edits.size).toBe(1);
    const again = stage.dial("ben");
    await stage.clock.settle();
    expect(again.edits.toJSON()).toEqual({ "1:0": cell("x") });
  });

  test("EDT-21 counts as decided when a late client brings it again: deleted at once, never taken twice", async () => {
    const stage = await started();
    const ann = stage.dial("ann");
    await stage.clock.settle();
    for (const key of ["1:0", "2:0"]) ann.edits.set(key, cell(key));
    await stage.clock.settle();
    // Another tab of hers that hears nothing from now on.
    const asleep = new Y.Doc();
    Y.applyUpdate(asleep, Y.encodeStateAsUpdate(ann.doc));
    const { id } = stage.put()[0]!;
    await stage.edits.tell(PLACE, [{ key: "1:0", id, tag: "outcome", outcome: outcome(id) }]);
    await stage.clock.advance(100);
    const withOutcome = new Y.Doc();
    Y.applyUpdate(withOutcome, Y.encodeStateAsUpdate(ann.doc));
    ann.outcomes.delete("1:0");
    await stage.clock.settle();
    await confirmAll(stage, "ann");
    ann.hangUp();
    await stage.clock.advance(IDLE_MS);
    expect(await editsNames(stage)).toEqual([]);

    const given = stage.put().length;
    asleep.getMap("edits").set("3:0", cell("made while asleep"));
    for (const doc of [asleep, withOutcome, ann.doc]) {
      const late = stage.dial("ann", { doc });
      await stage.clock.advance(100);
      expect([late.closed, Object.keys(late.edits.toJSON()), late.outcomes.size]).toEqual([null, ["3:0"], 0]);
    }
    expect(
      stage
        .put()
        .slice(given)
        .map(({ key }) => key),
    ).toEqual(["3:0"]);
    expect(stage.put().at(-1)!.id.split(":")[0]).not.toBe(id.split(":")[0]);
  });

  test("EDT-22 does not take an entry along that had to make room for one that came back", async () => {
    for (const [low, high] of [
      [10, 20],
      [20, 10],
    ] as const) {
      const stage = await started();
      const doc = new Y.Doc();
      doc.clientID = 1_000_000 + low;
      const ann = stage.dial("ann", { doc });
      await stage.clock.settle();
      ann.edits.set("1:0", cell("old"));
      await stage.clock.settle();
      const asleep = new Y.Doc();
      Y.applyUpdate(asleep, Y.encodeStateAsUpdate(doc));
      await confirmAll(stage, "ann");
      ann.hangUp();
      await stage.clock.advance(IDLE_MS);
      const fresh = new Y.Doc();
      fresh.clientID = 1_000_000 + high;
      const other = stage.dial("ann", { doc: fresh });
      await stage.clock.settle();
      other.edits.set("1:0", cell("new"));
      await stage.clock.settle();
      const late = stage.dial("ann", { doc: asleep });
      await stage.clock.advance(100);
      expect(late.edits.toJSON()).toEqual({ "1:0": cell("new") });
      expect(other.edits.toJSON()).toEqual({ "1:0": cell("new") });
      expect(stage.put().at(-1)!.wish).toMatchObject({ value: "new" });
    }
  });

  test("EDT-23 a month of editors leaves no trace in the mirror, and in the edits documents none that grows", async () => {
    const stage = await started();
    const mirror = await stage.documents.open("shop/Prices");
    if (!mirror.ok) throw new Error(mirror.error.tag);
    const writers = () => Y.decodeStateVector(mirror.value.stateVector()).size;
    const before = [writers(), mirror.value.stateVector().length];
    // Of 10,000 editors 1,200, half of them behind one shared token; each is another Yjs client.
    for (let editor = 0; editor < 1_200; editor++) {
      const subject = editor % 2 === 0 ? "shared" : `user:${editor % 50}`;
      const client = stage.dial(subject);
      await stage.clock.settle();
      client.edits.set(`${1 + (editor % 40)}:0`, cell(editor));
      await stage.clock.settle();
      const { key, id } = stage.put().at(-1)!;
      await stage.edits.tell({ ...PLACE, subject }, [{ key, id, tag: "confirmed" }]);
      client.hangUp();
      if (editor % 100 === 99) {
        await stage.clock.advance(IDLE_MS);
        expect(await editsNames(stage)).toEqual([]);
      }
    }
    expect(stage.put().length).toBe(1_200);
    expect([writers(), mirror.value.stateVector().length]).toEqual(before);
    const memories = await stage.backend.kv.list<{ floor: readonly unknown[] }>("edits/");
    expect(memories.length).toBe(26);
    for (const { value } of memories) expect(value.floor.length).toBeLessThanOrEqual(1_000);
    const client = stage.dial("shared");
    await stage.clock.settle();
    expect(Y.encodeStateAsUpdate(client.doc).length).toBeLessThan(10);
  }, 30_000);

  test("EDT-24 a removed tab, and a removed source, take their edits documents along and close their sessions with 4404", async () => {
    const stage = await started();
    const [prices, stock] = [stage.dial("ann"), stage.dial("ann", { room: "shop/Stock~edits" })];
    await stage.clock.settle();
    for (const { edits } of [prices, stock]) edits.set("1:0", cell("x"));
    await stage.clock.settle();
    await stage.documents.remove("shop/Prices");
    await stage.clock.settle();
    expect([prices.closed?.code, stock.closed]).toEqual([4404, null]);
    expect(await editsNames(stage)).toEqual(["shop/Stock~edits?ann"]);
    expect((await stage.backend.kv.list("edits/")).length).toBe(1);
    expect((await stage.edits.remove("shop")).ok).toBe(true);
    await stage.clock.settle();
    expect(stock.closed?.code).toBe(4404);
    expect([await editsNames(stage), await stage.backend.kv.list("edits/")]).toEqual([[], []]);
  });
});

describe("a subject that never comes back", () => {
  test("EDT-26 takes its edits documents along, in all tabs, and nobody else's", async () => {
    const stage = await started();
    const clients = [stage.dial("ann"), stage.dial("ann", { room: "shop/Stock~edits" }), stage.dial("ben")];
    await stage.clock.settle();
    for (const { edits } of clients) edits.set("1:0", cell("x"));
    await stage.clock.settle();
    expect((await stage.edits.forget("ann")).ok).toBe(true);
    await stage.clock.settle();
    expect(clients.map(({ closed }) => closed?.code ?? null)).toEqual([4404, 4404, null]);
    expect(await editsNames(stage)).toEqual(["shop/Prices~edits?ben"]);
    expect((await stage.backend.kv.list("edits/")).length).toBe(1);
  });
});

describe("a revoked token", () => {
  test("EDT-26 leaves no edits document in the daemon", async () => {
    const stage = await createViewStage([["A-1", 1, "north"]]);
    const { id, token } = await stage.token({ action: "write" });
    const doc = new Y.Doc();
    doc.getMap("edits").set("1:1", cell(2));
    const closed: number[] = [];
    const socket = createSocketHub().open({ onFrame: () => {}, onClose: (code) => closed.push(code) });
    const request = { room: "shop/Prices~edits", token, epoch: null, address: "127.0.0.1" };
    stage.daemon.connect(socket, request).message(syncStep2Frame(Y.encodeStateAsUpdate(doc)));
    await stage.clock.settle();
    const names = async () =>
      (await stage.backend.log.documents("")).filter((name) => name.includes("~edits"));
    expect(await names()).toEqual([`shop/Prices~edits?token%3A${id}`]);
    expect((await stage.call("DELETE", `/api/v1/tokens/${id}`)).status).toBeLessThan(300);
    await stage.clock.settle();
    expect([closed, await names()]).toEqual([[4401], []]);
  });
});

describe("edits over many lives", () => {
  for (let seed = 1; seed <= 8; seed++) {
    test(`EDT-25 each edit is given until it is decided or withdrawn, and ends in one state, seed ${seed}`, async () => {
      const random = createSeededRandom(`edits ${seed}`);
      const backend = (await createEditsStage()).backend;
      let stage = await started({ backend });
      const docs = [new Y.Doc(), new Y.Doc()];
      let clients: EditsClient[] = docs.map((doc) => stage.dial("ann", { doc }));
      await stage.clock.settle();
      /** As a taker's outbox: by id what it was given last. */
      const outbox = new Map<string, string>();
      const decided = new Set<string>();
      const known = new Map<unknown, string>();
      let value = 0;
      const note = (): void => {
        for (const { change } of stage.taken.splice(0)) {
          for (const { key, id, wish } of change.put) {
            expect(decided.has(id)).toBe(false);
            const [seen] = [known.get(id)];
            if (seen !== undefined) expect(seen).toBe(JSON.stringify(wish));
            known.set(id, JSON.stringify(wish));
            outbox.set(id, key);
          }
          for (const id of change.withdrawn) outbox.delete(id);
        }
      };
      for (let step = 0; step < 60; step++) {
        const client = random.pick(clients);
        const key = `${1 + random.int(6)}:0`;
        const what = random.int(10);
        if (what < 5) client.edits.set(key, cell(++value));
        else if (what === 5) client.edits.delete(key);
        else if (what === 6) client.outcomes.delete(key);
        await stage.clock.settle();
        note();
        if (what >= 7 && outbox.size > 0) {
          const [id, at] = random.pick([...outbox]);
          const news =
            random.int(2) === 0
              ? { key: at, id, tag: "confirmed" as const }
              : { key: at, id, tag: "outcome" as const, outcome: outcome(id) };
          if ((await stage.edits.tell(PLACE, [news])).ok) {
            decided.add(id);
            outbox.delete(id);
          }
        }
        const fate = random.int(12);
        if (fate === 0) {
          await stage.close();
          stage = await started({ backend });
          clients = docs.map((doc) => stage.dial("ann", { doc }));
        } else if (fate === 1) {
          for (const one of clients) one.hangUp();
          await stage.clock.advance(IDLE_MS);
          clients = docs.map((doc) => stage.dial("ann", { doc }));
        }
        await stage.clock.settle();
        note();
      }
      await stage.clock.advance(1_000);
      note();
      const [one, other] = clients as [EditsClient, EditsClient];
      expect([one.closed, other.closed]).toEqual([null, null]);
      expect(one.edits.toJSON()).toEqual(other.edits.toJSON());
      // What stands there is exactly what the taker has.
      expect([...outbox.values()].sort()).toEqual([...one.edits.keys()].sort());
    });
  }
});

/** A backend whose process dies at its nth write: half of them are on disk, and nobody hears of any. */
function mortal(backend: Backend, writes: number): Backend {
  let left = writes;
  const dying = <A extends unknown[], R>(write: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (left > 0) {
        left--;
        return write(...args);
      }
      if (left === 0 && writes % 2 === 0) await write(...args);
      left = -1;
      return new Promise<R>(() => {});
    };
  };
  const { log, kv } = backend;
  return {
    ...backend,
    log: { ...log, append: dying(log.append), compact: dying(log.compact), remove: dying(log.remove) },
    kv: { ...kv, put: dying(kv.put), remove: dying(kv.remove) },
  };
}

describe("a daemon that is killed", () => {
  for (let writes = 4; writes < 30; writes++) {
    test(`EDT-11 at its write ${writes}: each edit is given until it is decided, and the document erased in the end`, async () => {
      const { backend } = await createEditsStage();
      const docs = [new Y.Doc(), new Y.Doc()];
      docs.forEach((doc, i) => {
        doc.clientID = 5_000 + i;
      });
      const decided = new Map<string, string>();
      async function live(stage: EditsStage): Promise<void> {
        const [ann, other] = docs.map((doc) => stage.dial("ann", { doc })) as [EditsClient, EditsClient];
        await stage.clock.settle();
        for (const [client, keys] of [
          [ann, ["1:0", "2:0"]],
          [other, ["3:0", "4:0"]],
        ] as const) {
          for (const key of keys) if (!made.has(key)) client.edits.set(key, cell(key));
          for (const key of keys) made.add(key);
          await stage.clock.settle();
        }
        for (const { key, id } of stage.put()) {
          const told = stage.edits.tell(PLACE, [{ key, id, tag: "confirmed" }]);
          await Promise.race([told, stage.clock.advance(100)]);
          await stage.clock.advance(100);
          decided.set(id, key);
        }
        for (const client of [ann, other]) client.hangUp();
        await stage.clock.advance(IDLE_MS);
      }
      const made = new Set<string>();
      const dying = await Promise.race([
        createEditsStage({ backend: mortal(backend, writes) }),
        new Promise<null>((resolve) => setImmediate(() => setImmediate(() => resolve(null)))),
      ]);
      if (dying) {
        await dying.start();
        await live(dying);
      }
      const next = await started({ backend });
      await live(next);
      await live(next);
      expect([...new Set(decided.values())].sort()).toEqual(["1:0", "2:0", "3:0", "4:0"]);
      expect(docs.map((doc) => doc.getMap("edits").size)).toEqual([0, 0]);
      expect(await editsNames(next)).toEqual([]);
    });
  }
});
