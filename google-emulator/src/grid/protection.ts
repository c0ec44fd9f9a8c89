/** Protected ranges, held against whoever may not edit them: a call is judged by what it changed. */

import { isObject } from "../http/json.ts";
import { boxOf } from "../ranges/box.ts";
import type { Overlay, Tab } from "./tab.ts";
import type { Workbook } from "./workbook.ts";

/** Google's words for a call that changes it. */
export const PROTECTED =
  "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if you need to edit.";

/** What was there before a call, where somebody else protects it; null when nothing is protected against `user`. */
export interface Guard {
  /** True when a protected cell is another one now. */
  broken(): boolean;
}

export function guardFor(workbook: Workbook, user: string): Guard | null {
  const guarded = workbook.tabs.flatMap((tab) =>
    tab.state.protectedRanges
      .filter((range) => protects(range, user))
      .map((range) => ({ tab: tab.copy(), range })),
  );
  if (guarded.length === 0) return null;
  return { broken: () => guarded.some(({ tab, range }) => !sameCells(workbook, tab, range)) };
}

/** Against this person, who does not own the workbook. */
export function protects(range: Overlay, user: string): boolean {
  if (range.warningOnly === true) return false;
  const users = isObject(range.editors) ? range.editors.users : undefined;
  return !Array.isArray(users) || !users.includes(user);
}

/** The range may have moved with its rows, as long as its cells are the same ones. */
function sameCells(workbook: Workbook, before: Tab, range: Overlay): boolean {
  const tab = workbook.tabById(before.id);
  const now = tab?.state.protectedRanges.find((one) => one.protectedRangeId === range.protectedRangeId);
  if (!tab || !now || JSON.stringify(now.editors) !== JSON.stringify(range.editors)) return false;
  const [old, box] = [boxOf(range.range, before.size), boxOf(now.range, tab.size)];
  const open = unprotected(before, range);
  const rows = Math.max(before.grid.height - old.startRow, tab.grid.height - box.startRow);
  for (
    let i = 0;
    i < Math.min(rows, Math.max(old.endRow - old.startRow, box.endRow - box.startRow));
    i += 1
  ) {
    const [was, is] = [before.grid.row(old.startRow + i), tab.grid.row(box.startRow + i)];
    // Rows are copied when they are written, so most are the same object.
    if (was === is) continue;
    for (let j = 0; j < old.endColumn - old.startColumn; j += 1) {
      if (open(old.startRow + i, old.startColumn + j)) continue;
      if (was[old.startColumn + j] !== is[box.startColumn + j]) return false;
    }
  }
  return true;
}

function unprotected(tab: Tab, range: Overlay): (row: number, column: number) => boolean {
  const given = Array.isArray(range.unprotectedRanges) ? range.unprotectedRanges.filter(isObject) : [];
  const boxes = given.map((one) => boxOf(one, tab.size));
  return (row, column) =>
    boxes.some(
      (box) => row >= box.startRow && row < box.endRow && column >= box.startColumn && column < box.endColumn,
    );
}
