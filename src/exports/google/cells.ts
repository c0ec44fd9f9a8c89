/** Planned cells and styles in Google's words. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { isCellError } from "#contract/cell.ts";
import type { CellStyle, ValueType } from "#contract/templates.ts";
import type { ColumnPlan, PlanCell } from "../plan.ts";

type Cell = sheets_v4.Schema$CellData;
type Entered = sheets_v4.Schema$ExtendedValue;
type Format = sheets_v4.Schema$CellFormat;

/** Text is always a text to Google, never read as a number, a date or a formula. */
export function enteredValue(cell: PlanCell | undefined): Entered | null {
  if (cell === null || cell === undefined || cell === "") return null;
  if (typeof cell === "string") return { stringValue: cell };
  if (typeof cell === "number") return { numberValue: cell };
  if (typeof cell === "boolean") return { boolValue: cell };
  if (isCellError(cell)) return { stringValue: cell.error };
  if ("formula" in cell) return { formulaValue: cell.formula };
  if ("link" in cell) return { stringValue: cell.text };
  return { numberValue: cell.value };
}

export function cellData(cell: PlanCell | undefined): Cell {
  const userEnteredValue = enteredValue(cell);
  return userEnteredValue ? { userEnteredValue } : {};
}

/** What `cellData` does not say of a cell: its link, its own number format. */
export function cellLooks(cell: PlanCell | undefined, column: ColumnPlan): Cell {
  const { format, link: uri } = ownLooks(cell);
  const numberFormat = format === undefined ? numberFormatOf(column) : patternOf(format, column.type);
  const link = uri === undefined ? {} : { textFormat: { link: { uri } } };
  return { userEnteredFormat: { ...(numberFormat && { numberFormat }), ...link } };
}

export function hasLooks(cell: PlanCell | undefined): boolean {
  return Object.keys(ownLooks(cell)).length > 0;
}

function ownLooks(cell: PlanCell | undefined): { readonly format?: string; readonly link?: string } {
  if (typeof cell !== "object" || cell === null || isCellError(cell)) return {};
  if ("link" in cell) return { link: cell.link };
  return "format" in cell ? { format: cell.format } : {};
}

/** Fields that `cellLooks` writes. */
export const LOOKS_FIELDS = "userEnteredFormat(numberFormat,textFormat.link)";

export function cellFormat(style: CellStyle): Format {
  const { bold, italic, color, background, size, font, align, vertical, wrap } = style;
  const textFormat = {
    ...(bold !== undefined && { bold }),
    ...(italic !== undefined && { italic }),
    ...(color !== undefined && { foregroundColorStyle: { rgbColor: rgb(color) } }),
    ...(size !== undefined && { fontSize: size }),
    ...(font !== undefined && { fontFamily: font }),
  };
  return {
    ...(Object.keys(textFormat).length > 0 && { textFormat }),
    ...(background !== undefined && { backgroundColorStyle: { rgbColor: rgb(background) } }),
    ...(align !== undefined && { horizontalAlignment: align.toUpperCase() }),
    ...(vertical !== undefined && { verticalAlignment: vertical.toUpperCase() }),
    ...(wrap !== undefined && { wrapStrategy: wrap ? "WRAP" : "CLIP" }),
  };
}

export function columnFormat(column: ColumnPlan, body: CellStyle): Format {
  const numberFormat = numberFormatOf(column);
  return { ...cellFormat({ ...body, ...column.style }), ...(numberFormat && { numberFormat }) };
}

/** "#rrggbb" as Google's shares of 1. */
export function rgb(color: string): sheets_v4.Schema$Color {
  const part = (at: number): number => Number.parseInt(color.slice(at, at + 2), 16) / 255;
  return { red: part(1), green: part(3), blue: part(5) };
}

export function numberFormatOf({ type, format }: ColumnPlan): sheets_v4.Schema$NumberFormat | null {
  if (format !== null) return patternOf(format, type);
  // Text stays text when people type into the column, too.
  return type === "text" ? { type: "TEXT" } : null;
}

const KINDS: Readonly<Record<ValueType, string>> = {
  text: "TEXT",
  number: "NUMBER",
  integer: "NUMBER",
  percent: "PERCENT",
  money: "CURRENCY",
  boolean: "NUMBER",
  date: "DATE",
  time: "TIME",
  datetime: "DATE_TIME",
  hours: "NUMBER",
  link: "TEXT",
};

function patternOf(pattern: string, type: ValueType): sheets_v4.Schema$NumberFormat {
  return { type: KINDS[type], pattern };
}
