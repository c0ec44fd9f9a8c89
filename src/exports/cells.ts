/** One value of the data as one cell, or a word of what is wrong with it. */
import type { DataValue, ValueType } from "#contract/templates.ts";
import { fetchingFunction } from "./formula.ts";
import { isLink, isMoney, isObject } from "./items.ts";
import { isCurrency, moneyPattern } from "./patterns.ts";
import type { PlanCell } from "./plan.ts";
import { createSerials } from "./serials.ts";

/** Google's limit of one cell. */
export const CELL_CHARACTERS_MAX = 50_000;
/** Google takes no longer links. */
const LINK_CHARACTERS_MAX = 2_000;

export interface Wanted {
  /** Null: whatever it is. */
  readonly type: ValueType | null;
  /** Of amounts that name none, and of the column's pattern. */
  readonly currency: string | null;
  /** Text that begins with "=" is a formula. */
  readonly formulas: boolean;
  /** Dates may come as serial numbers. */
  readonly serials: boolean;
}

export interface BadValue {
  readonly problem: string;
  readonly fix: string;
}

export interface CellMaker {
  /** `bad` is called for what cannot be taken; the cell is null then. */
  make(value: DataValue, wanted: Wanted, bad: (bad: BadValue) => void): PlanCell;
  /** The type that fits all values; null where they differ or there is none. */
  typeOf(values: Iterable<DataValue | undefined>): ValueType | null;
}

export function createCellMaker({ timeZone, locale }: { timeZone: string; locale: string }): CellMaker {
  const serials = createSerials(timeZone);
  const patterns = new Map<string, string>();

  function kindOf(value: DataValue): ValueType {
    if (typeof value === "number") return "number";
    if (typeof value === "boolean") return "boolean";
    if (typeof value === "string") return serials.parse(value)?.kind ?? "text";
    if (value !== null && isMoney(value)) return "money";
    return value !== null && isLink(value) ? "link" : "text";
  }

  function number(value: DataValue, bad: (bad: BadValue) => void): number | null {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    bad({ problem: `${shown(value)} is not a number`, fix: "send a number without quotes, such as 12.5" });
    return null;
  }

  function date(value: DataValue, wanted: Wanted, bad: (bad: BadValue) => void): number | null {
    const { type } = wanted;
    if (wanted.serials && typeof value === "number" && Number.isFinite(value)) return value;
    const found = typeof value === "string" ? serials.parse(value) : null;
    const fits = found && (found.kind === type || (found.kind !== "time" && type !== "time"));
    // A date column shows no time: what it hides would still count in comparisons.
    if (fits) return type === "date" ? Math.floor(found.days) : found.days;
    const example = { date: "2026-05-01", time: "14:30", datetime: "2026-05-01T14:30:00Z" }[type as "date"];
    bad({ problem: `${shown(value)} is not a ${type} in ISO 8601`, fix: `send such as "${example}"` });
    return null;
  }

  function money(value: DataValue, wanted: Wanted, bad: (bad: BadValue) => void): PlanCell {
    if (!isMoney(value)) return number(value, bad);
    const { amount, currency } = value;
    const exact =
      typeof amount === "number" || /^-?\d{1,15}(\.\d{1,10})?$/.test(amount) ? Number(amount) : Number.NaN;
    if (!Number.isFinite(exact)) {
      bad({ problem: `the amount ${shown(amount)} is not a number`, fix: 'send such as 12.5 or "12.50"' });
      return null;
    }
    if (!isCurrency(currency)) {
      bad({ problem: `${shown(currency)} is no currency`, fix: 'use its ISO 4217 code, such as "EUR"' });
      return null;
    }
    if (currency === wanted.currency) return exact;
    const format = patterns.get(currency) ?? moneyPattern(locale, currency);
    patterns.set(currency, format);
    return { value: exact, format };
  }

  function link(value: DataValue, bad: (bad: BadValue) => void): PlanCell {
    const url = typeof value === "string" ? value : value !== null && isLink(value) ? value.url : null;
    if (url === null || url.length > LINK_CHARACTERS_MAX || !isSafeLink(url)) {
      const fix = 'send {"text": "...", "url": "https://..."}';
      bad({ problem: `${shown(url ?? value)} is not a link to the web or a mail address`, fix });
      return null;
    }
    const label = isObject(value) && typeof value.text === "string" ? text(value.text, bad) : url;
    return { text: typeof label === "string" && label !== "" ? label : url, link: url };
  }

  function text(value: string, bad: (bad: BadValue) => void): PlanCell {
    if (value.length > CELL_CHARACTERS_MAX) {
      const problem = `is ${value.length} characters long; a cell holds ${CELL_CHARACTERS_MAX}`;
      bad({ problem, fix: "shorten it, or send a link to it" });
      return null;
    }
    if (!value.isWellFormed()) {
      bad({ problem: "holds half a character", fix: "cut texts between characters, not inside one" });
      return null;
    }
    return value;
  }

  function anyText(value: DataValue, wanted: Wanted, bad: (bad: BadValue) => void): PlanCell {
    if (typeof value === "string") {
      if (wanted.formulas && value.startsWith("=")) {
        const fetching = fetchingFunction(value);
        if (fetching === null) return text(value, bad) === null ? null : { formula: value };
        bad({ problem: `fetches from outside by ${fetching}`, fix: "send the values instead" });
        return null;
      }
      return text(value, bad);
    }
    if (Array.isArray(value)) return text(value.map(asText).join(", "), bad);
    if (isObject(value)) {
      if (wanted.type === null) return text(JSON.stringify(value), bad);
      bad({
        problem: "is an object",
        fix: `choose one of its fields: ${Object.keys(value).slice(0, 5).join(", ")}`,
      });
      return null;
    }
    return wanted.type === null ? (value as number | boolean | null) : String(value);
  }

  return {
    make(value, wanted, bad) {
      if (value === null) return null;
      // A live tab's cell may hold an error, whatever its column is; it is told as a person would see it.
      if (isErrorCell(value)) return value.error;
      if (wanted.formulas && typeof value === "string" && value.startsWith("="))
        return anyText(value, wanted, bad);
      switch (wanted.type ?? kindOf(value)) {
        case "number":
        case "integer":
        case "percent":
          return number(value, bad);
        case "hours": {
          const hours = number(value, bad);
          return hours === null ? null : hours / 24;
        }
        case "boolean":
          if (typeof value === "boolean") return value;
          bad({ problem: `${shown(value)} is not true or false`, fix: "send true or false without quotes" });
          return null;
        case "date":
        case "time":
        case "datetime":
          // In a column of many kinds a date has no pattern to show it, so it stays as it was written.
          return wanted.type === null ? anyText(value, wanted, bad) : date(value, wanted, bad);
        case "money":
          return money(value, wanted, bad);
        case "link":
          return link(value, bad);
        case "text":
          return anyText(value, wanted, bad);
      }
    },
    typeOf(values) {
      const kinds = new Set<ValueType>();
      for (const value of values) {
        if (value === undefined || value === null) continue;
        kinds.add(kindOf(value));
        if (kinds.size > 2) return null;
      }
      const [first, second] = kinds;
      if (second === undefined) return first ?? null;
      const both = kinds.has("date") && kinds.has("datetime");
      if (both) return "datetime";
      return kinds.has("money") && kinds.has("number") ? "money" : null;
    },
  };
}

function isErrorCell(value: DataValue): value is { error: string } {
  return (
    isObject(value) &&
    Object.keys(value).length === 1 &&
    typeof value.error === "string" &&
    /^#[A-Z0-9/]+[!?]?$/.test(value.error)
  );
}

function isSafeLink(url: string): boolean {
  return /^(https?|mailto):$/.test(URL.parse(url)?.protocol ?? "");
}

function asText(value: DataValue): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Short values are repeated, which finds a mistake fast. */
function shown(value: DataValue | undefined): string {
  const text = JSON.stringify(value) ?? "nothing";
  if (text.length <= 60) return text;
  return typeof value === "string" ? "this text" : Array.isArray(value) ? "this list" : "this value";
}
