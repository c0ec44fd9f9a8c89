import { type CellValue, type Column, isCellError } from "../../../../client-sdk/src/index.ts";
import { numberFormatter, parseNumberPattern } from "./number-pattern.ts";

/** A cell as it is shown. */
export interface ShownCell {
  readonly kind: "empty" | "text" | "number" | "date" | "boolean" | "error";
  /** Also what a screen reader hears. */
  readonly text: string;
}

export type CellFormatter = (value: CellValue) => ShownCell;

/** Days from 1899-12-30, where spreadsheets count from, to 1970-01-01. */
const EPOCH_DAYS = 25_569;
const DAY_MS = 86_400_000;
const EMPTY: ShownCell = { kind: "empty", text: "" };

/** Makes the formatter of one column; `locale` undefined is the browser's. Dates are UTC: a sheet's have no zone. */
export function cellFormatter(column: Pick<Column, "type" | "format">, locale?: string): CellFormatter {
  const number = columnNumber(column, locale);
  return (value) => {
    if (value === null || value === "") return EMPTY;
    if (typeof value === "boolean") return { kind: "boolean", text: String(value) };
    if (typeof value === "number") return number(value);
    if (isCellError(value)) return { kind: "error", text: value.error };
    return { kind: "text", text: value };
  };
}

function columnNumber(
  column: Pick<Column, "type" | "format">,
  locale: string | undefined,
): (value: number) => ShownCell {
  const date = DATE_STYLES[column.type];
  if (date) {
    const format = new Intl.DateTimeFormat(locale, { ...date, timeZone: "UTC" });
    return (value) => {
      // Rounded to the second: a fraction of a day is rarely exact.
      const ms = Math.round((value - EPOCH_DAYS) * (DAY_MS / 1000)) * 1000;
      return Number.isNaN(new Date(ms).getTime())
        ? { kind: "number", text: String(value) }
        : { kind: "date", text: format.format(ms) };
    };
  }
  const pattern = column.format === undefined ? null : parseNumberPattern(column.format);
  // Without a pattern no grouping: a year or a number of an order is not an amount.
  const plain = new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 10 });
  const format = pattern ? numberFormatter(pattern, locale) : (value: number) => plain.format(value);
  return (value) => ({ kind: "number", text: format(value) });
}

const DATE_STYLES: Partial<Record<Column["type"], Intl.DateTimeFormatOptions>> = {
  date: { dateStyle: "medium" },
  time: { timeStyle: "short" },
  datetime: { dateStyle: "medium", timeStyle: "short" },
};
