import { describe, expect, test } from "bun:test";
import type { WriteBatch } from "../../../../src/model/write.ts";
import { createStage, remembering, type Stage } from "./stage.ts";

/** Receipts that stand in the workbook. */
function receipts({ emulator, id }: Stage): { metadataId: number; metadataKey: string }[] {
  const answer = emulator.handle({
    method: "GET",
    url: `http://google.test/v4/spreadsheets/${id}?fields=developerMetadata`,
    headers: { authorization: `Bearer ${emulator.accounts.issueToken("owner@example.com")}` },
    body: "",
  });
  return JSON.parse(answer.body).developerMetadata ?? [];
}

const again = (batch: WriteBatch): WriteBatch => ({ ...batch, again: true });

describe("a batch that comes again", () => {
  test.each(["appliedThen503", "reset", "truncated", "garbage"] as const)(
    "GOO-68 it is not written twice where it landed though no answer came: %s",
    async (kind) => {
      const stage = await createStage();
      const { batchOf, cell, add, remove, send, fail, read, emulator, calls } = stage;
      const batch = batchOf(
        cell("a", "price", "1"),
        add(["e", 5]),
        add(["", 6]),
        remove("b"),
        cell("c", "total", 1),
        cell("d", "price", 4),
      );
      const answer = kind === "reset" ? { kind, applied: true } : { kind };
      emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
      expect((await fail(batch)).tag).toBe("Unreachable");
      const landed = read();
      expect(landed.map((row) => row[0])).toEqual(["sku", "a", "c", "d", "e", ""]);
      stage.person.setCell("Prices", "A5", "E");
      expect(await send(again(batch))).toMatchObject([
        { tag: "written", value: "1" },
        { tag: "written", values: ["e", 5] },
        { tag: "written", values: [null, 6] },
        { tag: "written" },
        { tag: "refused", code: "formula" },
        { tag: "written", value: 4 },
      ]);
      expect(calls.map((call) => call.kind)).toEqual(["search", "getByDataFilter"]);
      stage.person.setCell("Prices", "A5", "e");
      expect(read()).toEqual(landed);
    },
  );

  test("GOO-74 what landed below the table, which shrank under it, is not confirmed where no answer came", async () => {
    const { batchOf, cell, send, fail, read, emulator, hooks, person, calls } = await createStage();
    const batch = batchOf(cell("d", "price", 77), cell("a", "price", 11));
    hooks.between = () => person.deleteRows("Prices", 2);
    const answer = { kind: "reset", applied: true } as const;
    emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
    expect((await fail(batch)).tag).toBe("Unreachable");
    const landed = read();
    expect(await send(again(batch))).toMatchObject([
      { tag: "conflict", reason: "changed", theirs: 4, asked: false },
      { tag: "written", value: 11 },
    ]);
    expect(calls.some(({ kind }) => kind === "batchUpdate")).toBe(false);
    expect(read()).toEqual(landed);
  });

  test("GOO-74 what somebody typed over it is the sheet's, and it is a conflict", async () => {
    const { batchOf, cell, send, fail, emulator, person } = await createStage();
    const batch = batchOf(cell("d", "price", 77));
    const answer = { kind: "reset", applied: true } as const;
    emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
    await fail(batch);
    person.setCell("Prices", "B5", "78");
    expect(await send(again(batch))).toMatchObject([
      { tag: "conflict", reason: "changed", theirs: 78, asked: false },
    ]);
  });

  test.each([{ Prices: "sku" }, {}])(
    "GOO-75 cells, new rows and a removal that went astray are put right though no answer came (keys %p)",
    async (keyColumns: Record<string, string>) => {
      const stage = await createStage({ settings: { keyColumns } });
      const { batchOf, cell, add, remove, send, fail, read, emulator, hooks, person } = stage;
      person.setCells("Prices", "A6", [
        ["e", 5, 50],
        ["f", 6, 60],
      ]);
      await stage.poll();
      const batch = remembering(
        batchOf(cell("c", "price", 77), cell("d", "stock", 78), add(["g", 7]), remove("e")),
      );
      hooks.between = () => {
        person.deleteRows("Prices", 1);
        person.insertColumns("Prices", 1);
        person.setCell("Prices", "B1", "new");
      };
      emulator.placeFault({
        match: { path: ":batchUpdate" },
        answer: { kind: "reset", applied: true },
        times: 1,
      });
      await fail(batch);
      const outcomes = await send(again(batch));
      expect(outcomes.map(({ tag }) => tag)).toEqual(["conflict", "conflict", "written", "conflict"]);
      const [header = [], ...rows] = read();
      const kept = Object.fromEntries(
        rows
          .filter((row) => row[0])
          .map((row) => [row[0], ["price", "stock"].map((name) => row[header.indexOf(name)])]),
      );
      const others = { b: [2, 20], c: [3, 30], d: [4, 40], e: [5, 50], f: [6, 60] };
      expect(kept).toEqual({ ...others, g: [7, undefined] });
    },
  );

  test("GOO-75 what was hit is found by what it held beside, wherever somebody has moved it since", async () => {
    const { batchOf, cell, send, fail, read, emulator, hooks, person } = await createStage({
      settings: { keyColumns: { Prices: "sku" } },
    });
    const batch = batchOf(cell("b", "price", 77), cell("c", "stock", 78));
    hooks.between = () => person.deleteRows("Prices", 1);
    emulator.placeFault({
      match: { path: ":batchUpdate" },
      answer: { kind: "reset", applied: true },
      times: 1,
    });
    const kept = remembering(batch);
    await fail(kept);
    person.sortRange("Prices", "A2:D4", 0, true);
    expect(read().flat()).toContain(77);
    await send(again(kept));
    const rows = read().slice(1, 4);
    expect(rows.map((row) => row.slice(0, 3))).toEqual([
      ["d", 4, 40],
      ["c", 3, 30],
      ["b", 2, 20],
    ]);
  });

  test("GOO-75 a repair that went astray as well is put back by the next life", async () => {
    const { batchOf, cell, send, read, emulator, hooks, person } = await createStage({
      settings: { keyColumns: {} },
    });
    const before = read().toSorted();
    const kept = remembering(batchOf(cell("c", "price", 77), cell("b", "stock", 78)));
    hooks.between = () => person.moveRows("Prices", 3, 1, 1);
    hooks.after = () => {
      hooks.between = () => person.moveRows("Prices", 1, 1, 5);
      const answer = { kind: "reset", applied: true } as const;
      emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
      hooks.after = () => {
        const answer = { kind: "reset", applied: false } as const;
        emulator.placeFault({ match: {}, answer, times: 100 });
      };
    };
    await send(kept);
    expect(read().toSorted()).not.toEqual(before);
    emulator.clearFaults();
    await send(again(kept));
    expect(read().toSorted()).toEqual(before);
  });

  test("GOO-75 what was noted of a batch comes back however many of its repairs failed", async () => {
    const { batchOf, cell, send, read, emulator, hooks, person } = await createStage();
    const before = read().toSorted();
    const kept = remembering(batchOf(cell("c", "price", 77)));
    hooks.between = () => person.moveRows("Prices", 3, 1, 1);
    hooks.after = () => {
      const answer = { kind: "reset", applied: false } as const;
      emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 100 });
    };
    await send(kept);
    expect(read().toSorted()).not.toEqual(before);
    expect(kept.memo!.notes).toHaveLength(8);
    emulator.clearFaults();
    await send(again(kept));
    expect(read().toSorted()).toEqual(before);
  });

  test("GOO-75 nothing is sent that could not be noted", async () => {
    const { batchOf, cell, fail, read, calls } = await createStage();
    const before = read();
    const memo = { notes: [], keep: async () => false };
    expect(await fail({ ...batchOf(cell("c", "price", 77)), memo })).toMatchObject({ tag: "Unreachable" });
    expect(calls.map(({ kind }) => kind)).not.toContain("batchUpdate");
    expect(read()).toEqual(before);
  });

  test("GOO-75 a row that was edited since, so that it is not known again, keeps what it holds", async () => {
    const { batchOf, cell, send, fail, read, emulator, person } = await createStage({
      settings: { keyColumns: {} },
    });
    const batch = remembering(batchOf(cell("b", "sku", "B")));
    const answer = { kind: "reset", applied: true } as const;
    emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
    await fail(batch);
    person.setCells("Prices", "B3", [[201, 202]]);
    person.insertRows("Prices", 1);
    person.setCells("Prices", "A2", [["z", 9, 90]]);
    person.moveRows("Prices", 1, 1, 6);
    const landed = read();
    expect(await send(again(batch))).toMatchObject([{ tag: "conflict" }]);
    expect(read()).toEqual(landed);
  });

  test("GOO-74 a removal that took another row away is not confirmed where no answer came", async () => {
    const { batchOf, remove, send, fail, read, emulator, hooks, person } = await createStage();
    const batch = batchOf(remove("c"));
    hooks.between = () => person.deleteRows("Prices", 1);
    const answer = { kind: "reset", applied: true } as const;
    emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
    await fail(batch);
    const landed = read();
    expect(await send(again(batch))).toMatchObject([{ tag: "conflict", reason: "unheard", theirs: null }]);
    expect(read()).toEqual(landed);
  });

  test("GOO-68 it is written where it did not land", async () => {
    const { batchOf, cell, add, send, fail, read, emulator, calls } = await createStage();
    const batch = batchOf(cell("a", "price", 9), add(["e"]));
    emulator.placeFault({
      match: { path: ":batchUpdate" },
      answer: { kind: "reset", applied: false },
      times: 1,
    });
    expect((await fail(batch)).tag).toBe("Unreachable");
    expect((await send(again(batch))).map((one) => one.tag)).toEqual(["written", "written"]);
    expect(calls.map((call) => call.kind)).toEqual(["search", "getByDataFilter", "batchUpdate"]);
    expect(read()).toHaveLength(6);
  });

  test("GOO-68 of a late original and its repetition one lands, whichever comes first", async () => {
    const stage = await createStage();
    const { net, carry, batchOf, cell, add, fail, send, read } = stage;
    const batch = batchOf(cell("a", "price", 9), add(["e", 5]));
    const late: Parameters<typeof carry>[0][] = [];
    net.answer((request) => {
      if (!request.url.includes(":batchUpdate")) return carry(request);
      late.push(request);
      return { tag: "TimedOut", timeoutMs: 180_000 };
    });
    expect((await fail(batch)).tag).toBe("Unreachable");
    net.answer(carry);
    expect(await send(again(batch))).toMatchObject([{ tag: "written", value: 9 }, { tag: "written" }]);
    stage.person.setCell("Prices", "B2", 10);
    const landed = carry(late[0]!) as Response;
    expect([landed.status, await landed.text()]).toEqual([400, expect.stringContaining("already exists")]);
    expect(read().map((row) => row[1])).toEqual(["price", 10, 2, 3, 4, 5]);
  });

  test("GOO-68 a late original does not land after its repetition found nothing to write, or a row gone", async () => {
    const stage = await createStage();
    const { net, carry, batchOf, cell, add, fail, send, read, person } = stage;
    const batch = batchOf(cell("a", "price", 9), cell("b", "price", 9));
    const moved = batchOf(add(["e", 5]));
    const late: Parameters<typeof carry>[0][] = [];
    net.answer((request) => {
      if (!request.url.includes(":batchUpdate")) return carry(request);
      late.push(request);
      return { tag: "TimedOut", timeoutMs: 180_000 };
    });
    for (const each of [batch, moved]) await fail(each);
    net.answer(carry);
    person.setCell("Prices", "B2", 8);
    person.deleteRows("Prices", 2);
    expect(await send(again(batch))).toMatchObject([
      { tag: "conflict", theirs: 8 },
      { tag: "conflict", reason: "row-gone" },
    ]);
    person.setCell("Prices", "B2", 1);
    person.insertRows("Prices", 2);
    const before = read();
    expect((carry(late[0]!) as Response).status).toBe(400);
    expect(read()).toEqual(before);
    let renamed = false;
    net.answer((request) => {
      if (request.url.includes(":batchUpdate") && !renamed) {
        renamed = true;
        person.renameTab("Prices", "Costs");
      }
      return carry(request);
    });
    expect(await send(again(moved))).toMatchObject([{ tag: "later" }]);
    person.renameTab("Costs", "Prices");
    expect((carry(late[1]!) as Response).status).toBe(400);
    expect(read()).toEqual(before);
  });

  test("GOO-68 the repetition that meets its late original in the act finds it landed", async () => {
    const stage = await createStage();
    const { net, carry, batchOf, cell, add, fail, send, read } = stage;
    const batch = batchOf(cell("a", "price", 9), add(["e", 5]));
    const late: Parameters<typeof carry>[0][] = [];
    net.answer((request) => {
      if (!request.url.includes(":batchUpdate")) return carry(request);
      late.push(request);
      // The original arrives just before its repetition.
      if (late.length === 2) carry(late[0]!);
      return late.length === 1 ? { tag: "TimedOut", timeoutMs: 180_000 } : carry(request);
    });
    await fail(batch);
    expect(await send(again(batch))).toMatchObject([
      { tag: "written", value: 9 },
      { tag: "written", values: ["e", 5] },
    ]);
    expect(read().map((row) => row[1])).toEqual(["price", 9, 2, 3, 4, 5]);
  });

  test("GOO-68 what was refused then is told as it stands now, and waits where it could be written now", async () => {
    const { batchOf, cell, send, fail, emulator, person } = await createStage();
    const batch = batchOf(cell("a", "price", 9), cell("b", "price", 9), cell("c", "price", 9));
    person.setCell("Prices", "B3", 8);
    person.setCell("Prices", "B4", 8);
    emulator.placeFault({ match: { path: ":batchUpdate" }, answer: { kind: "appliedThen503" }, times: 1 });
    await fail(batch);
    person.setCell("Prices", "B4", 3);
    expect(await send(again(batch))).toMatchObject([
      { tag: "written", value: 9 },
      { tag: "conflict", theirs: 8 },
      { tag: "later" },
    ]);
  });

  test("GOO-68 a receipt of another batch under the same number is no proof: a workbook may be a copy", async () => {
    const { batchOf, cell, send, read } = await createStage();
    const first = batchOf(cell("a", "price", 9));
    await send(first);
    const other = { ...batchOf(cell("b", "price", 9)), receipt: first.receipt };
    expect(await send(again(other))).toMatchObject([{ tag: "written", value: 9 }]);
    expect(await send({ ...batchOf(cell("c", "price", 9)), receipt: first.receipt })).toMatchObject([
      { tag: "written", value: 9 },
    ]);
    expect(read().map((row) => row[1])).toEqual(["price", 9, 9, 9, 4]);
  });

  test("GOO-68 the newest receipts stay in the workbook, no more than 64", async () => {
    const stage = await createStage();
    for (let count = 0; count < 80; count++) {
      await stage.clock.advance(2_000);
      await stage.write(stage.cell("a", "price", count + 100, { policy: "client" }));
    }
    const kept = receipts(stage);
    expect(kept.length).toBeWithin(60, 65);
    expect(JSON.stringify(kept).length).toBeLessThan(30_000);
  });
});

describe("what Google refuses", () => {
  test("GOO-69 an edit that Google refuses is told in its words, and the others are written", async () => {
    const stage = await createStage();
    const { write, cell, hooks, read, batchUpdate, calls } = stage;
    hooks.between = () => {
      const range = { sheetId: 0, startRowIndex: 1, endRowIndex: 2, startColumnIndex: 1, endColumnIndex: 2 };
      batchUpdate({ addProtectedRange: { protectedRange: { range, editors: { users: [] } } } });
    };
    expect(await write(cell("a", "price", 9), cell("b", "price", 9))).toEqual([
      { id: "e1", tag: "refused", code: "google-refused", why: expect.stringContaining("protected cell") },
      { id: "e2", tag: "written", value: 9 },
    ]);
    expect(read().map((row) => row[1])).toEqual(["price", 1, 9, 3, 4]);
    expect(calls.map((call) => call.kind)).toEqual(["getByDataFilter", "batchUpdate", "batchUpdate"]);
  });

  test("GOO-69 a tab that is renamed or cut under a batch makes it wait", async () => {
    const { write, cell, hooks, person } = await createStage();
    hooks.between = () => person.renameTab("Prices", "Costs");
    expect(await write(cell("a", "price", 9))).toMatchObject([{ tag: "later" }]);
    expect(await write(cell("a", "price", 9))).toMatchObject([{ tag: "written" }]);
  });

  test("GOO-69 an account that may only read is told to be made an editor", async () => {
    const { batchOf, cell, fail, emulator, id, email } = await createStage();
    emulator.unshare(id, email);
    emulator.share(id, email, "reader");
    const error = await fail(batchOf(cell("a", "price", 9)));
    expect(error).toMatchObject({ tag: "Unauthorized", fix: expect.stringContaining('as "Editor"') });
  });

  test("GOO-70 beyond the quota of writes nothing is sent, and the time to wait is told", async () => {
    const { write, batchOf, cell, fail, calls, clock } = await createStage({
      driver: { quota: { writesPerUser: 1 } },
    });
    await write(cell("a", "price", 9));
    calls.length = 0;
    expect(await fail(batchOf(cell("b", "price", 9)))).toEqual({ tag: "RateLimited", retryAfterMs: 61_000 });
    expect(calls).toEqual([]);
    await clock.advance(61_000);
    expect(await write(cell("b", "price", 9))).toMatchObject([{ tag: "written" }]);
  });
});
