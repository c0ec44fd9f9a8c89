/** The patterns that values are shown by where a template gives none. */
import type { ValueType } from "#contract/templates.ts";

const PATTERNS: Readonly<Record<Exclude<ValueType, "money">, string | null>> = {
  text: null,
  number: null,
  integer: "#,##0",
  percent: "0.0%",
  boolean: null,
  date: "d mmm yyyy",
  time: "hh:mm",
  datetime: "d mmm yyyy hh:mm",
  hours: "[h]:mm",
  link: null,
};

/** `currency` in ISO 4217 or null, `locale` such as "en_GB". */
export function patternOf(type: ValueType, locale: string, currency: string | null): string | null {
  if (type !== "money") return PATTERNS[type];
  return currency === null ? "#,##0.00" : moneyPattern(locale, currency);
}

/** With the currency's sign, digits and place as the locale writes them; negative amounts keep their minus. */
export function moneyPattern(locale: string, currency: string): string {
  const format = new Intl.NumberFormat(languageTag(locale), {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const number = digits === 0 ? "#,##0" : `#,##0.${"0".repeat(digits)}`;
  const parts = format.formatToParts(1);
  const sign = parts.find(({ type }) => type === "currency")?.value ?? currency;
  const behind =
    parts.findIndex(({ type }) => type === "currency") > parts.findIndex(({ type }) => type === "integer");
  const gap =
    /^[A-Z]+$/.test(sign) || parts.some(({ type, value }) => type === "literal" && value.trim() === "");
  const quoted = `"${sign.replaceAll('"', "")}"`;
  return behind ? `${number}${gap ? " " : ""}${quoted}` : `${quoted}${gap ? " " : ""}${number}`;
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));

export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && CURRENCIES.has(code);
}

/** "en-GB" for "en_GB". */
export function languageTag(locale: string): string {
  return locale.replaceAll("_", "-");
}

export function isLocale(locale: string): boolean {
  if (!/^[a-z]{2,3}(_[A-Z]{2})?$/.test(locale)) return false;
  return Intl.NumberFormat.supportedLocalesOf(languageTag(locale)).length > 0;
}
