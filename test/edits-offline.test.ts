/**
 * What a page wishes while the daemon is dead, beside and on top of what it had wished before: whatever had become of
 * that, and whether the page comes back at once or after the next polls, none of it is gone without a word.
 */
import { expect, test } from "bun:test";
import * as Y from "yjs";
import { EDITS, OUTCOMES, PROGRESS, type Progress } from "#contract/edits.ts";
import { createShopStage as createStage, SECOND } from "./support/shop-stage.ts";

type Stage = Awaited<ReturnType<typeof createStage>>;

/** Calls `pass` at each moment of a kind. */
const MOMENTS: Readonly<Record<string, (stage: Stage, pass: () => void) => void>> = {
  "before a write of its disk": (stage, pass) => stage.onCommit(pass),
  "before a request to Google": (stage, pass) =>
    stage.net.answer((request) => {
      pass();
      return stage.carry(request);
    }),
  "before the answer to one": (stage, pass) =>
    stage.net.answer(async (request) => {
      const answer = await stage.carry(request);
      pass();
      return answer;
    }),
};

/** Kills the daemon at the `nth` moment of the first 10 s in which a page edits; false: there are not so many. */
async function killAt(stage: Stage, moment: string, nth: number, edit: () => void): Promise<boolean> {
  let killed = false;
  let count = 0;
  MOMENTS[moment]!(stage, () => {
    if (killed || ++count !== nth) return;
    killed = true;
    stage.kill();
  });
  edit();
  await stage.clock.advance(10 * SECOND);
  stage.onCommit(() => {});
  stage.net.answer(stage.carry);
  return killed;
}

/** One page's edits before and after; what came of them. */
async function round(moment: string, nth: number, lateMs: number) {
  const stage = await createStage();
  const doc = new Y.Doc();
  const [edits, progress] = [doc.getMap(EDITS), doc.getMap(PROGRESS)];
  const leave = stage.join(doc);
  await stage.clock.settle();
  const killed = await killAt(stage, moment, nth, () => {
    edits.set("1:1", { value: 9, base: 1 });
    edits.set("+new", { values: { 0: "d", 1: 4 } });
  });
  leave();
  // A client's later wish for a cell is made on what the earlier one was, while that one is open.
  edits.set("1:1", { value: 10, base: edits.has("1:1") ? 1 : 9 });
  edits.set("2:1", { value: 8, base: 2 });
  edits.set("+late", { values: { 0: "e", 1: 5 } });
  const row = (progress.get("+new") as Progress | undefined)?.row;
  if (row !== undefined) edits.set(`${row}:1`, { value: 44, base: 4 });
  stage.person.sortRange("Prices", "A2:C", 0, true);
  if (killed) await stage.start();
  await stage.clock.advance(lateMs);
  stage.join(doc);
  await stage.clock.advance(90 * SECOND);
  const sheet = stage.sheet().map(([sku, price]) => `${sku} ${price}`);
  const conflicts = await stage.conflicts();
  await stage.close();
  const outcomes = doc.getMap(OUTCOMES).toJSON();
  return { killed, row, sheet: sheet.toSorted(), edits: edits.toJSON(), outcomes, conflicts };
}

for (const moment of Object.keys(MOMENTS)) {
  for (const lateMs of [0, 90 * SECOND]) {
    const back = lateMs > 0 ? "after the next polls" : "at once";
    test(`WRB-14 WRB-34 killed ${moment}, the page back ${back}: no edit made meanwhile is gone without a word`, async () => {
      for (let [nth, killed] = [1, true]; killed; nth++) {
        const found = await round(moment, nth, lateMs);
        killed = found.killed;
        const where = `moment ${nth}`;
        const added = found.row === undefined ? "d 4" : "d 44";
        expect([where, found.sheet]).toEqual([where, ["a 10", "b 8", "c 3", added, "e 5"]]);
        expect([where, found.edits]).toEqual([where, {}]);
        expect([where, found.outcomes, found.conflicts]).toEqual([where, {}, []]);
        if (!killed) expect(nth).toBeGreaterThan(5);
      }
    }, 120_000);
  }
}
