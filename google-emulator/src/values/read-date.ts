/** Dates and times as a person types them, by the workbook's locale. ISO dates are read in any locale. */
import { type LocaleFormats, localeFormats } from "./locales.ts";
import { serialNow, serialOf, yearOf } from "./serial.ts";

export interface Moment {
  /** Days since 1899-12-30. */
  readonly serial: number;
  readonly type: "DATE" | "TIME" | "DATE_TIME";
  readonly pattern: string;
}

/** Null for what is no date or time. A date without its year means this year's. */
export function readMoment(text: string, locale: string, nowMs: number): Moment | null {
  const formats = localeFormats(locale);
  const date = readDate(text, formats, nowMs);
  if (date) return date;
  const time = readTime(text);
  if (time) return time;
  const split = /^(.*\S)(?:T|[ ,]+)(\d{1,2}:\d{2}.*)$/.exec(text);
  const day = split && readDate(split[1]!, formats, nowMs);
  const clock = day && readTime(split[2]!);
  if (!clock || clock.serial >= 1) return null;
  const pattern = day.pattern === "yyyy-mm-dd" ? "yyyy-mm-dd h:mm:ss" : `${formats.datePattern} H:mm:ss`;
  return { serial: day.serial + clock.serial, type: "DATE_TIME", pattern };
}

function readDate(text: string, formats: LocaleFormats, nowMs: number): Moment | null {
  const thisYear = yearOf(Math.floor(serialNow(nowMs)));
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return dated(Number(iso[1]), Number(iso[2]), Number(iso[3]), "yyyy-mm-dd");
  const yearFirst = /^(\d{4})([/.])\s?(\d{1,2})\2\s?(\d{1,2})\.?$/.exec(text);
  if (yearFirst) {
    return dated(Number(yearFirst[1]), Number(yearFirst[3]), Number(yearFirst[4]), formats.datePattern);
  }
  const digits = /^(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{2}|\d{4}))?\.?$/.exec(text);
  if (digits) {
    const [, first, separator, second, year] = digits;
    // A dot parts days only where dates are written so.
    if (separator === "." && !formats.datePattern.includes(".")) return null;
    const [month, day] = formats.order === "DMY" ? [second, first] : [first, second];
    return dated(
      year === undefined ? thisYear : wholeYear(year),
      Number(month),
      Number(day),
      formats.datePattern,
    );
  }
  return readNamed(text, formats, thisYear);
}

/** "January 5, 2020", "5-Jan-20", "5. März", "Jan 5": shown as typed. */
function readNamed(text: string, formats: LocaleFormats, thisYear: number): Moment | null {
  const dayFirst = /^(\d{1,2})(\.?[-/ ]\s?|\.\s?)(\p{L}+)(\.?)(?:([-/ ,]\s?)(\d{2}|\d{4}))?$/u.exec(text);
  if (dayFirst) {
    const [, day, one, name = "", dot, two, year] = dayFirst;
    const month = formats.months.get(name.toLowerCase());
    const shown = `d${one}${monthPattern(name)}${dot}${year === undefined ? "" : `${two}yyyy`}`;
    return month === undefined ? null : dated(year ? wholeYear(year) : thisYear, month, Number(day), shown);
  }
  const monthFirst = /^(\p{L}+)(\.?[-/ ]\s?)(\d{1,2})(?:(, ?|[-/ ])(\d{2}|\d{4}))?$/u.exec(text);
  if (!monthFirst) return null;
  const [, name = "", one, day, two, year] = monthFirst;
  const month = formats.months.get(name.toLowerCase());
  const shown = `${monthPattern(name)}${one}d${year === undefined ? "" : `${two}yyyy`}`;
  return month === undefined ? null : dated(year ? wholeYear(year) : thisYear, month, Number(day), shown);
}

function monthPattern(name: string): string {
  return name.length > 3 ? "mmmm" : "mmm";
}

function readTime(text: string): Moment | null {
  const match = /^(\d{1,4}):([0-5]\d)(?::([0-5]\d)(\.\d+)?)?(?:\s?([ap])\.?m\.?)?$/i.exec(text);
  if (!match) return null;
  const [, hourText, minute, second, fraction = "", half] = match;
  const hour = Number(hourText);
  if (half && (hour < 1 || hour > 12)) return null;
  const hours = half ? (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0) : hour;
  const seconds = hours * 3600 + Number(minute) * 60 + Number(second ?? 0) + Number(`0${fraction}`);
  const short = second === undefined ? "" : ":ss";
  const pattern = hours >= 24 ? "[h]:mm:ss" : half ? `h:mm${short} am/pm` : `H:mm${short}`;
  return { serial: seconds / 86_400, type: "TIME", pattern };
}

/** 20 is 2020, 75 is 1975. */
function wholeYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < 30 ? 2000 + year : 1900 + year;
}

function dated(year: number, month: number, day: number, pattern: string): Moment | null {
  if (month < 1 || month > 12 || day < 1) return null;
  const serial = serialOf(year, month, day);
  return serial < serialOf(year, month + 1, 1) ? { serial, type: "DATE", pattern } : null;
}
