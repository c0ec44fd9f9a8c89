import { describe, expect, test } from "bun:test";
import { createMemoryStore } from "../../src/backend/memory.ts";
import type { Delta } from "../../src/model/delta.ts";
import { diffTab } from "../../src/model/diff.ts";
import type { Random } from "../../src/runtime/random.ts";
import { asReplayed, historyReplay, type Replayed } from "../support/history-replay.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import {
  ALL_ACTIONS,
  act,
  below,
  createTable,
  pick,
  type TrueTable,
  toSnapshot,
} from "../support/table-script.ts";
import { createHistoryStage } from "./stage.ts";

interface Seen {
  readonly atMs: number;
  readonly state: Replayed;
}

/** One step: what people do to the sheet between two polls, or an edit that is confirmed. */
async function step(stage: Stage, random: Random, table: TrueTable): Promise<Seen> {
  await stage.clock.advance(1_000 + below(random, 10_000));
  const baseline = (await stage.open()).baseline();
  if (random.float() < 0.3 && baseline.order.length > 0) {
    const row = pick(random, table.rows);
    const index = table.rows.indexOf(row);
    const column = below(random, table.columns.length);
    row.cells.set(table.columns[column]!.id, `edit ${table.nextId++}`);
    const { delta } = diffTab(baseline, toSnapshot(table));
    const [cell] = delta.cells;
    if (cell && index >= 0) {
      const edit = {
        id: `e${table.nextId}`,
        by: "token:a",
        atMs: stage.clock.nowMs() - 500,
        row: cell[0],
        slot: cell[1],
      };
      await stage.apply(delta, { tag: "edits", edits: [edit] });
    } else await stage.apply(delta);
  } else {
    for (let n = below(random, 4); n >= 0; n--) act(random, table, pick(random, ALL_ACTIONS), true);
    const { delta } = diffTab(baseline, toSnapshot(table));
    await stage.apply(withFormulas(random, delta));
  }
  return { atMs: stage.clock.nowMs(), state: asReplayed((await stage.open()).baseline()) };
}

type Stage = Awaited<ReturnType<typeof createHistoryStage>>;

function withFormulas(random: Random, delta: Delta): Delta {
  const formulas = delta.cells.filter(() => random.float() < 0.3);
  if (formulas.length === 0) return delta;
  return { ...delta, formulas: formulas.map(([row, slot]) => [row, slot, `=A${below(random, 9)}`]) };
}

const withoutFormulas = ({ formulas: _, ...state }: Replayed): Omit<Replayed, "formulas"> => state;

describe("any run of polls and edits", () => {
  for (let seed = 0; seed < 12; seed++) {
    test(`HIS-4 replayed gives the tab at every step, HIS-5 as it was at every time, seed ${seed}`, async () => {
      const random = createSeededRandom(`history ${seed}`);
      const store = createMemoryStore();
      const stage = await createHistoryStage({ store, segmentBytes: 600 });
      const table = createTable(random, { rows: 12, columns: 4, distinct: true });
      const seen: Seen[] = [];
      const startMs = stage.clock.nowMs();
      for (let n = 0; n < 40; n++) {
        seen.push(await step(stage, random, table));
        const entries = await stage.entries();
        expect(historyReplay(entries.toReversed())).toEqual(seen.at(-1)!.state);
        expect(entries.map(({ id }) => id)).toEqual(
          entries
            .map(({ id }) => id)
            .sort()
            .reverse(),
        );
      }
      for (const { atMs, state } of seen) {
        const then = await stage.stateAt(atMs);
        expect(then.ok && withoutFormulas(asReplayed(then.value))).toEqual(withoutFormulas(state));
        const justBefore = await stage.stateAt(atMs - 1);
        const before = seen.findLast((one) => one.atMs < atMs)?.state ?? asReplayed(EMPTY);
        expect(justBefore.ok && withoutFormulas(asReplayed(justBefore.value))).toEqual(
          withoutFormulas(before),
        );
      }
      const beginning = await stage.stateAt(startMs);
      expect(beginning.ok && beginning.value.order).toEqual([]);
      await stage.end();
    });
  }

  for (let seed = 0; seed < 12; seed++) {
    test(`HIS-2 a crash at any moment loses nothing and tells nothing twice, seed ${seed}`, async () => {
      const random = createSeededRandom(`history crash ${seed}`);
      const store = createMemoryStore();
      const table = createTable(random, { rows: 8, columns: 3, distinct: true });
      let startMs = Date.UTC(2030, 0, 1);
      for (let life = 0; life < 12; life++) {
        // Writes to the disk that this life gets done; whatever comes later never happens.
        let left = 5 + below(random, 40);
        let stage!: Stage;
        const beforeCommit = async (): Promise<void> => {
          for (let n = below(random, 3); n > 0; n--) await undefined;
          if (--left === 0) stage?.backend.crash();
        };
        stage = await createHistoryStage({ store, startMs, beforeCommit, segmentBytes: 300 });
        const died = Symbol("died");
        for (let n = 0; n < 30 && left > 0; n++) {
          const result = await Promise.race([
            step(stage, random, table).catch(() => died),
            stalled(() => left <= 0, died),
          ]);
          if (result === died) break;
        }
        startMs = stage.clock.nowMs();
        if (left > 0) stage.backend.crash();
        const after = await createHistoryStage({ store, startMs: startMs + 1, segmentBytes: 300 });
        const entries = await after.entries();
        const ids = entries.map(({ id }) => id);
        await after.open();
        const all = await after.entries();
        expect(new Set(ids).size).toBe(ids.length);
        expect(historyReplay(all.toReversed())).toEqual(asReplayed((await after.open()).baseline()));
        startMs = after.clock.nowMs();
        await after.end();
      }
    });
  }
});

const EMPTY = { columns: [], order: [], rows: new Map() };

/** Resolves a while after the life has ended: what it waits for never comes. */
async function stalled<T>(ended: () => boolean, value: T): Promise<T> {
  while (!ended()) await new Promise((resolve) => setImmediate(resolve));
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
  return value;
}
