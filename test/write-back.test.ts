/** Edits from a client's document into the sheet and back, with the whole daemon on an emulated Google in virtual time. */
import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { EDITS, OUTCOMES } from "#contract/edits.ts";
import { createShopStage as createStage, SECOND } from "./support/shop-stage.ts";

describe("write-back", () => {
  test("WRB-7 an edit in a client's document stands in the sheet, and leaves the document once it does", async () => {
    const stage = await createStage();
    const doc = new Y.Doc();
    stage.join(doc);
    await stage.clock.settle();
    doc.getMap(EDITS).set("1:1", { value: 9, base: 1 });
    doc.getMap(EDITS).set("+new", { values: { 0: "d", 1: 4 } });
    doc.getMap(EDITS).set("2:0", { value: "key" });
    await stage.clock.advance(3 * SECOND);
    expect(stage.sheet()).toEqual([
      ["a", 9, "first"],
      ["b", 2, "second"],
      ["c", 3, "third"],
      ["d", 4],
    ]);
    expect(doc.getMap(EDITS).toJSON()).toEqual({});
    expect(doc.getMap(OUTCOMES).toJSON()).toMatchObject({ "2:0": { state: "refused", code: "key-column" } });
    expect((await stage.rows()).map(({ $row, price }) => [$row, price])).toEqual([
      [1, 9],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    await stage.clock.advance(60 * SECOND);
    expect((await stage.rows()).map(({ $row }) => $row)).toEqual([1, 2, 3, 4]);
    await stage.close();
  });

  test("WRB-8 an edit over REST is answered with what became of it, and lands in its row after a sort", async () => {
    const stage = await createStage();
    stage.person.sortRange("Prices", "A2:C", 0, true);
    const receipts = await stage.edit(
      { row: 1, column: "price", value: 8, base: 1 },
      { row: 2, column: "note", value: null },
      { remove: 3 },
      { row: 1, column: "sku", value: "z" },
    );
    expect(receipts.map(({ state }) => state)).toEqual(["confirmed", "confirmed", "confirmed", "refused"]);
    expect(stage.sheet()).toEqual([
      ["b", 2],
      ["a", 8, "first"],
    ]);
    await stage.close();
  });

  const POLICIES = [
    ["sheet", "conflict", 50, "theirs"],
    ["client", "confirmed", 9, "mine"],
    ["latest", "conflict", 50, "theirs"],
    ["ask", "conflict", 50, "nobody"],
  ] as const;
  for (const [conflictPolicy, state, price, kept] of POLICIES) {
    test(`WRB-15 ${conflictPolicy}: a person and an edit change one cell, one value stands, the other is kept`, async () => {
      const stage = await createStage({ conflictPolicy });
      stage.person.setCell("Prices", "B2", 50);
      const [receipt] = await stage.edit({ row: 1, column: "price", value: 9, base: 1 });
      expect(receipt).toMatchObject({ state });
      expect(stage.sheet()[0]).toEqual(["a", price, "first"]);
      expect(await stage.conflicts()).toMatchObject([
        { column: "price", base: 1, mine: 9, theirs: 50, kept, state: "open" },
      ]);
      await stage.clock.advance(3 * SECOND);
      expect((await stage.rows())[0]).toMatchObject({ price });
      await stage.close();
    });
  }

  test("GOO-76 a poll finds a row again by guess: what waits for that row is not written into another", async () => {
    const stage = await createStage({ keyColumns: {} });
    stage.net.answer((request) =>
      request.url.includes(":batchUpdate") ? new Response("busy", { status: 503 }) : stage.carry(request),
    );
    const doc = new Y.Doc();
    stage.join(doc);
    await stage.clock.settle();
    doc.getMap(EDITS).set("1:1", { value: 9, base: 1 });
    doc.getMap(EDITS).set("3:2", { value: "3rd", base: "third" });
    await stage.clock.advance(3 * SECOND);
    // The first row went; another one that came looks more like it than any.
    stage.person.deleteRows("Prices", 1);
    stage.person.insertRows("Prices", 2);
    stage.person.setCells("Prices", "A3", [["d", 1, "first"]]);
    await stage.clock.advance(10 * SECOND);
    expect((await stage.rows()).map(({ $row, sku }) => [$row, sku])).toContainEqual([1, "d"]);
    stage.net.answer(stage.carry);
    await stage.clock.advance(180 * SECOND);
    expect(doc.getMap(OUTCOMES).toJSON()).toMatchObject({ "1:1": { state: "refused", code: "row-moved" } });
    expect(stage.sheet()).toEqual([
      ["b", 2, "second"],
      ["d", 1, "first"],
      ["c", 3, "3rd"],
    ]);
    await stage.close();
  });

  test("WRB-13 the answer of an applied write is lost: it is looked for, and nothing is written twice", async () => {
    const stage = await createStage();
    stage.loseWrites((number) => (number === 1 ? new Response("{}", { status: 503 }) : null));
    const receipts = await stage.edit(
      { add: { sku: "d", price: 4 } },
      { row: 1, column: "price", value: 9, base: 1 },
    );
    expect(receipts.map(({ state }) => state)).toEqual(["confirmed", "confirmed"]);
    await stage.clock.advance(60 * SECOND);
    expect(stage.sheet()).toEqual([
      ["a", 9, "first"],
      ["b", 2, "second"],
      ["c", 3, "third"],
      ["d", 4],
    ]);
    expect((await stage.rows()).map(({ $row }) => $row)).toEqual([1, 2, 3, 4]);
    expect(await stage.source()).not.toHaveProperty("writeBack");
    await stage.close();
  });

  test("WRB-20 a workbook that may only be read says what to do, and its edits go out once it is shared", async () => {
    const stage = await createStage();
    stage.emulator.share(stage.id, stage.email, "reader");
    const [receipt] = await stage.edit({ row: 1, column: "price", value: 9 });
    expect(receipt).toMatchObject({
      state: "writing",
      why: expect.stringContaining("refuses to be written"),
    });
    expect(await stage.source()).toMatchObject({
      writeBack: { pending: 1, problem: { code: "unauthorized" } },
    });
    stage.emulator.share(stage.id, stage.email, "writer");
    await stage.clock.advance(120 * SECOND);
    expect(stage.sheet()[0]).toEqual(["a", 9, "first"]);
    await stage.close();
  });

  test("WRB-26 edits are counted by how they ended", async () => {
    const stage = await createStage();
    await stage.edit({ row: 1, column: "price", value: 9 }, { row: 2, column: "price", value: 9, base: 7 });
    const metrics = await stage.metrics();
    expect(metrics).toContain('sheetwire_writebacks_total{outcome="confirmed"} 1');
    expect(metrics).toContain('sheetwire_writebacks_total{outcome="conflict"} 1');
    expect(metrics).toContain("sheetwire_deadletters 0");
    await stage.close();
  });

  test("WRB-12 an edit is in the sheet within a second, and edits of a second fit into few requests", async () => {
    const stage = await createStage();
    const doc = new Y.Doc();
    stage.join(doc);
    await stage.clock.settle();
    const before = stage.net.requests.length;
    for (let i = 0; i < 10; i++) {
      doc.getMap(EDITS).set("1:1", { value: 100 + i });
      doc.getMap(EDITS).set("2:1", { value: 200 + i });
      await stage.clock.advance(10);
    }
    await stage.clock.advance(400);
    expect(stage.sheet().map(([, price]) => price)).toEqual([109, 209, 3]);
    const writes = stage.net.requests.slice(before).filter(({ url }) => url.includes(":batchUpdate"));
    expect(writes.length).toBe(1);
    await stage.close();
  });

  for (const lost of [0, 1]) {
    const how = lost > 0 ? ", the answer of a write lost too" : "";
    test(`WRB-14 the daemon is killed before any write of its disk${how}: every edit of the document lands once`, async () => {
      let killed = true;
      let writes = 0;
      for (let nth = 1; killed; nth++) {
        const stage = await createStage();
        stage.loseWrites((number) => (number <= lost ? new Response("{}", { status: 503 }) : null));
        const doc = new Y.Doc();
        stage.join(doc);
        await stage.clock.settle();
        [killed, writes] = [false, 0];
        stage.onCommit(() => {
          if (killed || ++writes !== nth) return;
          killed = true;
          stage.kill();
        });
        stage.person.setCell("Prices", "B3", 50);
        doc.getMap(EDITS).set("1:1", { value: 9, base: 1 });
        doc.getMap(EDITS).set("2:1", { value: 8, base: 2 });
        doc.getMap(EDITS).set("+new", { values: { 0: "d", 1: 4 } });
        await stage.clock.advance(250);
        doc.getMap(EDITS).set("-3", {});
        await stage.clock.advance(10 * SECOND);
        stage.onCommit(() => {});
        if (killed) {
          await stage.start();
          stage.join(doc);
          await stage.clock.advance(60 * SECOND);
        }
        const where = `killed before write ${nth}`;
        expect([where, stage.sheet()]).toEqual([
          where,
          [
            ["a", 9, "first"],
            ["b", 50, "second"],
            ["d", 4],
          ],
        ]);
        expect([where, (await stage.rows()).map(({ $row, sku }) => `${$row} ${sku}`)]).toEqual([
          where,
          ["1 a", "2 b", "4 d"],
        ]);
        expect([where, doc.getMap(EDITS).toJSON()]).toEqual([where, {}]);
        expect(doc.getMap(OUTCOMES).toJSON()).toMatchObject({ "2:1": { state: "conflict", theirs: 50 } });
        expect([where, (await stage.conflicts()).length]).toEqual([where, 1]);
        await stage.close();
      }
      expect(writes).toBeGreaterThan(15);
    }, 300_000);
  }
});
