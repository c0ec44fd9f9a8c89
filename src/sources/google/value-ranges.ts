/** The answer of values.batchGet as grids of cells. */
import type { CellValue } from "#contract/cell.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Grid } from "../../model/mapping.ts";
import type { SourceError } from "../source.ts";
import { originOf } from "./a1.ts";

/** Cells of a tab, and those among them whose text may stand for something else than text. */
export interface ValueRange {
  readonly grid: Grid;
  /** Where the grid's first cell stands in the tab. */
  readonly row: number;
  readonly column: number;
  readonly suspects: readonly Suspect[];
}

/** A cell that reads like an error or like a formula that is still loading. Positions are those in the tab. */
export interface Suspect {
  readonly row: number;
  readonly column: number;
  readonly text: string;
}

/** What Google writes for a formula that waits for something, such as IMPORTRANGE. */
export const LOADING = "Loading...";

/** Unformatted values carry the reason too: "#DIV/0! (Function DIVIDE parameter 2 cannot be zero.)". */
const ERROR_TEXT = /^(#(?:NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A|ERROR!))(?: \(.+\))?$/s;

/** The error's code, such as "#DIV/0!", or null for any other text. */
export function errorCode(text: string): string | null {
  return ERROR_TEXT.exec(text)?.[1] ?? null;
}

/** `expected`: how many ranges were asked for. The grids are the parsed arrays themselves, made clean in place. */
export function parseValueRanges(body: Uint8Array, expected: number): Result<ValueRange[], SourceError> {
  const answer = parseJson(body);
  if (!answer.ok) return answer;
  const ranges = (answer.value as { valueRanges?: unknown } | null)?.valueRanges;
  if (!Array.isArray(ranges) || ranges.length !== expected) {
    return malformed("valueRanges", `there should be ${expected} ranges`);
  }
  const parsed: ValueRange[] = [];
  for (let index = 0; index < ranges.length; index++) {
    const path = `valueRanges[${index}].values`;
    const { range: place, values } = (ranges[index] ?? {}) as { range?: unknown; values?: unknown };
    const origin = originOf(typeof place === "string" ? place : "");
    const range = cleanRange(values ?? [], origin, path);
    if (!range.ok) return range;
    parsed.push(range.value);
  }
  return ok(parsed);
}

/** An answer may be cut short, or be a page of somebody who answers in Google's place. */
export function parseJson(body: Uint8Array): Result<unknown, SourceError> {
  const text = new TextDecoder().decode(body);
  try {
    return ok(JSON.parse(text));
  } catch {
    const begin = text.trimStart();
    if (begin.startsWith("<"))
      return err({ tag: "Malformed", path: "body", detail: "A web page came", fix: NO_GOOGLE });
    const detail = begin.startsWith("{") ? "Google's answer breaks off" : "Google's answer is not JSON";
    return err({ tag: "Malformed", path: "body", detail, fix: CUT });
  }
}

const NO_GOOGLE =
  "The last good data stay. Something between this machine and Google answers in its place, such as a proxy or a network's sign-in page: open https://sheets.googleapis.com from this machine.";
const CUT =
  "The last good data stay, and it is tried again by itself. If it stays like this, something between this machine and Google cuts or changes answers, such as a proxy.";

export function malformed(path: string, detail: string): Result<never, SourceError> {
  return err({ tag: "Malformed", path, detail });
}

function cleanRange(
  values: unknown,
  origin: Pick<ValueRange, "row" | "column">,
  path: string,
): Result<ValueRange, SourceError> {
  if (!Array.isArray(values)) return malformed(path, "should be a list of rows");
  const suspects: Suspect[] = [];
  for (let row = 0; row < values.length; row++) {
    const cells: unknown = values[row];
    if (!Array.isArray(cells)) return malformed(`${path}[${row}]`, "should be a list of cells");
    for (let column = 0; column < cells.length; column++) {
      const value: unknown = cells[column];
      if (typeof value === "number" || typeof value === "boolean" || value === null) continue;
      if (typeof value !== "string")
        return malformed(`${path}[${row}][${column}]`, "should be a plain value");
      if (value === "") cells[column] = null;
      else if (isSuspect(value))
        suspects.push({ row: origin.row + row, column: origin.column + column, text: value });
    }
  }
  return ok({ grid: values as CellValue[][], ...origin, suspects });
}

function isSuspect(text: string): boolean {
  return text.startsWith("#") ? errorCode(text) !== null : text === LOADING;
}
