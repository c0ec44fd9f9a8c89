import type { CellValue } from "#contract/cell.ts";
import { Failure } from "./failure.ts";
import type { ColumnAnswer } from "./find-row.ts";

export const VALUE_TYPES = ["text", "number", "boolean", "empty", "formula"] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

const DAY_MS = 86_400_000;
/** Cells count days from here. */
const EPOCH_MS = Date.UTC(1899, 11, 30);

/** What a person wrote for a cell: as `type` says, else as its column holds values. */
export function parseCell(text: string, column: ColumnAnswer, type: ValueType | undefined): CellValue {
  switch (type) {
    case "text":
    case "formula":
      return text;
    case "empty":
      return null;
    case "number":
      return number(text) ?? wrong(text, "number");
    case "boolean":
      return boolean(text) ?? wrong(text, "boolean");
    case undefined:
      return byColumn(text, column);
  }
}

function byColumn(text: string, { type, key }: ColumnAnswer): CellValue {
  switch (type) {
    case "text":
      return text;
    case "number":
      return text === "" ? null : (number(text) ?? wrong(text, "number", key));
    case "boolean":
      return text === "" ? null : (boolean(text) ?? wrong(text, "boolean", key));
    case "date":
    case "time":
    case "datetime":
      return text === "" ? null : (number(text) ?? moment(text) ?? wrong(text, type, key));
    case "mixed":
    case "empty":
      return text === "" ? null : (number(text) ?? boolean(text) ?? text);
  }
}

function number(text: string): number | undefined {
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : undefined;
}

function boolean(text: string): boolean | undefined {
  return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
}

/** ISO 8601 without a zone, as the sheet shows it, in days. */
function moment(text: string): number | undefined {
  const [, date, hours, minutes, seconds = "0"] =
    /^(?:(\d{4}-\d\d-\d\d)(?:[T ]|$))?(?:(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?$/.exec(text) ?? [];
  if (date === undefined && hours === undefined) return undefined;
  const days = date === undefined ? 0 : (Date.parse(`${date}T00:00:00Z`) - EPOCH_MS) / DAY_MS;
  const ms =
    hours === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000;
  const isTime = Number(hours ?? 0) < 24 && Number(minutes ?? 0) < 60 && Number(seconds) < 60;
  return Number.isFinite(days) && isTime ? days + ms / DAY_MS : undefined;
}

function wrong(text: string, type: string, key?: string): never {
  const place = key === undefined ? `--as ${type}` : `The column "${key}" holds values of type ${type}`;
  throw new Failure("usage", {
    title: "The value does not fit",
    detail: `${place}, and "${text}" is none: write one, or say what it is with --as ${VALUE_TYPES.join("|")}.`,
  });
}
