/**
 * Number patterns as spreadsheets write them ("#,##0.00", "0 %", "[$€]#,##0.00", '0.0 "kg"'), as far as a reader
 * needs them: digits, grouping, percent and what stands around the number. Unknown parts are left out.
 */
export interface NumberPattern {
  readonly grouping: boolean;
  readonly fractionMin: number;
  readonly fractionMax: number;
  readonly integerMin: number;
  readonly percent: boolean;
  readonly exponent: boolean;
  readonly prefix: string;
  readonly suffix: string;
}

/** Null for a pattern without a digit place, such as "@" or "General". */
export function parseNumberPattern(pattern: string): NumberPattern | null {
  // The first section is for positive numbers; the sign of others is written before it.
  const section = splitOutsideQuotes(pattern)[0]!
    .replace(/\[\$([^\]-]*)[^\]]*\]/g, '"$1"')
    .replace(/\[[^\]]*\]/g, "");
  const core = /[#0?,]*[#0?][#0?,]*(?:\.([#0?]*))?(E[+-]0+)?/.exec(withoutLiterals(section));
  if (!core) return null;
  const [digits, fraction = "", exponent] = core;
  const integer = digits.split(/[.E]/)[0]!;
  return {
    grouping: integer.includes(","),
    fractionMin: count(fraction, /0/g),
    fractionMax: fraction.length,
    integerMin: Math.max(1, count(integer, /0/g)),
    percent: withoutLiterals(section).includes("%"),
    exponent: exponent !== undefined,
    prefix: literals(section.slice(0, core.index)),
    suffix: literals(section.slice(core.index + digits.length)),
  };
}

export function numberFormatter(
  pattern: NumberPattern,
  locale: string | undefined,
): (value: number) => string {
  const format = new Intl.NumberFormat(locale, {
    useGrouping: pattern.grouping,
    minimumFractionDigits: pattern.fractionMin,
    maximumFractionDigits: pattern.fractionMax,
    minimumIntegerDigits: Math.min(21, pattern.integerMin),
    notation: pattern.exponent ? "scientific" : "standard",
  });
  return (value) => {
    const sign = value < 0 ? "-" : "";
    const size = format.format(Math.abs(pattern.percent ? value * 100 : value));
    return `${sign}${pattern.prefix}${size}${pattern.suffix}`;
  };
}

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/** Same length, so that positions stay; quoted and escaped characters are blanked out. */
function withoutLiterals(section: string): string {
  return section.replace(/"[^"]*"|\\.|[_*]./g, (part) => " ".repeat(part.length));
}

/** The characters that stand for themselves; `_x` leaves a gap, `*x` fills, neither is text. */
function literals(part: string): string {
  return part
    .replace(/"([^"]*)"|\\(.)|[_*]./g, (_, quoted, escaped) => quoted ?? escaped ?? "")
    .replace(/[#?]/g, "");
}

function splitOutsideQuotes(pattern: string): string[] {
  return (pattern.match(/(?:"[^"]*"|\\.|[^;])*/g) ?? [""]).filter((_, index) => index === 0);
}
