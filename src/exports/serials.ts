/** ISO 8601 as the serial numbers of sheets: days since 1899-12-30, local to a time zone. */

export interface Serials {
  /** Null: not a date that a sheet can hold. */
  parse(text: string): Serial | null;
}

export interface Serial {
  readonly kind: "date" | "time" | "datetime";
  readonly days: number;
}

const MS_PER_DAY = 86_400_000;
const DAY_ZERO_MS = Date.UTC(1899, 11, 30);
/** Zones change their offset at whole quarters of an hour. */
const OFFSET_STEP_MS = 900_000;
/** A century of quarters in use at once is more than any data hold. */
const OFFSETS_MAX = 100_000;

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d))?$/;

/** `timeZone` is an IANA name that exists: see `isTimeZone`. */
export function createSerials(timeZone: string): Serials {
  const offsetAt = createOffsets(timeZone);
  return {
    parse(text) {
      const time = TIME.exec(text);
      if (time) {
        const [hours, minutes, seconds] = [time[1], time[2], time[3] ?? "0"].map(Number) as [
          number,
          number,
          number,
        ];
        if (hours > 23 || minutes > 59 || seconds > 59) return null;
        return { kind: "time", days: (hours * 3_600 + minutes * 60 + seconds) / 86_400 };
      }
      const [, year, month, day, hour, minute, second = "0", fraction = "", zone] = DATE.exec(text) ?? [];
      if (year === undefined) return null;
      const midnight = utc(Number(year), Number(month), Number(day));
      if (midnight === null) return null;
      if (hour === undefined) return { kind: "date", days: (midnight - DAY_ZERO_MS) / MS_PER_DAY };
      if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
      const ms = Math.round(Number(`0.${fraction || "0"}`) * 1_000);
      const written = midnight + (Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) * 1_000 + ms;
      const away = zone === undefined ? 0 : minutesAway(zone);
      if (away === null) return null;
      const utcMs = written - away * 60_000;
      const local = zone === undefined ? written : utcMs + offsetAt(utcMs);
      return { kind: "datetime", days: (local - DAY_ZERO_MS) / MS_PER_DAY };
    },
  };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Null for a day that is in no calendar, such as 30 February. */
function utc(year: number, month: number, day: number): number | null {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}

function minutesAway(zone: string): number | null {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** What is to be added to UTC in the zone, ms. Asking Intl costs more than all else, so answers are kept. */
function createOffsets(timeZone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const known = new Map<number, number>();
  return (utcMs) => {
    const step = Math.floor(utcMs / OFFSET_STEP_MS);
    const kept = known.get(step);
    if (kept !== undefined) return kept;
    const at = step * OFFSET_STEP_MS;
    const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const get = (name: Intl.DateTimeFormatPartTypes) => part.get(name)!;
    const date = new Date(at);
    date.setUTCFullYear(get("year"), get("month") - 1, get("day"));
    date.setUTCHours(get("hour"), get("minute"), get("second"), 0);
    const offset = date.getTime() - at;
    if (known.size >= OFFSETS_MAX) known.clear();
    known.set(step, offset);
    return offset;
  };
}
