/** From what a caller or a person enters to a cell: formulas, numbers, dates, texts. */
import { makeFormula } from "../formulas/formula.ts";
import { rich, type Stored, withEntry, withFormat } from "../grid/cell.ts";
import { isObject, type Json } from "../http/json.ts";
import { type LocaleFormats, localeFormats } from "./locales.ts";
import type { NumberFormat } from "./number-format.ts";
import { readMoment } from "./read-date.ts";

export interface EntryContext {
  /** The workbook's, "en_US". */
  readonly locale: string;
  /** A date typed without its year means this year's. */
  readonly nowMs: number;
}

/** The cell after `value` was stored as it is: RAW. */
export function enterRaw(cell: Stored, value: Json): Stored {
  return withEntry(cell, { value: plain(value) });
}

/** The cell after a person typed `value`: USER_ENTERED. */
export function enterTyped(cell: Stored, value: Json, context: EntryContext): Stored {
  if (typeof value !== "string") return withEntry(cell, { value: plain(value) });
  const format = numberFormatOf(cell);
  if (format?.type === "TEXT") return withEntry(cell, { value: value === "" ? null : value });
  if (value.startsWith("=") && value.length > 1) {
    return withEntry(cell, { value: null, formula: makeFormula(value) });
  }
  const typed = readTyped(value, context);
  const entered = withEntry(cell, { value: typed.value });
  if (!typed.numberFormat || (format?.pattern && typed.numberFormat.weak)) return entered;
  const { weak: _weak, ...numberFormat } = typed.numberFormat;
  return withFormat(entered, { ...rich(entered).format, numberFormat });
}

/** Would a person's text become a date? */
export function isDateText(text: string, nowMs: number): boolean {
  const type = readTyped(text, { locale: "en_US", nowMs }).numberFormat?.type;
  return type === "DATE" || type === "DATE_TIME";
}

/** The number format a caller set on a cell, if any. */
export function numberFormatOf(cell: Stored): NumberFormat | undefined {
  const format = typeof cell === "object" ? cell.format?.numberFormat : undefined;
  if (!isObject(format)) return undefined;
  const { type, pattern } = format;
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof pattern === "string" ? { pattern } : {}),
  };
}

interface Typed {
  readonly value: string | number | boolean | null;
  /** `weak`: only where the cell has no format yet. */
  readonly numberFormat?: { type: string; pattern: string; weak?: boolean };
}

function plain(value: Json): string | number | boolean | null {
  if (value === null || value === "") return null;
  return typeof value === "object" ? JSON.stringify(value) : value;
}

function readTyped(text: string, context: EntryContext): Typed {
  if (text === "") return { value: null };
  if (text.startsWith("'")) return { value: text.slice(1) };
  const trimmed = text.trim();
  if (/^true$/i.test(trimmed)) return { value: true };
  if (/^false$/i.test(trimmed)) return { value: false };
  // Every number, date and time has a digit: most texts end here.
  if (!/\d/.test(trimmed) || trimmed.length > 40) return { value: text };
  const number = readNumber(trimmed, context);
  if (number) return number;
  const moment = readMoment(trimmed, context.locale, context.nowMs);
  if (!moment) return { value: text };
  const { serial, type, pattern } = moment;
  return { value: serial, numberFormat: { type, pattern } };
}

const SYMBOL = "[$€£¥₹₽]";
const AFFIXES = new RegExp(`^(\\(?)([-+]?)(${SYMBOL}?)\\s?([-+]?)(.*?)(%?)(\\s?)(${SYMBOL}?)(\\)?)$`);

/** Numbers with a currency, a percent sign, brackets for a minus, groups and exponents. */
function readNumber(text: string, context: EntryContext): Typed | null {
  const formats = localeFormats(context.locale);
  const match = AFFIXES.exec(text);
  if (!match) return null;
  const [, open, sign, before = "", inner, digits = "", percent, space, after = "", close] = match;
  if ((open === "") !== (close === "") || (sign && inner) || (before && after)) return null;
  const size = plainNumber(digits, formats);
  if (!size) return null;
  const minus = open === "(" || sign === "-" || inner === "-";
  const value = (minus ? -size.value : size.value) / (percent ? 100 : 1);
  const decimals = size.decimals ? ".00" : "";
  const symbol = before || after;
  if (symbol) {
    const number = `#,##0${decimals}`;
    const local = symbol === formats.currency ? `"${symbol}"` : `[$${symbol}]`;
    const pattern = before ? `${local}${number}` : `${number}[$${space}${symbol}]`;
    return { value, numberFormat: { type: "CURRENCY", pattern, weak: true } };
  }
  if (percent) {
    return { value, numberFormat: { type: "PERCENT", pattern: decimals ? "0.00%" : "0%", weak: true } };
  }
  if (size.exponent) return { value, numberFormat: { type: "SCIENTIFIC", pattern: "0.00E+00", weak: true } };
  if (!size.grouped) return { value };
  return { value, numberFormat: { type: "NUMBER", pattern: `#,##0${decimals}`, weak: true } };
}

function plainNumber(text: string, { decimal, group }: LocaleFormats) {
  const escaped = (mark: string): string => (/\s/.test(mark) ? "[\\s\\u00a0\\u202f]" : `\\${mark}`);
  const pattern = new RegExp(
    `^(\\d{1,3}(?:${escaped(group)}\\d{3})+|\\d+)?(?:${escaped(decimal)}(\\d*))?(e[-+]?\\d+)?$`,
    "i",
  );
  const match = pattern.exec(text);
  if (!match) return null;
  const [, whole = "", decimals = "", exponent = ""] = match;
  if (whole === "" && decimals === "") return null;
  const plain = whole.replace(/\D/g, "");
  const value = Number(`${plain || "0"}.${decimals || "0"}${exponent}`);
  return { value, decimals: decimals !== "", grouped: plain !== whole, exponent: exponent !== "" };
}
