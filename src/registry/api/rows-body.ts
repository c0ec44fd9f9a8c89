import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { Baseline } from "../../model/delta.ts";
import { select } from "../../model/view.ts";
import { csvHeader, csvRow } from "./csv.ts";
import { type Cursor, formatCursor, type RowsFormat, type RowsQuery } from "./rows-query.ts";
import { textStream } from "./text-stream.ts";

/** What to write: fixed when the request is answered, so a slow reader gets one state, not a mixture. */
export interface RowsContent {
  readonly revision: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly [row: RowId, values: readonly CellValue[]])[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** Takes references only: a live document replaces a changed row's values and never changes them. */
export function rowsContent(revision: string, baseline: Baseline, query: RowsQuery): RowsContent {
  const { columns, where, order, limit, after } = query;
  const chosen = select(
    { ...(where ? { where } : {}), ...(order.length > 0 ? { order } : {}) },
    {},
    baseline,
  ).rows;
  const from = after ? startAfter(chosen, after) : 0;
  const end = Math.min(chosen.length, from + limit);
  const last = chosen[end - 1];
  return {
    revision,
    columns,
    rows: chosen.slice(from, end).map((row) => [row, baseline.rows.get(row)?.values ?? []] as const),
    next: end < chosen.length && last !== undefined ? formatCursor({ row: last, count: end }) : null,
  };
}

/** Rows may have come, gone or moved since the page before: the row itself says where it ended, if it is there. */
function startAfter(rows: readonly RowId[], { row, count }: Cursor): number {
  const place = rows.indexOf(row);
  return place >= 0 ? place + 1 : Math.min(count, rows.length);
}

/** The content in UTF-8, made piece by piece as the reader takes it. */
export function rowsBody(content: RowsContent, format: RowsFormat): ReadableStream<Uint8Array> {
  return textStream(PIECES[format](content));
}

/** The JSON answer, on one line. */
export function jsonPieces(content: RowsContent): Generator<string, void> {
  return PIECES.json(content);
}

const PIECES: Readonly<Record<RowsFormat, (content: RowsContent) => Generator<string, void>>> = {
  *json({ revision, columns, rows, next }) {
    const head = columns.map(({ slot, header, key, type, format }) => ({ slot, header, key, type, format }));
    yield `{"revision":${JSON.stringify(revision)},"columns":${JSON.stringify(head)},"rows":[`;
    const write = jsonRow(columns);
    let separator = "";
    for (const row of rows) {
      yield separator + write(row);
      separator = ",";
    }
    yield next === null ? "]}" : `],"next":${JSON.stringify(next)}}`;
  },
  *ndjson({ columns, rows }) {
    const write = jsonRow(columns);
    for (const row of rows) yield `${write(row)}\n`;
  },
  *csv({ columns, rows }) {
    yield csvHeader(columns);
    for (const [, values] of rows) yield csvRow(columns, values);
  },
};

/** Keys are encoded once, not once a row. */
function jsonRow(columns: readonly Column[]): (row: RowsContent["rows"][number]) => string {
  const keys = columns.map(({ slot, key }) => [slot, `,${JSON.stringify(key)}:`] as const);
  return ([row, values]) => {
    let json = `{"$row":${row}`;
    for (const [slot, key] of keys) json += key + JSON.stringify(values[slot] ?? null);
    return `${json}}`;
  };
}
