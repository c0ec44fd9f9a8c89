/** Requests that put rows in order or clean them: sort, find and replace, trim, drop duplicates. */
import { makeFormula } from "../formulas/formula.ts";
import { isRich, type Stored, withEntry } from "../grid/cell.ts";
import { arrangeRows, sortRows } from "../grid/sort.ts";
import type { Tab } from "../grid/tab.ts";
import type { JsonObject } from "../http/json.ts";
import { type Box, boxOf } from "../ranges/box.ts";
import { enterTyped } from "../values/enter.ts";
import { shownText } from "../values/render.ts";
import { type Apply, type Batch, boxIn, fail, numberIn, objectsIn, tabIn, textIn } from "./request.ts";

export const sortRange: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  const keys = objectsIn(request, "sortSpecs").map((spec) => ({
    column: numberIn(spec, "dimensionIndex") ?? 0,
    descending: spec.sortOrder === "DESCENDING",
  }));
  sortRows(
    batch.workbook,
    tab,
    { ...box, endRow: Math.min(box.endRow, Math.max(tab.grid.height, box.startRow)) },
    keys,
  );
  return {};
};

export const randomizeRange: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  const endRow = Math.min(box.endRow, Math.max(tab.grid.height, box.startRow));
  const order = Array.from({ length: endRow - box.startRow }, (_none, i) => box.startRow + i);
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(batch.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  arrangeRows(tab, { ...box, endRow }, order);
  return {};
};

export const findReplace: Apply = (batch, request) => {
  const find = textIn(request, "find") ?? "";
  if (find === "") fail(batch, "find is required.");
  const pattern = patternOf(batch, request, find);
  const replacement = textIn(request, "replacement") ?? "";
  const counted = { valuesChanged: 0, formulasChanged: 0, occurrencesChanged: 0 };
  const rows = new Set<string>();
  const sheets = new Set<Tab>();
  for (const { tab, box } of searched(batch, request)) {
    eachFilled(tab, box, (row, column, cell) => {
      const formula = isRich(cell) ? cell.formula : undefined;
      if (formula && request.includeFormulas !== true) return;
      const value = batch.workbook.calculator.value(tab, row, column);
      const text = formula ? formula.text : shownText(batch.workbook, tab, cell, value);
      const found = text.match(pattern)?.length ?? 0;
      if (found === 0) return;
      const literal = request.searchByRegex === true ? replacement : replacement.replaceAll("$", "$$$$");
      const after = text.replace(pattern, literal);
      const context = { locale: batch.workbook.properties.locale, nowMs: batch.nowMs };
      const entered = formula
        ? withEntry(cell, { value: null, formula: makeFormula(after) })
        : enterTyped(cell, after, context);
      tab.grid.set(row, column, entered);
      counted.occurrencesChanged += found;
      if (formula) counted.formulasChanged += 1;
      else counted.valuesChanged += 1;
      rows.add(`${tab.id}:${row}`);
      sheets.add(tab);
    });
  }
  const all = { ...counted, rowsChanged: rows.size, sheetsChanged: sheets.size };
  return { findReplace: Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0)) };
};

export const trimWhitespace: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  let changed = 0;
  eachFilled(tab, box, (row, column, cell) => {
    const value = isRich(cell) ? (cell.formula ? null : cell.value) : cell;
    if (typeof value !== "string") return;
    const trimmed = value.trim().replace(/\s+/g, " ");
    if (trimmed === value) return;
    tab.grid.set(row, column, withEntry(cell, { value: trimmed === "" ? null : trimmed }));
    changed += 1;
  });
  return { trimWhitespace: changed > 0 ? { cellsChangedCount: changed } : {} };
};

export const deleteDuplicates: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  const compared = objectsIn(request, "comparisonColumns").flatMap((range) => {
    const [from, to] = [numberIn(range, "startIndex") ?? 0, numberIn(range, "endIndex") ?? 0];
    return Array.from({ length: to - from }, (_none, i) => from + i);
  });
  const columns =
    compared.length > 0
      ? compared
      : Array.from({ length: box.endColumn - box.startColumn }, (_n, i) => box.startColumn + i);
  const seen = new Set<string>();
  const kept: Stored[][] = [];
  const endRow = Math.min(box.endRow, tab.grid.height);
  for (let row = box.startRow; row < endRow; row += 1) {
    const key = JSON.stringify(columns.map((column) => batch.workbook.calculator.value(tab, row, column)));
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(tab.grid.row(row).slice(box.startColumn, box.endColumn));
  }
  const removed = endRow - box.startRow - kept.length;
  for (let row = box.startRow; row < endRow; row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1) {
      tab.grid.set(row, column, kept[row - box.startRow]?.[column - box.startColumn]);
    }
  }
  return { deleteDuplicates: removed > 0 ? { duplicatesRemovedCount: removed } : {} };
};

function patternOf(batch: Batch, request: JsonObject, find: string): RegExp {
  const source = request.searchByRegex === true ? find : find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const flags = request.matchCase === true ? "g" : "gi";
  try {
    return new RegExp(request.matchEntireCell === true ? `^(?:${source})$` : source, flags);
  } catch {
    return fail(batch, `Invalid regular expression: ${find}`);
  }
}

function searched(batch: Batch, request: JsonObject): { tab: Tab; box: Box }[] {
  if (request.allSheets === true)
    return batch.workbook.tabs.map((tab) => ({ tab, box: boxOf({}, tab.size) }));
  if (request.range !== undefined) return [boxIn(batch, request)];
  const tab = tabIn(batch, numberIn(request, "sheetId"));
  return [{ tab, box: boxOf({}, tab.size) }];
}

function eachFilled(tab: Tab, box: Box, visit: (row: number, column: number, cell: Stored) => void): void {
  for (let row = box.startRow; row < Math.min(box.endRow, tab.grid.height); row += 1) {
    const end = Math.min(box.endColumn, tab.grid.row(row).length);
    for (let column = box.startColumn; column < end; column += 1) {
      const cell = tab.grid.get(row, column);
      if (cell !== undefined) visit(row, column, cell);
    }
  }
}
