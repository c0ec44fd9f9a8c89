/** Values into what a column is to hold: numbers, dates, texts. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { FeedColumnType } from "#contract/feed.ts";
import type { NumberFormat } from "../../model/mapping.ts";

/** `value` as `type`; undefined when it cannot be one. */
export function convert(value: CellValue, type: FeedColumnType): CellValue | undefined {
  if (value === null || isCellError(value)) return value;
  switch (type) {
    case "text":
      return String(value);
    case "number":
      return typeof value === "number" ? value : numberOf(String(value).trim());
    case "boolean":
      return typeof value === "boolean" ? value : BOOLEANS[String(value).trim().toLowerCase()];
    case "date":
      return typeof value === "string" ? wholeDays(dayOf(value)) : undefined;
    case "datetime":
      return typeof value === "string" ? dayOf(value) : undefined;
  }
}

/** How a column of this type shows its numbers. */
export const FORMATS: { readonly [Type in FeedColumnType]?: NumberFormat } = {
  date: { kind: "date", pattern: "yyyy-mm-dd" },
  datetime: { kind: "datetime", pattern: "yyyy-mm-dd hh:mm:ss" },
};

/**
 * What a column of texts stands for, where its format has no types: numbers or booleans only if all of it reads so.
 * Leading zeros and long numbers are names, not amounts.
 */
export function guessType(values: readonly CellValue[]): "number" | "boolean" | "text" {
  let guess: "number" | "boolean" | null = null;
  for (const value of values) {
    if (value === null) continue;
    const text = String(value);
    const kind = PLAIN_NUMBER.test(text) ? "number" : /^(?:true|false)$/i.test(text) ? "boolean" : "text";
    if (kind === "text" || (guess !== null && guess !== kind)) return "text";
    guess = kind;
  }
  return guess ?? "text";
}

/** At most 15 digits: a double holds them all. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
const ANY_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  "1": true,
  "0": false,
};

function numberOf(text: string): number | undefined {
  const value = ANY_NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets. */
const EPOCH_MS = Date.UTC(1899, 11, 30);

/** Days since 1899-12-30; a time without a zone counts as UTC. RFC 3339 and the dates of mail and RSS are known. */
function dayOf(text: string): number | undefined {
  const iso =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text.trim(),
    );
  const given = iso ? `${iso[1]}T${iso[2] ?? "00:00"}${zoneOf(iso[3])}` : RFC_822.test(text) ? text : "";
  const ms = Date.parse(given);
  return Number.isNaN(ms) ? undefined : (ms - EPOCH_MS) / DAY_MS;
}

const RFC_822 =
  /^\s*(?:\w{3},?\s+)?\d{1,2}\s+\w{3}\s+\d{4}\s+\d{2}:\d{2}(?::\d{2})?\s+(?:[A-Z]{1,4}|[+-]\d{4})\s*$/;

function zoneOf(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === "Z") return "Z";
  return zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function wholeDays(days: number | undefined): number | undefined {
  return days === undefined ? undefined : Math.floor(days);
}
