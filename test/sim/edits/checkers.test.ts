/** Each checker finds what it is for; the runs in which they find nothing are in ../edits.test.ts. */
import { describe, expect, test } from "bun:test";
import type { Json } from "../../../google-emulator/src/index.ts";
import type { Checker } from "../checkers/checker.ts";
import type { World } from "../world.ts";
import type { Editing } from "./editing.ts";
import { createLedger, type Wished } from "./ledger.ts";
import { noBlindOverwrite } from "./no-blind-overwrite.ts";
import { noDoubleWrite } from "./no-double-write.ts";
import { noLostEdit } from "./no-lost-edit.ts";
import { rightRow } from "./right-row.ts";
import type { Written } from "./witness.ts";

type Policy = Editing["options"]["policy"];

/** A run as the checkers see it: what was wished, what was written, what stands in the sheet. */
function run(rows: Json[][] = [["mark"], ["row 1"]], policy: Policy = "sheet", notes: string[] = []) {
  const ledger = createLedger();
  const written: Written[] = [];
  const workbooks = [
    { source: "book", person: { tabs: () => ["Prices"], read: () => rows, notes: () => notes } },
  ];
  const editing = { ledger, witness: { written }, options: { policy } };
  const check = (checker: Checker): number =>
    checker({ world: { editing, workbooks } as unknown as World, tabs: [] }).length;
  return {
    check,
    wish(change: Partial<Wished> = {}): Wished {
      const wish = ledger.add({
        editor: "editor-0",
        source: "book",
        tab: "Prices",
        kind: "cell",
        key: "1:2",
        value: ledger.nextText(),
        base: "old",
        mark: "row 1",
        header: "name",
        atMs: 0,
        ...change,
      });
      return Object.assign(wish, { state: change.state ?? "confirmed" });
    },
    land(wish: Wished, change: Partial<Extract<Written, { tag: "landed" }>> = {}): void {
      const { mark, header } = wish;
      const over = change.over ?? "old";
      written.push({
        tag: "landed",
        wish,
        atMs: 1,
        mark,
        header,
        known: over,
        raced: false,
        ...change,
        over,
      });
    },
    ledger,
    written,
  };
}

describe("the checkers of edits", () => {
  test("SIM-9 no-lost-edit finds a wish without an end and a confirmed one that was never in the sheet", () => {
    const { check, wish, land } = run();
    const good = wish();
    land(good);
    expect(check(noLostEdit)).toBe(0);
    wish({ key: "2:2", state: "received" });
    expect(check(noLostEdit)).toBe(1);
    wish({ key: "3:2" });
    expect(check(noLostEdit)).toBe(2);
  });

  test("SIM-9 no-lost-edit lets a wish pass that was refused, or that a later one took the place of", () => {
    const { check, wish, land } = run();
    wish({ state: "refused" });
    wish({ state: "conflict" });
    wish({ key: "4:2", state: "received" });
    wish({ key: "5:2" });
    land(wish({ key: "4:2" }));
    land(wish({ key: "5:2", editor: "editor-1" }));
    expect(check(noLostEdit)).toBe(0);
  });

  test("SIM-10 right-row finds a landing in another row or column, a touched neighbour and a lost row", () => {
    const found = (change: (stage: ReturnType<typeof run>) => void): number => {
      const stage = run();
      change(stage);
      return stage.check(rightRow);
    };
    expect(found(({ land, wish }) => land(wish()))).toBe(0);
    expect(found(({ land, wish }) => land(wish(), { mark: "row 2" }))).toBe(1);
    expect(found(({ land, wish }) => land(wish(), { header: "price" }))).toBe(1);
    const touched = { tag: "touched", source: "book", detail: "a cell", raced: false } as const;
    expect(found(({ written }) => written.push(touched))).toBe(1);
    const removed = { tag: "removed", source: "book", mark: "row 1", raced: false } as const;
    expect(found(({ written }) => written.push(removed))).toBe(1);
    expect(
      found(({ written, wish }) => {
        wish({ kind: "remove" });
        written.push(removed);
      }),
    ).toBe(0);
    expect(found(({ land, wish }) => land(wish(), { mark: "row 2", raced: true }))).toBe(0);
  });

  test("SIM-11 no-double-write finds an edit that was written twice and a new row that stands there twice", () => {
    const { check, wish, land } = run();
    const good = wish();
    land(good);
    expect(check(noDoubleWrite)).toBe(0);
    land(good);
    expect(check(noDoubleWrite)).toBe(1);
    const rows = [["mark"], ["row 1"], ["row 2"], ["row 1"]];
    const twice = (...notes: string[]): number => run(rows, "sheet", notes).check(noDoubleWrite);
    expect(twice()).toBe(1);
    expect(twice("", "row 1", "row 2", "row 1")).toBe(1);
    expect(twice("", "row 1", "row 2", "row 3")).toBe(0);
  });

  test("SIM-12 no-blind-overwrite finds a value that was replaced unseen, where the policy does not allow it", () => {
    const blind = (policy: Policy, over: Json, raced = false): number => {
      const { check, wish, land } = run(undefined, policy);
      const first = wish();
      land(wish({ base: first.value }), { over, raced });
      return check(noBlindOverwrite);
    };
    expect(blind("sheet", "wish 1")).toBe(0);
    expect(blind("sheet", "old")).toBe(0);
    expect(blind("sheet", "typed by somebody")).toBe(1);
    expect(blind("ask", "typed by somebody")).toBe(1);
    expect(blind("client", "typed by somebody")).toBe(0);
    expect(blind("sheet", "typed by somebody", true)).toBe(0);
  });

  test("SIM-12 no-blind-overwrite knows what its editor was answered before it sent a wish again", () => {
    const { check, wish, land, ledger } = run();
    const unanswered = wish();
    const next = wish();
    land(unanswered, { over: next.value as Json });
    expect(check(noBlindOverwrite)).toBe(1);
    ledger.send(unanswered);
    expect(check(noBlindOverwrite)).toBe(0);
  });

  test("SIM-12 no-blind-overwrite lets a wish that was sent again meet its author's others: they were under way together", () => {
    const { check, wish, land, ledger } = run();
    const again = wish();
    ledger.send(again);
    ledger.send(again);
    const next = wish();
    land(again, { over: next.value as Json });
    expect(check(noBlindOverwrite)).toBe(0);
    land(again, { over: "typed by somebody" });
    expect(check(noBlindOverwrite)).toBe(1);
  });
});
