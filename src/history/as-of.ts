/** The state of a tab at an earlier time: what it is now, with every later change taken back, the newest first. */
import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, Position } from "../backend/backend.ts";
import type { Baseline } from "../model/delta.ts";
import type { Item, OrderSplice } from "./change.ts";
import { readGroups } from "./read.ts";
import { countOf, fromRuns } from "./runs.ts";
import { type Head, keysOf, NEW_HEAD, type Segment, type TabPlace } from "./segment.ts";

/** What a document held at a position of its log; copied, for a live one goes on. */
export interface Present {
  readonly epoch: string;
  readonly position: Position;
  readonly columns: readonly Column[];
  readonly order: readonly RowId[];
  readonly rows: ReadonlyMap<RowId, { readonly values: readonly CellValue[] }>;
}

export interface TooOld {
  readonly tag: "TooOld";
  /** From when on it can be told, ms since 1970. */
  readonly sinceMs: number;
}

export async function stateAt(
  kv: Kv,
  place: TabPlace,
  present: Present,
  timeMs: number,
  pause?: () => Promise<void>,
): Promise<Result<Present, TooOld>> {
  const state = createRewind(present);
  const head = (await kv.get<Head>(keysOf(place).head))?.value ?? NEW_HEAD;
  if (head.sinceMs !== null && timeMs < head.sinceMs) return err({ tag: "TooOld", sinceMs: head.sinceMs });
  const [last] = await kv.list<Segment>(keysOf(place).segments, { reverse: true, limit: 1 });
  const life = last?.value.epoch === present.epoch ? last.value.life : 0;
  let startMs: number | null = null;
  for await (const groups of readGroups(kv, place, { fromMs: timeMs }, { keptToo: false, pause })) {
    for (const group of groups.toReversed()) {
      // What a document of this name held before this one was made is not known any more.
      if (group.life !== life) {
        const sinceMs = startMs ?? group.at;
        return timeMs < sinceMs ? err({ tag: "TooOld", sinceMs }) : ok(state.done());
      }
      if (group.at <= timeMs) return ok(state.done());
      startMs = group.at;
      if (group.position > present.position) continue;
      for (const item of group.items.toReversed()) {
        if (item[0] === "rewritten") return err({ tag: "TooOld", sinceMs: group.at });
        state.undo(item);
      }
      if (group.start === "unknown") return err({ tag: "TooOld", sinceMs: group.at });
    }
  }
  return ok(state.done());
}

/** A baseline as it may be kept while its document goes on. */
/** `at`: the document's epoch and position. */
export function copyPresent(
  { columns, order, rows }: Baseline,
  at: Pick<Present, "epoch" | "position">,
): Present {
  return { ...at, columns, order, rows: new Map(rows) };
}

interface Rewind {
  undo(item: Item): void;
  done(): Present;
}

/** Splices up to this many ids are carried out in place. */
const IN_PLACE_MAX = 1_000;

function createRewind(present: Present): Rewind {
  let { columns } = present;
  let order: RowId[] = [...present.order];
  const rows = new Map(present.rows);
  /** Those whose values may be changed. */
  const own = new Map<RowId, CellValue[]>();

  function valuesOf(row: RowId): CellValue[] {
    const known = own.get(row);
    if (known) return known;
    const values = [...(rows.get(row)?.values ?? [])];
    own.set(row, values);
    rows.set(row, { values });
    return values;
  }

  return {
    undo(item) {
      switch (item[0]) {
        case "cell": {
          const [, row, slot, before] = item;
          const values = valuesOf(row);
          while (values.length < slot) values.push(null);
          values[slot] = before;
          return;
        }
        case "added":
          rows.delete(item[1]);
          own.delete(item[1]);
          return;
        case "loaded":
          for (const row of fromRuns(item[1])) {
            rows.delete(row);
            own.delete(row);
          }
          return;
        case "removed":
          rows.set(item[1], { values: item[2] });
          own.delete(item[1]);
          return;
        case "columns":
          columns = item[1];
          return;
        case "order":
          order = undoSplices(order, item[1]);
          return;
      }
    },
    done() {
      const live = new Set(order);
      for (const row of rows.keys()) if (!live.has(row)) rows.delete(row);
      return { ...present, columns, order, rows };
    },
  };
}

function undoSplices(after: RowId[], splices: readonly OrderSplice[]): RowId[] {
  const moved = splices.reduce((sum, [, remove, insert]) => sum + countOf(remove) + countOf(insert), 0);
  if (moved <= IN_PLACE_MAX && splices.length <= 8) {
    for (const [at, remove, insert] of splices.toReversed()) {
      after.splice(at, countOf(insert), ...fromRuns(remove));
    }
    return after;
  }
  const before: RowId[] = [];
  let from = 0;
  for (const [at, remove, insert] of splices) {
    while (from < at) before.push(after[from++]!);
    for (const row of fromRuns(remove)) before.push(row);
    from += countOf(insert);
  }
  while (from < after.length) before.push(after[from++]!);
  return before;
}
