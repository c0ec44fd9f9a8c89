/**
 * What server-sent events say of a document (https://html.spec.whatwg.org/multipage/server-sent-events.html):
 *
 *     event: reset    data: {revision, columns, rows}, as GET .../rows answers
 *     event: change   data: {revision, columns?, added: [{$row, key: value, ...}],
 *                            changed: [{$row, key: value}], removed: [$row], order: [{at, remove, insert: [$row]}]}
 *
 * The splices of `order` apply one after the other to the list of $row in display order.
 */
import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { LiveDocument } from "../../sync/documents.ts";
import type { Change } from "../../sync/recent-changes.ts";
import { jsonPieces, rowsContent } from "./rows-body.ts";

/** Readers wait so long before they come back, in ms: soon, but not all at once with their next try. */
const RETRY_MS = 2_000;
const encoder = new TextEncoder();

/** A comment: keeps the connection alive and tells the reader nothing. */
export const HEARTBEAT = encoder.encode(":\n\n");

export function retryHint(): string {
  return `retry: ${RETRY_MS}\n`;
}

/** Tells where the reader stands; dispatches nothing. */
export function idOnly(revision: string): string {
  return `id: ${revision}\n\n`;
}

export function resetEvent(document: LiveDocument): Iterable<string> {
  const revision = document.revision();
  const baseline = document.baseline();
  const all = { columns: baseline.columns, where: null, order: [], limit: Number.POSITIVE_INFINITY };
  // Taken now, written later.
  const content = rowsContent(revision, baseline, { ...all, after: null, format: "json" });
  return (function* () {
    yield `${retryHint()}id: ${revision}\nevent: reset\ndata: `;
    yield* jsonPieces(content);
    yield "\n\n";
  })();
}

export function changeEvent({ revision, delta }: Change, columns: readonly Column[]): Uint8Array {
  const keys = new Map(columns.map(({ slot, key }) => [slot, key]));
  const changed = new Map<RowId, Record<string, CellValue>>();
  for (const [row, slot, value] of delta.cells) {
    const key = keys.get(slot);
    if (key === undefined) continue;
    const known = changed.get(row) ?? {};
    known[key] = value;
    changed.set(row, known);
  }
  const data = JSON.stringify({
    revision,
    ...(delta.columns && { columns: delta.columns }),
    added: delta.added.map(([row, values]) => ({
      $row: row,
      ...Object.fromEntries(columns.map(({ slot, key }) => [key, values[slot] ?? null])),
    })),
    changed: [...changed].map(([row, cells]) => ({ $row: row, ...cells })),
    removed: delta.removed,
    order: delta.order,
  });
  return encoder.encode(`id: ${revision}\nevent: change\ndata: ${data}\n\n`);
}
