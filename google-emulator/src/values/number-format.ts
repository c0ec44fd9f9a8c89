/** How numbers are shown: Google's NumberFormat over the numfmt library. */
import { format } from "numfmt";
import { localeFormats } from "./locales.ts";

export interface NumberFormat {
  readonly type?: string;
  readonly pattern?: string;
}

/** What shows when only a type is set. */
function defaultPattern(type: string | undefined, locale: string): string | undefined {
  const { datePattern, currency } = localeFormats(locale);
  const patterns: Readonly<Record<string, string>> = {
    NUMBER: "#,##0.00",
    PERCENT: "0.00%",
    CURRENCY: currency === "€" ? "#,##0.00[$ €]" : `"${currency}"#,##0.00`,
    DATE: datePattern,
    TIME: "h:mm:ss am/pm",
    DATE_TIME: `${datePattern} H:mm:ss`,
    SCIENTIFIC: "0.00E+00",
  };
  return patterns[type ?? ""];
}

/** `locale` as in the API, "en_US". A pattern that cannot be read shows the bare number. */
export function formatNumber(value: number, numberFormat: NumberFormat | undefined, locale: string): string {
  const pattern = numberFormat?.pattern || defaultPattern(numberFormat?.type, locale);
  if (!pattern || numberFormat?.type === "TEXT") return generalNumber(value, locale);
  try {
    const { tag } = localeFormats(locale);
    return format(filledOnce(pattern), value, { leap1900: false, locale: tag, throws: true });
  } catch {
    return generalNumber(value, locale);
  }
}

/** "*" repeats the character after it to the cell's width; in a text it stands once [R]. */
function filledOnce(pattern: string): string {
  return pattern.replace(/"[^"]*"|\\.|\*(.)/g, (part, repeated?: string) =>
    repeated === undefined ? part : `\\${repeated}`,
  );
}

/** Without a format: whole numbers in full up to 15 digits, fractions to 10 significant ones. */
export function generalNumber(value: number, locale: string): string {
  const size = Math.abs(value);
  let text: string;
  if (size !== 0 && (size >= 1e15 || size < 1e-5)) {
    const [mantissa = "", exponent = ""] = value.toExponential(9).split("e");
    const sign = exponent.startsWith("-") ? "-" : "+";
    const digits = exponent.replace(/^[+-]/, "").padStart(2, "0");
    const short = mantissa.replace(/\.?0+$/, "");
    text = `${short.includes(".") ? short : `${short}.00`}E${sign}${digits}`;
  } else {
    text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(10)));
  }
  const { decimal } = localeFormats(locale);
  return decimal === "." ? text : text.replace(".", decimal);
}

/** A format that shows the number as a date, a time or both. */
export function isTemporal(numberFormat: NumberFormat | undefined): boolean {
  return numberFormat?.type === "DATE" || numberFormat?.type === "TIME" || numberFormat?.type === "DATE_TIME";
}
