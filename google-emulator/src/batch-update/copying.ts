/** Requests that move cells about: copy, cut, paste, split. */
import { copiedBy } from "../formulas/adjust.ts";
import { makeFormula } from "../formulas/formula.ts";
import { compactCell, isRich, rich, type Stored, withFormat } from "../grid/cell.ts";
import type { Tab } from "../grid/tab.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { type Box, height, width } from "../ranges/box.ts";
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
  return {};
};

export const cutPaste: Apply = (batch, request) => {
  const source = boxIn(batch, request, "source");
  const corner = isObject(request.destination) ? request.destination : {};
  const target = tabIn(batch, numberIn(corner, "sheetId") ?? 0);
  const [row, column] = [numberIn(corner, "rowIndex") ?? 0, numberIn(corner, "columnIndex") ?? 0];
  const block = read(source.tab, source.box);
  growTo(batch, target, row + height(source.box), column + width(source.box));
  eachIn(source.box, (r, c) => source.tab.grid.set(r, c, undefined));
  for (const [i, cells] of block.entries()) {
    for (const [j, cell] of cells.entries()) target.grid.set(row + i, column + j, cell);
  }
  return {};
};

export const pasteData: Apply = (batch, request) => {
  const at = isObject(request.coordinate) ? request.coordinate : {};
  const tab = tabIn(batch, numberIn(at, "sheetId") ?? 0);
  const delimiter = textIn(request, "delimiter");
  if (delimiter === undefined) fail(batch, "Only delimited text can be pasted.");
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
  const type = textIn(request, "delimiterType");
  if (type === "CUSTOM")
    return textIn(request, "delimiter") ?? fail(batch, "delimiter is required with CUSTOM.");
  const known: Readonly<Record<string, string | RegExp>> = {
    COMMA: ",",
    SEMICOLON: ";",
    PERIOD: ".",
    SPACE: " ",
    AUTODETECT: /[,;|\t]/,
  };
  return known[type ?? ""] ?? fail(batch, "delimiterType is required.");
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

function eachIn(box: Box, visit: (row: number, column: number) => void): void {
  for (let row = box.startRow; row < box.endRow; row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1) visit(row, column);
  }
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
  if (type === "PASTE_VALUES") {
    const value = batch.workbook.calculator.valueOf(from.tab, from.row, from.column, source);
    const { formula: _gone, ...rest } = rich(before);
    return compactCell({ ...rest, value: typeof value === "object" ? null : value });
  }
  const copied =
    isRich(source) && source.formula
      ? { ...source, formula: makeFormula(copiedBy(source.formula.text, by.rows, by.columns)) }
      : source;
  if (type !== "PASTE_FORMULA") return copied;
  const { value, formula } = rich(copied);
  const { formula: _gone, ...rest } = rich(before);
  return compactCell({ ...rest, value, ...(formula ? { formula } : {}) });
}
