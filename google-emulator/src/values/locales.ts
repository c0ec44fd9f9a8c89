/** What a workbook's locale means for reading and showing numbers and dates. */

export interface LocaleFormats {
  /** For Intl and the numfmt library: "en-US". */
  readonly tag: string;
  readonly decimal: string;
  /** May be some kind of space. */
  readonly group: string;
  readonly order: "MDY" | "DMY" | "YMD";
  readonly datePattern: string;
  readonly currency: string;
  /** Names of months in the locale and in English, in lower case, to their number from 1. */
  readonly months: ReadonlyMap<string, number>;
}

/** `locale` as in the API, "en_US"; an unknown one is American. */
export function localeFormats(locale: string): LocaleFormats {
  const known = cache.get(locale);
  if (known) return known;
  const made = make(locale);
  cache.set(locale, made);
  return made;
}

/** The same for ever for one locale. */
const cache = new Map<string, LocaleFormats>();

const DATE_PATTERNS: Readonly<Record<string, string>> = {
  en_US: "M/d/yyyy",
  en_PH: "M/d/yyyy",
  en_CA: "yyyy-MM-dd",
  fr_CA: "yyyy-MM-dd",
  de: "dd.MM.yyyy",
  pl: "dd.MM.yyyy",
  ru: "dd.MM.yyyy",
  uk: "dd.MM.yyyy",
  tr: "dd.MM.yyyy",
  cs: "d.M.yyyy",
  fi: "d.M.yyyy",
  nb: "dd.MM.yyyy",
  no: "dd.MM.yyyy",
  nl: "d-M-yyyy",
  sv: "yyyy-MM-dd",
  lt: "yyyy-MM-dd",
  ja: "yyyy/MM/dd",
  zh: "yyyy/M/d",
  ko: "yyyy. M. d",
  hu: "yyyy. MM. dd",
};

const CURRENCIES: Readonly<Record<string, string>> = {
  en_US: "$",
  en_CA: "$",
  en_AU: "$",
  en_GB: "£",
  ja: "¥",
  zh: "¥",
  en_IN: "₹",
  hi: "₹",
  ru: "₽",
};

function make(locale: string): LocaleFormats {
  const [language = "en"] = locale.split("_");
  const tag = supported(locale.replace("_", "-"));
  const parts = new Intl.NumberFormat(tag, { useGrouping: true }).formatToParts(1_234_567.8);
  const part = (type: string, otherwise: string): string =>
    parts.find((one) => one.type === type)?.value ?? otherwise;
  const datePattern = DATE_PATTERNS[locale] ?? DATE_PATTERNS[language] ?? "dd/MM/yyyy";
  return {
    tag,
    decimal: part("decimal", "."),
    group: part("group", ","),
    order: datePattern.startsWith("y") ? "YMD" : datePattern.startsWith("M") ? "MDY" : "DMY",
    datePattern,
    currency: CURRENCIES[locale] ?? CURRENCIES[language] ?? (language === "en" ? "$" : "€"),
    months: new Map([...monthNames("en-US"), ...monthNames(tag)]),
  };
}

function supported(tag: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag)[0] ?? "en-US";
  } catch {
    return "en-US";
  }
}

function monthNames(tag: string): [string, number][] {
  return (["long", "short"] as const).flatMap((month) => {
    const format = new Intl.DateTimeFormat(tag, { month, day: "numeric", timeZone: "UTC" });
    return Array.from({ length: 12 }, (_none, i): [string, number] => {
      const parts = format.formatToParts(Date.UTC(2020, i, 1));
      const name = parts.find((part) => part.type === "month")?.value ?? "";
      return [name.toLowerCase().replace(/\.$/, ""), i + 1];
    });
  });
}
