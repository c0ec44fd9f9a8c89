/** From a cell to the text in its editor, and back. */
import { type CellValue, type Column, isCellError } from "../../../../client-sdk/src/index.ts";

type Typed = Pick<Column, "type" | "format">;

/** Days from 1899-12-30, where spreadsheets count from, to 1970-01-01. */
const EPOCH_DAYS = 25_569;
const DAY_MS = 86_400_000;

/** What the editor begins with: reads back as the same value. */
export function editText(value: CellValue, column: Typed): string {
  if (value === null) return "";
  if (isCellError(value)) return value.error;
  if (typeof value !== "number") return String(value);
  const { type } = column;
  if (type === "time") return clock(value % 1);
  if (type === "date" || type === "datetime") {
    const at = new Date(Math.round((value - EPOCH_DAYS) * DAY_MS));
    if (Number.isNaN(at.getTime())) return String(value);
    const day = at.toISOString().slice(0, 10);
    return value % 1 === 0 && type === "date" ? day : `${day} ${clock(value % 1)}`;
  }
  return isPercent(column) ? `${trimmed(value * 100)}%` : String(value);
}

/**
 * What a person typed, as the column holds it. What cannot be one stays text: the daemon says why it does not take it.
 */
export function parseTyped(text: string, column: Typed): CellValue {
  const trimmedText = text.trim();
  if (trimmedText === "") return null;
  switch (column.type) {
    case "text":
      return text;
    case "number":
      return parseNumber(trimmedText, isPercent(column)) ?? text;
    case "boolean":
      return parseBoolean(trimmedText) ?? text;
    case "date":
    case "datetime":
      return parseDate(trimmedText) ?? text;
    case "time":
      return parseClock(trimmedText) ?? text;
    default:
      // "007" and "1e5" are no amounts: only what reads back as it was typed becomes a number.
      if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(trimmedText)) return Number(trimmedText);
      return /^(true|false)$/i.test(trimmedText) ? trimmedText.toLowerCase() === "true" : text;
  }
}

const isPercent = ({ type, format }: Typed): boolean => type === "number" && (format?.includes("%") ?? false);

/** "1,234.50", "-€ 4.2", "25 %": a dot before the decimals, commas or blanks between thousands. */
function parseNumber(text: string, percentColumn: boolean): number | null {
  const percent = /%\s*$/.test(text);
  const bare = text.replace(/[\s%$€£¥]/g, "");
  if (!/^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[+-]?\d+)?$/i.test(bare) || !/\d/.test(bare)) return null;
  const value = Number(bare.replaceAll(",", ""));
  if (!Number.isFinite(value)) return null;
  // In a column of percents a bare number counts percents, as spreadsheets do.
  return percent || (percentColumn && !bare.includes("e")) ? value / 100 : value;
}

function parseBoolean(text: string): boolean | null {
  if (/^(true|yes|y|1|✓|x)$/i.test(text)) return true;
  return /^(false|no|n|0|–|-)$/i.test(text) ? false : null;
}

/** ISO, with a time or without, or what the browser reads as a date; always as it is written, without a zone. */
function parseDate(text: string): number | null {
  const [, day, time] = /^(\d{4}-\d{1,2}-\d{1,2})(?:[ T](.+))?$/.exec(text) ?? [];
  const fraction = time === undefined ? 0 : parseClock(time);
  if (fraction === null) return null;
  const iso = day
    ?.split("-")
    .map((part) => part.padStart(2, "0"))
    .join("-");
  const ms = iso !== undefined ? Date.parse(`${iso}T00:00:00Z`) : parseLoose(text);
  return Number.isNaN(ms) ? null : ms / DAY_MS + EPOCH_DAYS + fraction;
}

/** "Nov 19, 2025": only with a month in words, since "3/4/2025" is two dates. */
function parseLoose(text: string): number {
  return /[a-z]{3}/i.test(text) && /\d{4}/.test(text) ? Date.parse(`${text} UTC`) : Number.NaN;
}

function parseClock(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?$/i.exec(text);
  if (!match) return null;
  const [, hours, minutes, seconds = "0", half] = match;
  const late = half?.toLowerCase() === "pm";
  const hour = half ? (Number(hours) % 12) + (late ? 12 : 0) : Number(hours);
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return (hour * 3600 + Number(minutes) * 60 + Number(seconds)) / 86_400;
}

function clock(fraction: number): string {
  const seconds = Math.round(fraction * 86_400) % 86_400;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const short = `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}`;
  return seconds % 60 === 0 ? short : `${short}:${two(seconds % 60)}`;
}

const trimmed = (value: number): string => String(Number(value.toPrecision(14)));
