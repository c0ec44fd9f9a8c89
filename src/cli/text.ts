/** Text for people: what comes from sheets and feeds must neither move the cursor nor change what stands beside it. */
import { type CellValue, isCellError } from "#contract/cell.ts";

export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

type Style = (text: string) => string;

export function createPaint(isColoured: boolean): Paint {
  const style =
    (on: number, off: number): Style =>
    (text) =>
      isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Control characters and what reorders text are written out. */
export function plain(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (sign) => NAMED[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A cell as a person reads it; empty for an empty one. */
export function cellText(value: CellValue | undefined): string {
  if (value === null || value === undefined) return "";
  return plain(isCellError(value) ? value.error : String(value));
}

/** Rows under headers, in columns two blanks apart; cut to `width` where that is given. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string {
  const widths = headers.map((header, at) =>
    Math.max(header.length, ...rows.map((row) => (row[at] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cut(
      widths
        .map((most, at) => (at === widths.length - 1 ? (cells[at] ?? "") : (cells[at] ?? "").padEnd(most)))
        .join("  "),
      width,
    ).trimEnd();
  return [paint.bold(line(headers)), ...rows.map(line)].map((text) => `${text}\n`).join("");
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** `name  value` lines; what is undefined is left out. */
export function facts(values: Readonly<Record<string, string | undefined>>, paint: Paint): string {
  const known = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${paint.dim(name.padEnd(width))}  ${value}\n`).join("");
}
