import { describe, expect, test } from "bun:test";
import { createAnnouncements } from "../../../src/registry/ui/grid/announce.ts";
import { createFlashes, FLASH_MS } from "../../../src/registry/ui/grid/flashes.ts";
import { type CellPlace, moveFocus, revealOffset } from "../../../src/registry/ui/grid/navigation.ts";
import { HEIGHT_MAX_PX, itemTop, scrollScale } from "../../../src/registry/ui/grid/scroll-scale.ts";

describe("the keyboard", () => {
  const size = { rows: 100, columns: 5, pageRows: 20 };
  const keys: readonly [string, boolean, CellPlace][] = [
    ["ArrowUp", false, { row: 9, column: 2 }],
    ["ArrowDown", false, { row: 11, column: 2 }],
    ["ArrowLeft", false, { row: 10, column: 1 }],
    ["ArrowRight", false, { row: 10, column: 3 }],
    ["ArrowDown", true, { row: 99, column: 2 }],
    ["Home", false, { row: 10, column: 0 }],
    ["End", false, { row: 10, column: 4 }],
    ["Home", true, { row: 0, column: 0 }],
    ["End", true, { row: 99, column: 4 }],
    ["PageDown", false, { row: 30, column: 2 }],
    ["PageUp", false, { row: 0, column: 2 }],
  ];
  test.each(keys)("WEB-8 %s (with Control: %p) moves the focus to %o", (key, ctrlKey, place) => {
    expect(moveFocus({ row: 10, column: 2 }, { key, ctrlKey, metaKey: false }, size)).toEqual(place);
  });

  test("WEB-8 the focus stays in the grid, and other keys are left alone", () => {
    const press = (key: string): CellPlace | null =>
      moveFocus({ row: 0, column: 4 }, { key, ctrlKey: false, metaKey: false }, size);
    expect(press("ArrowUp")).toEqual({ row: 0, column: 4 });
    expect(press("ArrowRight")).toEqual({ row: 0, column: 4 });
    expect(press("a")).toBeNull();
    expect(press("Tab")).toBeNull();
  });

  test("WEB-8 the view moves as little as shows the cell", () => {
    expect(revealOffset(100, 50, 120, 10)).toBe(100);
    expect(revealOffset(100, 50, 80, 10)).toBe(80);
    expect(revealOffset(100, 50, 160, 10)).toBe(120);
  });
});

describe("tall lists", () => {
  test("WEB-7 a list that browsers can hold scrolls as it is", () => {
    const scale = scrollScale(34_000, 600);
    expect(scale).toEqual({ heightPx: 34_000, factor: 1 });
    expect(itemTop(scale, 5000, 4800)).toBe(5000);
  });

  test("WEB-7 a taller one is stretched: its first row is at the top, its last at the bottom", () => {
    const [listPx, viewport] = [340_000_000, 600];
    const scale = scrollScale(listPx, viewport);
    expect(scale.heightPx).toBe(HEIGHT_MAX_PX);
    expect(itemTop(scale, 0, 0)).toBe(0);
    const bottom = HEIGHT_MAX_PX - viewport;
    expect(itemTop(scale, listPx - 34, bottom)).toBeCloseTo(HEIGHT_MAX_PX - 34, 3);
  });
});

describe("highlights", () => {
  test("WEB-10 a changed cell is highlighted for a while, and again when it changes again", () => {
    const flashes = createFlashes();
    flashes.note({ cells: [[7, 2]], added: [] }, 0);
    const first = flashes.of(7)!;
    expect([...first.cells.keys()]).toEqual([2]);
    flashes.note({ cells: [[7, 2]], added: [] }, 100);
    expect(flashes.of(7)!.cells.get(2)!.turn).not.toBe(first.cells.get(2)!.turn);
    expect(flashes.prune(FLASH_MS)).toBe(false);
    expect(flashes.prune(FLASH_MS + 100)).toBe(true);
    expect(flashes.of(7)).toBeUndefined();
  });

  test("WEB-10 a new row is highlighted whole, and its object stays while nothing changes", () => {
    const flashes = createFlashes();
    flashes.note({ cells: [], added: [3] }, 0);
    const flash = flashes.of(3)!;
    expect(flash.whole).toBeDefined();
    flashes.prune(10);
    expect(flashes.of(3)).toBe(flash);
  });

  test("WEB-10 thousands of changes at once are a new content, not a highlight", () => {
    const flashes = createFlashes();
    flashes.note({ cells: [], added: Array.from({ length: 5000 }, (_, i) => i) }, 0);
    expect(flashes.of(1)).toBeUndefined();
  });

  test("WEB-11 changes are gathered into one sentence", () => {
    const announcements = createAnnouncements("Price list");
    expect(announcements.take()).toBe("");
    announcements.note({ cells: 1, added: 0, removed: 0 });
    announcements.note({ cells: 2, added: 1, removed: 0 });
    expect(announcements.take()).toBe("Price list: 3 cells changed, 1 row added");
    expect(announcements.take()).toBe("");
  });
});
