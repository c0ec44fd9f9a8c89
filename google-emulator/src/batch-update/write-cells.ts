/** CellData from a request into cells, by field mask. */
import { below, type FieldMask, overwrite, wants } from "../fields/field-mask.ts";
import { makeFormula } from "../formulas/formula.ts";
import { compactCell, type Plain, type RichCell, rich, type Stored } from "../grid/cell.ts";
import type { Tab } from "../grid/tab.ts";
import { copyOf, isObject, type Json, type JsonObject } from "../http/json.ts";
import { withNormalColors } from "../spreadsheets/color.ts";

/** Writes rows of cells starting at a corner; a mask of "all" writes every field, absent ones emptied. */
export function writeCells(
  tab: Tab,
  at: { readonly row: number; readonly column: number },
  rows: readonly JsonObject[],
  mask: FieldMask,
): void {
  for (const [i, row] of rows.entries()) {
    const values = Array.isArray(row.values) ? row.values : [];
    for (const [j, data] of values.entries()) {
      const [to, column] = [at.row + i, at.column + j];
      const cell = tab.grid.get(to, column);
      tab.grid.set(to, column, writtenCell(cell, isObject(data) ? data : {}, mask));
    }
  }
}

/** The cell with the masked fields of a CellData written over it. */
export function writtenCell(cell: Stored, data: JsonObject, mask: FieldMask): Stored {
  const parts: Writable = { ...rich(cell) };
  if (wants(mask, "userEnteredValue")) {
    const entry = enteredCell(data.userEnteredValue);
    parts.value = entry.value;
    setOrDrop(parts, "formula", entry.formula);
  }
  if (wants(mask, "userEnteredFormat")) {
    const given = isObject(data.userEnteredFormat) ? withNormalColors(data.userEnteredFormat) : {};
    const format = overwrite(parts.format ?? {}, given, colorStylesToo(below(mask, "userEnteredFormat")));
    setOrDrop(parts, "format", Object.keys(format).length > 0 ? format : undefined);
  }
  if (wants(mask, "note")) {
    const note = data.note;
    setOrDrop(parts, "note", typeof note === "string" && note !== "" ? note : undefined);
  }
  if (wants(mask, "dataValidation")) {
    const rule = data.dataValidation;
    setOrDrop(parts, "validation", isObject(rule) ? copyOf(rule) : undefined);
  }
  const extra: JsonObject = { ...parts.extra };
  for (const name of EXTRA) {
    if (!wants(mask, name)) continue;
    const value = data[name];
    if (value === undefined || value === null) delete extra[name];
    else extra[name] = copyOf(value);
  }
  setOrDrop(parts, "extra", Object.keys(extra).length > 0 ? extra : undefined);
  return compactCell(parts);
}

type Writable = { -readonly [Name in keyof RichCell]: RichCell[Name] };

/** Kept as given, not understood. */
const EXTRA = ["textFormatRuns", "chipRuns", "pivotTable", "dataSourceTable", "dataSourceFormula"];

/** ExtendedValue: texts are never parsed here, a formula is one only as formulaValue. */
function enteredCell(value: Json | undefined): {
  value: Plain | null;
  formula?: ReturnType<typeof makeFormula>;
} {
  if (!isObject(value)) return { value: null };
  const { formulaValue, numberValue, boolValue, stringValue } = value;
  if (typeof formulaValue === "string") return { value: null, formula: makeFormula(formulaValue) };
  if (typeof numberValue === "number") return { value: numberValue };
  if (typeof boolValue === "boolean") return { value: boolValue };
  return { value: typeof stringValue === "string" && stringValue !== "" ? stringValue : null };
}

/** A mask that names a colour means its style as well. */
function colorStylesToo(mask: FieldMask): FieldMask {
  if (mask === "all") return mask;
  const wider = new Map<string, FieldMask>();
  for (const [name, inner] of mask) {
    wider.set(name, colorStylesToo(inner));
    if (/[cC]olor$/.test(name)) wider.set(`${name}Style`, "all");
    if (/[cC]olorStyle$/.test(name)) wider.set(name.replace(/Style$/, ""), "all");
  }
  return wider;
}

function setOrDrop<Name extends keyof Writable>(
  parts: Writable,
  name: Name,
  value: Writable[Name] | undefined,
): void {
  if (value === undefined) delete parts[name];
  else parts[name] = value;
}
