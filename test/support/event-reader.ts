/** Reads server-sent events as a browser's EventSource does, and keeps the rows that they tell of. */
import type { CellValue } from "#contract/cell.ts";
import type { Splice } from "../../src/model/delta.ts";
import { applySplices } from "../../src/model/order.ts";

export interface ReadEvent {
  readonly id: string;
  readonly event: string;
  readonly data: EventData;
}

interface EventData {
  readonly revision: string;
  readonly columns?: readonly { readonly key: string }[];
  readonly rows?: readonly RowObject[];
  readonly added?: readonly RowObject[];
  readonly changed?: readonly RowObject[];
  readonly removed?: readonly number[];
  readonly order?: readonly Splice[];
}

type RowObject = { readonly $row: number } & Readonly<Record<string, CellValue>>;

export interface EventReader {
  readonly events: readonly ReadEvent[];
  /** Comments seen. */
  readonly heartbeats: number;
  readonly lastEventId: string;
  readonly retryMs: number;
  readonly done: boolean;
  /** By the events, without $row. */
  rows(): unknown[];
  stop(): Promise<void>;
}

/** Starts with what an earlier reader has, if any. */
export function readEvents(response: Response, before?: EventReader & { readonly table: Table }) {
  const table: Table = { rows: new Map(before?.table.rows), order: [...(before?.table.order ?? [])] };
  const events: ReadEvent[] = [];
  const state = {
    heartbeats: 0,
    bareIds: 0,
    lastEventId: before?.lastEventId ?? "",
    retryMs: 0,
    done: false,
  };
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  void (async () => {
    for (;;) {
      // A connection that breaks off is an end too.
      const { done, value } = await reader.read().catch(() => ({ done: true, value: "" }));
      if (done) break;
      text += value;
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) dispatch(block);
    }
    state.done = true;
  })();

  function dispatch(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      if (line.startsWith(":")) state.heartbeats++;
      else fields.set(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2));
    }
    state.lastEventId = fields.get("id") ?? state.lastEventId;
    if (fields.has("retry")) state.retryMs = Number(fields.get("retry"));
    const data = fields.get("data");
    if (data === undefined) {
      if (fields.has("id")) state.bareIds++;
      return;
    }
    const event = { id: state.lastEventId, event: fields.get("event")!, data: JSON.parse(data) as EventData };
    events.push(event);
    take(table, event.data);
  }
  return {
    events,
    table,
    get heartbeats() {
      return state.heartbeats;
    },
    /** Ids that came without an event. */
    get bareIds() {
      return state.bareIds;
    },
    get lastEventId() {
      return state.lastEventId;
    },
    get retryMs() {
      return state.retryMs;
    },
    get done() {
      return state.done;
    },
    /** Where a block was cut off. */
    get rest() {
      return text;
    },
    rows: (): unknown[] =>
      table.order.map((id) => {
        const { $row, ...cells } = table.rows.get(id)!;
        return cells;
      }),
    stop: () => reader.cancel(),
  };
}

interface Table {
  readonly rows: Map<number, RowObject>;
  order: number[];
}

function take(table: Table, { rows, added = [], changed = [], removed = [], order = [] }: EventData): void {
  if (rows) {
    table.rows.clear();
    table.order = rows.map(({ $row }) => $row);
  }
  for (const row of [...(rows ?? []), ...added]) table.rows.set(row.$row, row);
  for (const row of changed) table.rows.set(row.$row, { ...table.rows.get(row.$row)!, ...row });
  table.order = applySplices(table.order, order);
  for (const id of removed) table.rows.delete(id);
}
