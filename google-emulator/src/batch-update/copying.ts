/** Requests that move cells about: copy, cut, paste, split. */
import { copiedBy } from "../formulas/adjust.ts";
import { makeFormula } from "../formulas/formula.ts";
import { compactCell, isRich, rich, type Stored, withFormat } from "../grid/cell.ts";
import { moveBlock } from "../grid/shift.ts";
import type { Tab } from "../grid/tab.ts";
import { unimplemented } from "../http/errors.ts";
import { copyOf, isObject, type JsonObject } from "../http/json.ts";
import { type Box, boxOf, contains, height, overlaps, rangeOf, width } from "../ranges/box.ts";
import { enterTyped } from "../values/enter.ts";
import { shownText } from "../values/render.ts";
import { type Apply, type Batch, boxIn, fail, growTo, numberIn, tabIn, textIn } from "./request.ts";

export const copyPaste: Apply = (batch, request) => {
  const source = boxIn(batch, request, "source");
  const destination = boxIn(batch, request, "destination");
  const type = textIn(request, "pasteType") ?? "PASTE_NORMAL";
  const transpose = request.pasteOrientation === "TRANSPOSE";
  const block = read(source.tab, source.box);
  const [rows, columns] = transpose
    ? [width(source.box), height(source.box)]
    : [height(source.box), width(source.box)];
  // The source repeats to fill a destination that is a multiple of it; else it is pasted once, in full.
  const fillRows = height(destination.box) % rows === 0 ? height(destination.box) : rows;
  const fillColumns = width(destination.box) % columns === 0 ? width(destination.box) : columns;
  for (let i = 0; i < fillRows; i += 1) {
    for (let j = 0; j < fillColumns; j += 1) {
      const [si, sj] = transpose ? [j % columns, i % rows] : [i % rows, j % columns];
      const [row, column] = [destination.box.startRow + i, destination.box.startColumn + j];
      const by = { rows: row - source.box.startRow - si, columns: column - source.box.startColumn - sj };
      const from = { tab: source.tab, row: source.box.startRow + si, column: source.box.startColumn + sj };
      growTo(batch, destination.tab, row + 1, column + 1);
      const before = destination.tab.grid.get(row, column);
      const pasted = pastedCell(batch, before, block[si]?.[sj], type, by, from);
      destination.tab.grid.set(row, column, pasted);
    }
  }
  if (type === "PASTE_NORMAL" && !transpose) copyMerges(source, destination, fillRows, fillColumns);
  if (type === "PASTE_CONDITIONAL_FORMATTING") copyRules(source, destination);
  return {};
};

/** Merged cells within the source are merged at each place where it is pasted. */
function copyMerges(
  source: { tab: Tab; box: Box },
  destination: { tab: Tab; box: Box },
  rows: number,
  columns: number,
): void {
  const { box, tab } = destination;
  const area = {
    ...box,
    endRow: box.startRow + rows,
    endColumn: box.startColumn + columns,
  };
  const inside = source.tab.state.merges
    .map((merge) => boxOf(merge, source.tab.size))
    .filter((merge) => contains(source.box, merge));
  if (inside.length === 0) return;
  tab.state.merges = tab.state.merges.filter((merge) => !overlaps(area, boxOf(merge, tab.size)));
  for (let row = area.startRow; row < area.endRow; row += height(source.box)) {
    for (let column = area.startColumn; column < area.endColumn; column += width(source.box)) {
      for (const merge of inside) {
        const [down, right] = [row - source.box.startRow, column - source.box.startColumn];
        tab.state.merges.push(
          rangeOf(tab.id, {
            startRow: merge.startRow + down,
            endRow: merge.endRow + down,
            startColumn: merge.startColumn + right,
            endColumn: merge.endColumn + right,
          }),
        );
      }
    }
  }
}

/** Rules of the source's cells apply to the destination too. */
function copyRules(source: { tab: Tab; box: Box }, destination: { tab: Tab; box: Box }): void {
  for (const rule of source.tab.state.conditionalFormats) {
    if (!rule.ranges.some((range) => overlaps(source.box, boxOf(range, source.tab.size)))) continue;
    const range = rangeOf(destination.tab.id, destination.box);
    if (source.tab === destination.tab) rule.ranges.push(range);
    else destination.tab.state.conditionalFormats.push({ ...copyOf(rule), ranges: [range] });
  }
}

export const cutPaste: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request, "source");
  const at = isObject(request.destination) ? request.destination : {};
  const target = tabIn(batch, numberIn(at, "sheetId"));
  const to = { row: numberIn(at, "rowIndex") ?? 0, column: numberIn(at, "columnIndex") ?? 0 };
  growTo(batch, target, to.row + height(box), to.column + width(box));
  const type = textIn(request, "pasteType") ?? "PASTE_NORMAL";
  if (type === "PASTE_NORMAL") moveBlock(batch.workbook, tab, box, target, to);
  else cutPart(batch, { tab, box }, target, to, type);
  return {};
};

/** Cuts a part of cells only, as their format: the rest stays where it is. */
function cutPart(
  batch: Batch,
  { tab, box }: { tab: Tab; box: Box },
  target: Tab,
  to: { readonly row: number; readonly column: number },
  type: string,
): void {
  for (const [i, cells] of read(tab, box).entries()) {
    for (const [j, cell] of cells.entries()) {
      const from = { tab, row: box.startRow + i, column: box.startColumn + j };
      const before = target.grid.get(to.row + i, to.column + j);
      const pasted = pastedCell(batch, before, cell, type, { rows: 0, columns: 0 }, from);
      const empty = pastedCell(batch, cell, undefined, type, { rows: 0, columns: 0 }, from);
      tab.grid.set(from.row, from.column, empty);
      target.grid.set(to.row + i, to.column + j, pasted);
    }
  }
}

export const pasteData: Apply = (batch, request) => {
  const at = isObject(request.coordinate) ? request.coordinate : {};
  const tab = tabIn(batch, numberIn(at, "sheetId") ?? 0);
  const delimiter = textIn(request, "delimiter");
  if (delimiter === undefined) throw unimplemented("pasting HTML");
  const [row, column] = [numberIn(at, "rowIndex") ?? 0, numberIn(at, "columnIndex") ?? 0];
  for (const [i, line] of (textIn(request, "data") ?? "").split(/\r?\n/).entries()) {
    for (const [j, text] of line.split(delimiter).entries()) typeInto(batch, tab, row + i, column + j, text);
  }
  return {};
};

export const textToColumns: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request, "source");
  if (width(box) !== 1) fail(batch, "The source must be one column wide.");
  const delimiter = delimiterOf(batch, request);
  for (let row = box.startRow; row < box.endRow; row += 1) {
    const cell = tab.grid.get(row, box.startColumn);
    const value = batch.workbook.calculator.value(tab, row, box.startColumn);
    const parts = shownText(batch.workbook, tab, cell, value).split(delimiter);
    if (parts.length === 1) continue;
    for (const [j, text] of parts.entries()) typeInto(batch, tab, row, box.startColumn + j, text);
  }
  return {};
};

function delimiterOf(batch: Batch, request: JsonObject): string | RegExp {
  const type = textIn(request, "delimiterType") ?? "AUTODETECT";
  if (type === "CUSTOM")
    return textIn(request, "delimiter") ?? fail(batch, "delimiter is required with CUSTOM.");
  const known: Readonly<Record<string, string | RegExp>> = {
    COMMA: ",",
    SEMICOLON: ";",
    PERIOD: ".",
    SPACE: " ",
    AUTODETECT: /[,;|\t]/,
  };
  return known[type] ?? fail(batch, "delimiterType is required.");
}

function typeInto(batch: Batch, tab: Tab, row: number, column: number, text: string): void {
  growTo(batch, tab, row + 1, column + 1);
  const context = { locale: batch.workbook.properties.locale, nowMs: batch.nowMs };
  tab.grid.set(row, column, enterTyped(tab.grid.get(row, column), text, context));
}

function read(tab: Tab, box: Box): Stored[][] {
  return Array.from({ length: height(box) }, (_r, i) =>
    Array.from({ length: width(box) }, (_c, j) => tab.grid.get(box.startRow + i, box.startColumn + j)),
  );
}

function pastedCell(
  batch: Batch,
  before: Stored,
  source: Stored,
  type: string,
  by: { readonly rows: number; readonly columns: number },
  from: { readonly tab: Tab; readonly row: number; readonly column: number },
): Stored {
  const format = isRich(source) ? source.format : undefined;
  if (type === "PASTE_FORMAT") return withFormat(before, format);
  if (type === "PASTE_CONDITIONAL_FORMATTING") return before;
  if (type === "PASTE_DATA_VALIDATION") {
    const { validation: _gone, ...kept } = rich(before);
    const rule = isRich(source) ? source.validation : undefined;
    return compactCell({ ...kept, ...(rule ? { validation: rule } : {}) });
  }
  if (type === "PASTE_VALUES") {
    const value = batch.workbook.calculator.valueOf(from.tab, from.row, from.column, source);
    const { formula: _gone, ...rest } = rich(before);
    return compactCell({ ...rest, value: typeof value === "object" ? null : value });
  }
  const copied =
    isRich(source) && source.formula
      ? { ...source, formula: makeFormula(copiedBy(source.formula.text, by.rows, by.columns)) }
      : source;
  if (type === "PASTE_NO_BORDERS") {
    const { borders: _theirs, ...plain } = format ?? {};
    const own = isRich(before) ? before.format?.borders : undefined;
    return withFormat(copied, { ...plain, ...(own ? { borders: own } : {}) });
  }
  if (type !== "PASTE_FORMULA") return copied;
  const { value, formula } = rich(copied);
  const { formula: _gone, ...rest } = rich(before);
  return compactCell({ ...rest, value, ...(formula ? { formula } : {}) });
}
