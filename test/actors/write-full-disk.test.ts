/** A disk that is full for a moment, at any write of a decision: a part of what belongs together may be kept. */
import { describe, expect, test } from "bun:test";
import { createMemoryStore } from "../../src/backend/memory.ts";
import { createFakeSheet } from "../support/fake-sheet.ts";
import { arrival, createWriteStage, SHOP, type WriteStage } from "./write-stage.ts";

const SECOND = 1_000;

interface Moment {
  readonly stage: WriteStage;
  /** Writes are counted from here on: the nth is refused, and `count - 1` that follow it. */
  fill(): void;
  readonly where: string;
}

/** Runs `run` with the disk full from its nth write on, for each n that it comes to. */
async function atAnyWrite(count: number, run: (moment: Moment) => Promise<void>): Promise<number> {
  for (let nth = 1; ; nth++) {
    const store = createMemoryStore();
    let [writes, counting] = [0, false];
    const stage = await createWriteStage({
      store,
      async beforeCommit() {
        if (counting) writes++;
        store.refusal = counting && writes >= nth && writes < nth + count ? "no space left on device" : null;
      },
    });
    const fill = (): void => {
      counting = true;
    };
    await run({ stage, fill, where: `${count} writes refused from write ${nth} on` });
    await stage.close();
    if (writes < nth) return nth;
  }
}

const toldOf = ({ news }: WriteStage, id: string): string | undefined => {
  const last = news.findLast((each) => each.id === id && each.tag !== "progress");
  return last?.tag === "outcome" ? last.outcome.state : last?.tag;
};

describe("a disk that is full for a moment", () => {
  test("WRB-33 what the disk takes no note of is not sent; it goes out once there is room, and once", async () => {
    const store = createMemoryStore();
    const sheet = createFakeSheet(["name", "price"], [["tea", 3]]);
    let full = true;
    const stage = await createWriteStage({
      store,
      sheet,
      async beforeCommit() {
        store.refusal = full && sheet.batches.length > 0 ? "no space left on device" : null;
      },
    });
    const before = structuredClone(sheet.rows);
    const { id } = await stage.wish("1:1", { value: 5, base: 3 });
    await stage.clock.advance(60 * SECOND);
    expect([sheet.batches.length > 1, sheet.rows]).toEqual([true, before]);
    expect(JSON.stringify(await stage.receipt(id))).toContain("no space left on device");
    full = false;
    await stage.clock.advance(150 * SECOND);
    expect(sheet.rows[0]![1]).toBe(5);
    expect(toldOf(stage, id)).toBe("confirmed");
    await stage.close();
  });

  for (const count of [1, 2, 3]) {
    test(`WRB-14 ${count} writes refused: cells that went out within their row go out once, whatever is typed there meanwhile`, async () => {
      const times = await atAnyWrite(count, async ({ stage, fill, where }) => {
        stage.supervisor.pause(SHOP);
        await stage.clock.settle();
        const wishes = [
          await stage.wish("+a", { values: { 0: "jam" } }),
          await stage.wish("3:1", { value: 5 }, { subject: "bob" }),
          await stage.wish("3:1", { value: 6, base: 5 }),
        ];
        stage.sheet.after = () => {
          fill();
          return null;
        };
        stage.supervisor.resume(SHOP);
        await stage.clock.advance(SECOND);
        expect([where, stage.sheet.rows[2]]).toEqual([where, ["jam", 6, null]]);
        stage.sheet.rows[2]![1] = 9;
        await stage.clock.advance(90 * SECOND);
        expect([where, stage.sheet.rows[2]]).toEqual([where, ["jam", 9, null]]);
        expect([where, new Set(stage.sheet.batches.map(({ receipt }) => receipt)).size]).toEqual([where, 1]);
        for (const { id } of wishes) expect([where, toldOf(stage, id)]).toEqual([where, "confirmed"]);
        expect([where, await stage.shown()]).toEqual([where, ["tea 3 hot", "milk 2 cold", "jam 9 -"]]);
      });
      expect(times).toBeGreaterThan(8);
    });

    test(`WRB-14 ${count} writes refused: of a row that is removed before it goes out all authors are told, and it never does`, async () => {
      const times = await atAnyWrite(count, async ({ stage, fill, where }) => {
        stage.supervisor.pause(SHOP);
        await stage.clock.settle();
        const wishes = [
          await stage.wish("+a", { values: { 0: "jam" } }),
          await stage.wish("3:1", { value: 5 }, { subject: "bob" }),
          await stage.wish("3:2", { value: "sweet" }, { subject: "cid" }),
        ];
        const removal = arrival("-3", {}, { subject: "dan" });
        fill();
        for (let taken = false; !taken; ) taken = (await stage.desk.take([removal])).ok;
        stage.supervisor.resume(SHOP);
        await stage.clock.advance(5 * SECOND);
        expect([where, stage.sheet.rows.length]).toEqual([where, 2]);
        for (const { id } of wishes)
          expect([where, toldOf(stage, id)]).toEqual([where, (await stage.receipt(id))!.state]);
        expect([where, toldOf(stage, wishes[0]!.id)]).toEqual([where, "refused"]);
        expect([where, (await stage.receipt(removal.id))?.state]).toEqual([where, "confirmed"]);
        expect([where, await stage.shown()]).toEqual([where, ["tea 3 hot", "milk 2 cold"]]);
      });
      expect(times).toBeGreaterThan(6);
    });

    test(`WRB-9 ${count} writes refused: of a row that its author adds anew before it goes out only the later one does`, async () => {
      const times = await atAnyWrite(count, async ({ stage, fill, where }) => {
        stage.supervisor.pause(SHOP);
        await stage.clock.settle();
        const first = await stage.wish("+a", { values: { 0: "jam" } });
        const next = arrival("+a", { values: { 0: "jelly" } });
        fill();
        let { ok: taken } = await stage.desk.take([next]);
        // Else it is another row, which is wished for after the first one went out.
        const isKept = (await stage.receipt(next.id)) !== null;
        stage.supervisor.resume(SHOP);
        await stage.clock.advance(5 * SECOND);
        while (!taken) taken = (await stage.desk.take([next])).ok;
        await stage.clock.advance(90 * SECOND);
        const names = stage.sheet.rows.slice(2).map(([name]) => name);
        expect([where, names]).toEqual([where, isKept ? ["jelly"] : ["jam", "jelly"]]);
        expect([where, toldOf(stage, first.id)]).toEqual([where, (await stage.receipt(first.id))?.state]);
        expect([where, await stage.rowIds()]).toEqual([where, [1, 2, 3, 4].slice(0, 2 + names.length)]);
      });
      expect(times).toBeGreaterThan(4);
    });

    test(`WRB-11 ${count} writes refused: a row that was taken has its id for itself, whatever a poll finds meanwhile`, async () => {
      const times = await atAnyWrite(count, async ({ stage, fill, where }) => {
        stage.sheet.before = () => ({ tag: "Unreachable", detail: "no route" });
        const added = arrival("+a", { values: { 0: "jam" } });
        fill();
        let { ok: taken } = await stage.desk.take([added]);
        stage.sheet.rows.push(["plum", 1, null]);
        await stage.clock.advance(15 * SECOND);
        while (!taken) taken = (await stage.desk.take([added])).ok;
        stage.sheet.before = null;
        await stage.clock.advance(300 * SECOND);
        const { row } = (await stage.receipt(added.id))!;
        const names = (await stage.confirmed()).map(([name]) => name);
        expect([where, names]).toEqual([where, ["tea", "milk", "plum", "jam"]]);
        expect([where, (await stage.rowIds())[3]]).toEqual([where, row!]);
      });
      expect(times).toBeGreaterThan(2);
    });

    test(`WRB-29 ${count} writes refused: of what was taken back nothing shows, once that is said again`, async () => {
      const times = await atAnyWrite(count, async ({ stage, fill, where }) => {
        stage.supervisor.pause(SHOP);
        await stage.clock.settle();
        const wishes = [
          await stage.wish("1:1", { value: 4 }),
          await stage.wish("-2", {}),
          await stage.wish("+a", { values: { 0: "jam" } }),
        ];
        const ids = wishes.map(({ id }) => id);
        fill();
        for (let done = false; !done; ) done = (await stage.desk.withdraw(SHOP, ids)).ok;
        expect([where, await stage.shown()]).toEqual([where, ["tea 3 hot", "milk 2 cold"]]);
      });
      expect(times).toBeGreaterThan(6);
    });
  }
});
