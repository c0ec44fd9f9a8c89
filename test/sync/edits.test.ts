import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { syncStep1Frame } from "#contract/frames.ts";
import { createEditsStage, type EditsStage, outcome, PLACE } from "../support/edits-stage.ts";

const cell = (value: unknown, base: unknown = null) => ({ value, base });

async function started(options: Parameters<typeof createEditsStage>[0] = {}): Promise<EditsStage> {
  const stage = await createEditsStage(options);
  await stage.start();
  return stage;
}

describe("a subject's edits document", () => {
  test("EDT-1 is the subject's own: all its sessions share it, nobody else sees it", async () => {
    const stage = await started();
    const [ann, ann2, ben] = [stage.dial("ann"), stage.dial("ann"), stage.dial("ben")];
    await stage.clock.settle();
    ann.edits.set("1:0", cell("mine"));
    await stage.clock.advance(100);
    expect(ann2.edits.toJSON()).toEqual({ "1:0": cell("mine") });
    expect(ben.edits.size).toBe(0);
    ben.edits.set("1:0", cell("his"));
    await stage.clock.advance(100);
    expect(ann.edits.toJSON()).toEqual({ "1:0": cell("mine") });
    expect(
      stage.taken.map(({ place, change }) => [place.subject, change.put.map(({ wish }) => wish)]),
    ).toEqual([
      ["ann", [{ tag: "cell", row: 1, slot: 0, value: "mine", base: null }]],
      ["ben", [{ tag: "cell", row: 1, slot: 0, value: "his", base: null }]],
    ]);
  });

  test("EDT-2 opens for who may write the tab: others are closed with 4403, an unknown tab with 4404", async () => {
    const stage = await started({ mayWrite: (token) => token === "ann" });
    const [ann, ben] = [stage.dial("ann"), stage.dial("ben")];
    const nowhere = stage.dial("ann", { room: "shop/Nowhere~edits" });
    const mirror = stage.dial("ann", { room: "shop/Prices" });
    await stage.clock.settle();
    expect([ann.closed, ben.closed?.code, nowhere.closed?.code]).toEqual([null, 4403, 4404]);
    mirror.edits.set("1:0", cell("x"));
    await stage.clock.settle();
    expect(mirror.closed?.code).toBe(4403);
  });

  test("EDT-3 cannot be reached by another name, whatever the subject is called", async () => {
    const stage = await started();
    const subject = "user:a/b@c~edits?d%20e";
    const client = stage.dial(subject);
    await stage.clock.settle();
    client.edits.set("1:0", cell("x"));
    await stage.clock.settle();
    const names = (await stage.backend.log.documents("shop/")).filter((name) => name.includes("~edits"));
    expect(names.length).toBe(1);
    for (const room of [...names, decodeURIComponent(names[0]!), `${names[0]}~edits`]) {
      const spy = stage.dial("spy", { room });
      await stage.clock.settle();
      expect([room, spy.closed?.code]).toEqual([room, 4404]);
    }
    expect(stage.taken[0]!.place).toEqual({ source: "shop", tab: "Prices", subject });
    expect((await stage.documents.has("shop/Prices")).ok).toBe(true);
  });

  test("EDT-4 gives an edit once it is durable, by an id that names the very edit", async () => {
    const stage = await started();
    const ann = stage.dial("ann");
    await stage.clock.settle();
    ann.edits.set("1:0", cell("first"));
    await stage.clock.settle();
    const [first] = stage.put();
    expect(first).toMatchObject({ key: "1:0", atMs: stage.clock.nowMs() });
    expect(first!.id).toBe(`1:${ann.doc.clientID}:0`);
    const [name] = (await stage.backend.log.documents("shop/")).filter((known) => known.includes("~edits"));
    expect((await stage.backend.log.read(name!, 0)).map(({ author }) => author)).toEqual(["ann"]);
    await stage.clock.advance(60_000);
    expect(stage.taken.length).toBe(1);
  });

  test("EDT-5 what its taker does not take is given again, with pauses; only the newest of a key, the others as withdrawn", async () => {
    const stage = await started();
    stage.refusal = "disk full";
    const ann = stage.dial("ann");
    await stage.clock.settle();
    ann.edits.set("1:0", cell("a"));
    ann.edits.set("2:0", cell("stays"));
    await stage.clock.advance(700);
    ann.edits.set("1:0", cell("b"));
    await stage.clock.advance(3_000);
    expect(stage.taken).toEqual([]);
    stage.refusal = null;
    await stage.clock.advance(30_000);
    const [{ change }] = stage.taken as [EditsStage["taken"][number]];
    expect(stage.taken.length).toBe(1);
    expect(change.put.map(({ key, wish }) => [key, (wish as { value: unknown }).value])).toEqual([
      ["2:0", "stays"],
      ["1:0", "b"],
    ]);
    expect(change.withdrawn).toEqual([`1:${ann.doc.clientID}:0`]);
    ann.edits.delete("2:0");
    await stage.clock.settle();
    expect(stage.taken[1]!.change).toEqual({ put: [], withdrawn: [`1:${ann.doc.clientID}:1`] });
  });

  test("EDT-6 news change the very edit they are of; told again they change nothing", async () => {
    const stage = await started();
    const ann = stage.dial("ann");
    await stage.clock.settle();
    for (const key of ["1:0", "2:0", "3:0"]) ann.edits.set(key, cell(key));
    await stage.clock.settle();
    const [a, b, c] = stage.put().map(({ id }) => id);
    const progress = { id: a!, state: "writing" as const };
    await stage.edits.tell(PLACE, [{ key: "1:0", id: a!, tag: "progress", progress }]);
    await stage.clock.advance(100);
    expect(ann.progress.toJSON()).toEqual({ "1:0": progress });
    const news = [
      { key: "1:0", id: a!, tag: "confirmed" as const },
      { key: "2:0", id: b!, tag: "outcome" as const, outcome: outcome(b!) },
    ];
    // A newer edit of the key must survive what is told of the earlier one.
    ann.edits.set("3:0", cell("newer"));
    await stage.clock.settle();
    await stage.edits.tell(PLACE, [...news, { key: "3:0", id: c!, tag: "confirmed" }]);
    await stage.clock.advance(100);
    expect(ann.edits.toJSON()).toEqual({ "3:0": cell("newer") });
    expect([ann.progress.toJSON(), ann.outcomes.toJSON()]).toEqual([{}, { "2:0": outcome(b!) }]);
    const [name] = (await stage.backend.log.documents("shop/")).filter((known) => known.includes("~edits"));
    const before = (await stage.backend.log.read(name!, 0)).length;
    await stage.edits.tell(PLACE, news);
    expect((await stage.backend.log.read(name!, 0)).length).toBe(before);
    ann.outcomes.delete("2:0");
    await stage.clock.settle();
    await stage.edits.tell(PLACE, news);
    expect([ann.closed, ann.outcomes.size]).toEqual([null, 0]);
    expect(stage.taken.flatMap(({ change }) => change.withdrawn)).toEqual([c!]);
  });

  test("EDT-7 outcomes that nobody acknowledges are bounded, the oldest make room", async () => {
    const stage = await started({ limits: { editOutcomesMax: 3 } });
    const ann = stage.dial("ann");
    await stage.clock.settle();
    for (let row = 1; row <= 5; row++) {
      ann.edits.set(`${row}:0`, cell(row));
      await stage.clock.settle();
      const { key, id } = stage.put().at(-1)!;
      await stage.edits.tell(PLACE, [{ key, id, tag: "outcome", outcome: outcome(id) }]);
      await stage.clock.advance(100);
    }
    expect([...ann.outcomes.keys()].sort()).toEqual(["3:0", "4:0", "5:0"]);
  });

  test("EDT-8 a malformed entry is given with what is wrong with it, and can be refused", async () => {
    const stage = await started();
    const ann = stage.dial("ann");
    await stage.clock.settle();
    const odd: [string, unknown][] = [
      ["what", cell(1)],
      ["1:0", "text"],
      ["1:1", { value: [1, 2] }],
      ["1:2", { value: 1, at: "yesterday" }],
      ["1:3", null],
      ["1:4", undefined],
      ["1:5", { value: 10n }],
      ["+new", { values: { a: 1 } }],
    ];
    for (const [key, value] of odd) ann.edits.set(key, value);
    await stage.clock.settle();
    expect(stage.put().map(({ key, wish }) => [key, typeof wish])).toEqual(
      odd.map(([key]) => [key, "string"]),
    );
    await stage.edits.tell(
      PLACE,
      stage
        .put()
        .map(({ key, id }) => ({ key, id, tag: "outcome", outcome: outcome(id, { code: "malformed" }) })),
    );
    await stage.clock.advance(100);
    expect([ann.closed, ann.edits.size, ann.outcomes.size]).toEqual([null, 0, odd.length]);
  });

  test("EDT-9 no epoch and no state vector of a client is a reason to close", async () => {
    const stage = await started();
    const doc = new Y.Doc();
    doc.getMap("edits").set("1:0", cell("made offline"));
    const ann = stage.dial("ann", { doc });
    ann.send(syncStep1Frame(Y.encodeStateVector(doc)));
    await stage.clock.settle();
    expect([ann.closed, stage.put().length]).toEqual([null, 1]);
  });

  test("EDT-10 an update that overtook what was written offline is asked for again, and nothing is lost", async () => {
    const stage = await started();
    const doc = new Y.Doc();
    for (let row = 1; row <= 3; row++) doc.getMap("edits").set(`${row}:0`, cell(row));
    const ann = stage.dial("ann", { doc });
    ann.edits.set("4:0", cell("before the first answer"));
    await stage.clock.settle();
    ann.edits.set("5:0", cell("after"));
    await stage.clock.settle();
    expect(
      stage
        .put()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(["1:0", "2:0", "3:0", "4:0", "5:0"]);
    expect(ann.closed).toBeNull();
  });
});

describe("a daemon's next life", () => {
  test("EDT-11 gives all that is not decided again, by the same ids, and what was taken back meanwhile", async () => {
    const first = await started();
    const ann = first.dial("ann");
    await first.clock.settle();
    for (const key of ["1:0", "2:0", "3:0"]) ann.edits.set(key, cell(key));
    await first.clock.settle();
    const [a, b, c] = first.put().map(({ id }) => id);
    const progress = (id: string) => ({ id, state: "received" as const });
    await first.edits.tell(PLACE, [
      { key: "1:0", id: a!, tag: "confirmed" },
      { key: "2:0", id: b!, tag: "progress", progress: progress(b!) },
      { key: "3:0", id: c!, tag: "progress", progress: progress(c!) },
    ]);
    first.refusal = "the taker is down";
    ann.edits.set("3:0", cell("newer"));
    await first.clock.settle();
    await first.close();

    const second = await started({ backend: first.backend });
    await second.clock.settle();
    const [{ place, change }] = second.taken as [EditsStage["taken"][number]];
    expect(place).toEqual(PLACE);
    expect(change.put.map(({ key, id }) => [key, id])).toEqual([
      ["2:0", b!],
      ["3:0", `1:${ann.doc.clientID}:3`],
    ]);
    expect(change.withdrawn).toEqual([c!]);
    const again = second.dial("ann", { doc: ann.doc });
    await second.clock.settle();
    expect([again.closed, Object.keys(again.progress.toJSON())]).toEqual([null, ["2:0"]]);
  });

  test("EDT-12 an update that the storage refused is not seen, closes with 4503, and comes with the next try", async () => {
    const stage = await started();
    const ann = stage.dial("ann");
    await stage.clock.settle();
    ann.edits.set("1:0", cell("durable"));
    await stage.clock.settle();
    const { log } = stage.backend;
    const append = log.append;
    log.append = async () => ({ ok: false, error: { tag: "StorageError", detail: "full" } });
    ann.edits.set("2:0", cell("lost?"));
    await stage.clock.settle();
    expect(ann.closed?.code).toBe(4503);
    expect(stage.put().map(({ key }) => key)).toEqual(["1:0"]);
    const told = await stage.edits.tell(PLACE, [{ key: "1:0", id: stage.put()[0]!.id, tag: "confirmed" }]);
    expect(told.ok).toBe(false);
    log.append = append;
    const again = stage.dial("ann", { doc: ann.doc });
    await stage.clock.settle();
    expect(stage.put().map(({ key }) => key)).toEqual(["1:0", "2:0"]);
    expect(
      (await stage.edits.tell(PLACE, [{ key: "1:0", id: stage.put()[0]!.id, tag: "confirmed" }])).ok,
    ).toBe(true);
    await stage.clock.advance(100);
    expect(Object.keys(again.edits.toJSON())).toEqual(["2:0"]);
  });

  test("EDT-32 an edit whose end the storage refused is given again, until its author is told", async () => {
    const stage = await started();
    const ann = stage.dial("ann");
    await stage.clock.settle();
    ann.edits.set("1:0", cell("a"));
    ann.edits.set("2:0", cell("waits"));
    await stage.clock.settle();
    const [{ id }] = stage.put() as [EditsStage["taken"][number]["change"]["put"][number]];
    const { log } = stage.backend;
    const append = log.append;
    log.append = async () => ({ ok: false, error: { tag: "StorageError", detail: "full" } });
    const news = { key: "1:0", id, tag: "outcome", outcome: outcome(id) } as const;
    for (let times = 2; times < 5; times++) {
      expect((await stage.edits.tell(PLACE, [news])).ok).toBe(false);
      await stage.clock.advance(600);
      expect(stage.put().filter((edit) => edit.id === id)).toHaveLength(times);
    }
    log.append = append;
    expect((await stage.edits.tell(PLACE, [news])).ok).toBe(true);
    await stage.clock.advance(60_000);
    expect(ann.outcomes.toJSON()).toEqual({ "1:0": outcome(id) });
    expect(stage.put()).toHaveLength(5);
  });
});

describe("the right to write", () => {
  test("EDT-16 a session ends with 4403 when its token stops giving it", async () => {
    let writes = true;
    let changed: (token: string) => void = () => {};
    const stage = await started({
      mayWrite: () => writes,
      onChange(listener) {
        changed = listener;
        return () => {};
      },
    });
    const [ann, reader] = [stage.dial("ann"), stage.dial("ann", { room: "shop/Prices" })];
    await stage.clock.settle();
    expect(ann.closed).toBeNull();
    writes = false;
    changed("ann");
    await stage.clock.settle();
    expect([ann.closed?.code, reader.closed]).toEqual([4403, null]);
  });
});
