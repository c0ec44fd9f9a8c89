/** Functions of texts. Patterns are RE2 in Google and JavaScript's here: the same for what both have. */
import { formatNumber } from "../values/number-format.ts";
import type { Invocation } from "./invocation.ts";
import { FormulaError, matrix, type Scalar, scalar, toBoolean, toText, type Value } from "./value.ts";

export const TEXTS: Readonly<Record<string, (call: Invocation) => Value>> = {
  CONCATENATE: (call) => joined(everyScalar(call), ""),
  CONCAT: (call) => joined(everyScalar(call), ""),
  JOIN: (call) => onText(call, 0, (separator) => joined(everyScalar(call, 1), separator)),
  TEXTJOIN: (call) =>
    onText(call, 0, (separator) => {
      const skip = toBoolean(call.value(1), "Function TEXTJOIN parameter 2") === true;
      const all = everyScalar(call, 2);
      return joined(skip ? all.filter((one) => one !== null && one !== "") : all, separator);
    }),
  LEN: (call) => onText(call, 0, (text) => text.length),
  LENB: (call) => onText(call, 0, (text) => new TextEncoder().encode(text).length),
  UPPER: (call) => onText(call, 0, (text) => text.toUpperCase()),
  LOWER: (call) => onText(call, 0, (text) => text.toLowerCase()),
  PROPER: (call) =>
    onText(call, 0, (text) =>
      text
        .toLowerCase()
        .replace(
          /(^|[^\p{L}])(\p{L})/gu,
          (_all, before: string, letter: string) => `${before}${letter.toUpperCase()}`,
        ),
    ),
  TRIM: (call) => onText(call, 0, (text) => text.trim().replace(/ +/g, " ")),
  TO_TEXT: (call) => onText(call, 0, (text) => text),
  ENCODEURL: (call) => onText(call, 0, encodeURIComponent),
  HYPERLINK: (call) => scalar(call.value(call.args.length > 1 ? 1 : 0)),
  /** A picture is no value. */
  IMAGE: () => null,
  SPARKLINE: () => null,
  TEXT: (call) => {
    const value = scalar(call.value(0));
    const pattern = toText(call.value(1));
    if (value instanceof FormulaError) return value;
    if (pattern instanceof FormulaError) return pattern;
    return typeof value === "number" ? formatNumber(value, { pattern }, "en_US") : toText(value);
  },
  ISEMAIL: (call) => onText(call, 0, (text) => /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i.test(text)),
  ISURL: (call) =>
    onText(call, 0, (text) => /^((https?|ftp|mailto):\S+|[\w-]+(\.[\w-]+)*\.[a-z]{2,}(\/\S*)?)$/i.test(text)),
  REGEXMATCH: (call) => onPattern(call, (text, pattern) => pattern.test(text)),
  REGEXREPLACE: (call) =>
    onPattern(call, (text, pattern) =>
      onText(call, 2, (replacement) =>
        text.replace(new RegExp(pattern.source, `${pattern.flags}g`), replacement.replace(/\\(\d)/g, "$$$1")),
      ),
    ),
  REGEXEXTRACT: (call) =>
    onPattern(call, (text, pattern) => {
      const found = pattern.exec(text);
      if (found) return found.length > 1 ? [found.slice(1).map((group) => group ?? null)] : found[0];
      return new FormulaError(
        "#N/A",
        `Function REGEXEXTRACT parameter 2 value "${pattern.source}" does not match text of Function REGEXEXTRACT parameter 1 value "${text}".`,
      );
    }),
  SPLIT: (call) =>
    onText(call, 0, (text) =>
      onText(call, 1, (delimiter) => {
        const each = call.args.length < 3 || toBoolean(call.value(2), "SPLIT") === true;
        const keepEmpty = call.args.length > 3 && toBoolean(call.value(3), "SPLIT") === false;
        const escaped = delimiter.replace(/[-\\\]^[.*+?${}()|]/g, "\\$&");
        const parts = text.split(new RegExp(each ? `[${escaped}]` : escaped));
        const kept = keepEmpty ? parts : parts.filter((part) => part !== "");
        return [kept.map(typed)];
      }),
    ),
};

/** Parts of a split text become numbers where they read as such. */
function typed(part: string): Scalar {
  if (part === "") return null;
  return /^\s*-?(\d+\.?\d*|\.\d+)\s*$/.test(part) ? Number(part) : part;
}

function joined(all: readonly Scalar[], separator: string): Scalar {
  const texts: string[] = [];
  for (const one of all) {
    const text = toText(one);
    if (text instanceof FormulaError) return text;
    texts.push(text);
  }
  return texts.join(separator);
}

function onText(call: Invocation, i: number, apply: (text: string) => Value): Value {
  const text = toText(call.value(i));
  return text instanceof FormulaError ? text : apply(text);
}

function onPattern(call: Invocation, apply: (text: string, pattern: RegExp) => Value): Value {
  return onText(call, 0, (text) =>
    onText(call, 1, (source) => {
      const insensitive = source.startsWith("(?i)");
      try {
        return apply(text, new RegExp(insensitive ? source.slice(4) : source, insensitive ? "iu" : "u"));
      } catch {
        return new FormulaError(
          "#REF!",
          `Function ${call.name} parameter 2 value "${source}" is not a valid regular expression.`,
        );
      }
    }),
  );
}

function everyScalar(call: Invocation, from = 0): Scalar[] {
  return call.args.slice(from).flatMap((_node, i) => matrix(call.value(from + i)).flat());
}
