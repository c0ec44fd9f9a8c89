/** What a format makes of a body: rows with flattened fields, whatever it was written in. */
import type { CellValue } from "#contract/cell.ts";
import { err, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";

export interface FeedDocument {
  /** The rows at `path`, or where they stand by themselves without one. */
  rows(path: string | undefined): Result<readonly FeedRow[], Malformed>;
  /** What stands at `path`, such as the cursor of the next page; null for nothing. */
  valueAt(path: string): CellValue;
  /** Whether values are texts that may stand for numbers, as in XML and CSV. */
  readonly untyped: boolean;
  /** Whether the order of the fields means something, as in CSV. */
  readonly ordered: boolean;
  /** Of a document of JSON: itself, to be changed and sent back. */
  readonly json?: JsonContent;
}

export interface JsonContent {
  readonly root: unknown;
  /** The list that rows are added to and taken from; null where there is none, or several. */
  listAt(path: string | undefined): unknown[] | null;
  /** False where numbers stand as texts that a double does not hold. */
  readonly exact: boolean;
}

export interface FeedRow {
  /** By flattened name, in the order of the feed. */
  readonly cells: ReadonlyMap<string, CellValue>;
  /** What a path of a column, which is no flattened name, leads to. */
  at(path: string): CellValue;
}

export type Malformed = Extract<SourceError, { tag: "Malformed" }>;

export function malformed(path: string, detail: string, fix?: string): Result<never, Malformed> {
  return err({ tag: "Malformed", path, detail, ...(fix === undefined ? {} : { fix }) });
}

/** The first few names of many, for a sentence. */
export function someNames(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, SHOWN_MAX).map((name) => `"${name}"`);
  if (all.length > SHOWN_MAX) shown.push(`and ${all.length - SHOWN_MAX} more`);
  return shown.join(", ") || "none";
}

const SHOWN_MAX = 10;
