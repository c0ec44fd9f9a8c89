/** From what a caller or a person enters to a cell: formulas, numbers, dates, texts. */
import { parseDate, parseNumber, parseTime } from "numfmt";
import { makeFormula } from "../formulas/formula.ts";
import { rich, type Stored, withEntry, withFormat } from "../grid/cell.ts";
import { isObject, type Json } from "../http/json.ts";
import type { NumberFormat } from "./number-format.ts";
import { serialNow, serialOf, yearOf } from "./serial.ts";

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
  return readNumber(trimmed, context) ?? readMoment(trimmed, context) ?? { value: text };
}

function readNumber(text: string, context: EntryContext): Typed | null {
  const locale = context.locale.replace("_", "-");
  const currency = /^(-?)([$€£¥])\s?(?=[\d.])|(?<=\d)\s?€$/.exec(text);
  const bare = currency ? text.replace(currency[0], currency[1] ?? "") : text;
  // A fraction ("1 1/2") is a text or a date to Google.
  if (bare.includes("/")) return null;
  const parsed = parseNumber(bare, { locale });
  if (!parsed || typeof parsed.value !== "number") return null;
  if (currency) {
    const symbol = currency[2] ?? "€";
    const decimals = /[.,]\d{1,2}$/.test(bare) ? ".00" : "";
    return {
      value: parsed.value,
      numberFormat: { type: "CURRENCY", pattern: `${symbol}#,##0${decimals}`, weak: true },
    };
  }
  if (bare.endsWith("%")) {
    const pattern = bare.includes(".") ? "0.00%" : "0%";
    return { value: parsed.value, numberFormat: { type: "PERCENT", pattern, weak: true } };
  }
  if (/e/i.test(bare)) {
    return { value: parsed.value, numberFormat: { type: "SCIENTIFIC", pattern: "0.00E+00", weak: true } };
  }
  const grouped = /\d,\d{3}/.test(bare) && locale.startsWith("en");
  if (!grouped) return { value: parsed.value };
  const pattern = bare.includes(".") ? "#,##0.00" : "#,##0";
  return { value: parsed.value, numberFormat: { type: "NUMBER", pattern, weak: true } };
}

/** Dates, times and both together. ISO dates are read in any locale. */
function readMoment(text: string, context: EntryContext): Typed | null {
  const split = /^(\S*[-/.,\p{L}][^:]*?)(?:[ T]+(\d{1,2}:\d{2}.*))?$/u.exec(text);
  if (split) {
    const date = readDate(split[1]!, context);
    if (date && split[2] === undefined) return date;
    const time = date && readTime(split[2] ?? "");
    if (date?.numberFormat && time && typeof date.value === "number") {
      const pattern = date.numberFormat.pattern === "yyyy-mm-dd" ? "yyyy-mm-dd h:mm:ss" : "M/d/yyyy H:mm:ss";
      return { value: date.value + Number(time.value), numberFormat: { type: "DATE_TIME", pattern } };
    }
  }
  return readTime(text);
}

function readDate(text: string, context: EntryContext): Typed | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) {
    const [year, month, day] = [Number(iso[1]), Number(iso[2]), Number(iso[3])];
    const serial = serialOf(year, month, day);
    const real = month >= 1 && month <= 12 && serial < serialOf(year, month + 1, 1) && day >= 1;
    return real ? { value: serial, numberFormat: { type: "DATE", pattern: "yyyy-mm-dd" } } : null;
  }
  const parsed = parseDate(text, { locale: context.locale.replace("_", "-") });
  if (!parsed || typeof parsed.value !== "number") return null;
  const yearless = !/\d{4}/.test(text) && !/\d[-/. ]\w+[-/. ]\d/.test(text);
  const value = yearless ? inYear(parsed.value, yearOf(Math.floor(serialNow(context.nowMs)))) : parsed.value;
  const pattern = /\p{L}/u.test(text) ? "d-mmm-yyyy" : "M/d/yyyy";
  return { value, numberFormat: { type: "DATE", pattern } };
}

function readTime(text: string): Typed | null {
  const parsed = parseTime(text);
  if (!parsed || typeof parsed.value !== "number" || !text.includes(":")) return null;
  const long = parsed.value >= 1;
  const pattern = long ? "[h]:mm:ss" : /[ap]m/i.test(text) ? "h:mm am/pm" : "H:mm";
  const seconds = !long && /:\d+:\d/.test(text);
  return {
    value: parsed.value,
    numberFormat: { type: "TIME", pattern: seconds ? pattern.replace("mm", "mm:ss") : pattern },
  };
}

/** The same day of the year `year`: the library fills a missing year from the machine's clock. */
function inYear(serial: number, year: number): number {
  return serial - serialOf(yearOf(serial), 1, 1) + serialOf(year, 1, 1);
}
