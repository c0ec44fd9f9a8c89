/** Exports in the backend: one record each, and their data in parts that are small enough for it. */
import { ok, type Result } from "#contract/result.ts";
import type { Kv, KvError } from "../../backend/backend.ts";
import type { RowPlan, SheetPlan } from "../plan.ts";
import type { ExportRecord } from "./record.ts";

export interface ExportStore {
  /** Every record; those of other versions of the daemon, too. */
  list(): Promise<readonly ExportRecord[]>;
  put(record: ExportRecord): Promise<Result<unknown, KvError>>;
  /** The data of one generation, durable when it resolves; a generation that is not whole is not found. */
  putPlan(id: string, generation: number, plan: SheetPlan): Promise<Result<unknown, KvError>>;
  plan(id: string, generation: number): Promise<SheetPlan | null>;
  removePlan(id: string, generation: number): Promise<Result<unknown, KvError>>;
  /** The record and all data. */
  remove(id: string): Promise<Result<unknown, KvError>>;
}

const RECORDS = "exports/";
const DATA = "export-data/";
/** Of one part, as JSON. */
const PART_BYTES_MAX = 256 * 1024;

interface Head {
  readonly plan: SheetPlan;
  readonly parts: number;
}
interface Part {
  readonly tab: number;
  readonly rows: readonly RowPlan[];
}

export function createExportStore(kv: Kv): ExportStore {
  const place = (id: string, generation: number): string => `${DATA}${id}/${generation}/`;

  async function removeAll(prefix: string): Promise<Result<unknown, KvError>> {
    for (;;) {
      // Few at a time: a part is large, and a list brings the values along.
      const some = await kv.list(prefix, { limit: 8 });
      if (some.length === 0) return ok(undefined);
      for (const { key } of some) {
        const removed = await kv.remove(key);
        if (!removed.ok) return removed;
      }
    }
  }

  return {
    list: async () => (await kv.list<ExportRecord>(RECORDS)).map(({ value }) => value),
    put: (record) => kv.put(RECORDS + record.id, record),
    async putPlan(id, generation, plan) {
      let parts = 0;
      for (const part of partsOf(plan)) {
        const put = await kv.put(`${place(id, generation)}${String(parts).padStart(6, "0")}`, part);
        if (!put.ok) return put;
        parts++;
      }
      // Last, so that a head stands for all of its parts.
      const head: Head = { plan: { ...plan, tabs: plan.tabs.map((tab) => ({ ...tab, rows: [] })) }, parts };
      return kv.put(`${place(id, generation)}head`, head);
    },
    async plan(id, generation) {
      const head = await kv.get<Head>(`${place(id, generation)}head`);
      if (!head) return null;
      const { plan, parts } = head.value;
      const rows: RowPlan[][] = plan.tabs.map(() => []);
      for (let part = 0; part < parts; part++) {
        const found = await kv.get<Part>(`${place(id, generation)}${String(part).padStart(6, "0")}`);
        if (!found) return null;
        for (const row of found.value.rows) rows[found.value.tab]!.push(row);
      }
      return { ...plan, tabs: plan.tabs.map((tab, index) => ({ ...tab, rows: rows[index]! })) };
    },
    removePlan: (id, generation) => removeAll(place(id, generation)),
    async remove(id) {
      const data = await removeAll(`${DATA}${id}/`);
      return data.ok ? kv.remove(RECORDS + id) : data;
    },
  };
}

function* partsOf({ tabs }: SheetPlan): Generator<Part> {
  for (const [tab, { rows }] of tabs.entries()) {
    let part: RowPlan[] = [];
    let bytes = 0;
    for (const row of rows) {
      const size = JSON.stringify(row).length;
      if (part.length > 0 && bytes + size > PART_BYTES_MAX) {
        yield { tab, rows: part };
        [part, bytes] = [[], 0];
      }
      part.push(row);
      bytes += size;
    }
    if (part.length > 0) yield { tab, rows: part };
  }
}
