/** A writable workbook in the emulator, with what an actor keeps of it, and edits by header and key. */
import { expect } from "bun:test";
import type { CellValue } from "#contract/cell.ts";
import type { RegisterBody } from "#contract/rest.ts";
import type { WorkbookSeed } from "../../../../google-emulator/src/index.ts";
import { type Baseline, EMPTY_BASELINE } from "../../../../src/model/delta.ts";
import { diffTab } from "../../../../src/model/diff.ts";
import type { WriteBatch, WriteEdit, WriteOutcome } from "../../../../src/model/write.ts";
import type { GoogleDriverOptions } from "../../../../src/sources/google/google-driver.ts";
import type { Revision, SourceError } from "../../../../src/sources/source.ts";
import { applyDelta } from "../../../support/apply-delta.ts";
import { createEmulated } from "../emulated.ts";

/** With what its source noted of it the first time. */
export function remembering(batch: WriteBatch): WriteBatch {
  let notes: readonly string[] = [];
  const memo = {
    get notes() {
      return notes;
    },
    async keep(kept: readonly string[]) {
      notes = kept;
      return true;
    },
  };
  return { ...batch, memo };
}

export type Stage = Awaited<ReturnType<typeof createStage>>;

const ROWS = [
  ["sku", "price", "stock", "total"],
  ["a", 1, 10, "=B2*C2"],
  ["b", 2, 20, "=B3*C3"],
  ["c", 3, 30, "=B4*C4"],
  ["d", 4, 40, "=B5*C5"],
];

export interface StageOptions {
  readonly seed?: Partial<WorkbookSeed>;
  readonly settings?: Partial<RegisterBody>;
  readonly driver?: Omit<GoogleDriverOptions, "endpoint">;
}

/** Polled once: the baseline of each tab is what stands there. */
export async function createStage({ seed, settings, driver }: StageOptions = {}) {
  const far = createEmulated(seed ?? { tabs: [{ title: "Prices", rows: ROWS }] }, driver);
  far.emulator.share(far.id, far.email, "writer");
  const source = far.open({ writable: true, keyColumns: { Prices: "sku" }, ...settings });
  const baselines = new Map<string, Baseline>();
  let revision: Revision | null = null;
  let receipt = 0;
  let edits = 0;
  const { signal } = new AbortController();
  const calls: { kind: string; sent: number; received: number }[] = [];
  /** What a person does after the tab was read and before it is written; and right after that. */
  const hooks: { between: (() => void) | null; after: (() => void) | null } = { between: null, after: null };
  far.net.answer(async (request) => {
    const kind = kindOf(request.url);
    const { between, after } = hooks;
    if (kind === "batchUpdate") Object.assign(hooks, { between: null, after: null });
    if (kind === "batchUpdate") between?.();
    const answer = far.carry(request);
    if (kind === "batchUpdate") after?.();
    const received = answer instanceof Response ? (await answer.clone().text()).length : 0;
    if (kind !== "token") calls.push({ kind, sent: String(request.body ?? "").length, received });
    return answer;
  });

  async function poll(): Promise<void> {
    const polled = await source.poll(revision, signal);
    if (!polled.ok) throw new Error(JSON.stringify(polled.error));
    if (polled.value.tag === "Pending") return;
    revision = polled.value.revision;
    if (polled.value.tag === "Unchanged") return;
    for (const tab of polled.value.snapshot.tabs) {
      if (tab.unchanged) continue;
      const before = baselines.get(tab.tabId) ?? EMPTY_BASELINE;
      baselines.set(tab.tabId, applyDelta(before, diffTab(before, tab).delta));
    }
  }

  const baseline = (tabId = "0"): Baseline => baselines.get(tabId)!;
  const slot = (key: string, tabId = "0") => baseline(tabId).columns.find((one) => one.key === key)!.slot;
  /** The row whose first column holds `first`. */
  const row = (first: CellValue, tabId = "0") =>
    baseline(tabId).order.find((id) => baseline(tabId).rows.get(id)!.values[0] === first)!;
  const named = () => ({ id: `e${++edits}`, atMs: 0 });

  const cell = (
    first: CellValue,
    column: string,
    value: CellValue,
    more: Partial<Extract<WriteEdit, { tag: "cell" }>> = {},
  ): WriteEdit => {
    const at = { row: row(first), slot: slot(column) };
    const base = baseline().rows.get(at.row)!.values[at.slot] ?? null;
    return { ...named(), tag: "cell", ...at, value, base, policy: "sheet", theirsAtMs: 0, ...more };
  };
  const add = (values: CellValue[], after?: number | null): WriteEdit => ({
    ...named(),
    tag: "add",
    values,
    ...(after === undefined ? {} : { after }),
  });
  const remove = (first: CellValue): WriteEdit => ({ ...named(), tag: "remove", row: row(first) });
  const batchOf = (...list: WriteEdit[]): WriteBatch => ({
    receipt: ++receipt,
    again: false,
    tabs: [{ tabId: "0", baseline: baseline(), edits: list }],
  });

  /** Repairs that fail pause. */
  async function inTime<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = () => {
      done = true;
    };
    work.then(end, end);
    while (!done) await far.clock.advance((far.clock.nextWakeMs() ?? 0) - far.clock.monotonicMs());
    return work;
  }

  async function send(batch: WriteBatch): Promise<readonly WriteOutcome[]> {
    calls.length = 0;
    const result = await inTime(source.write!(batch, signal));
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    const ids = batch.tabs.flatMap((tab) => tab.edits).map((edit) => edit.id);
    expect(result.value.outcomes.map((outcome) => outcome.id).toSorted()).toEqual(ids.toSorted());
    return ids.map((id) => result.value.outcomes.find((outcome) => outcome.id === id)!);
  }
  async function fail(batch: WriteBatch): Promise<SourceError> {
    const result = await inTime(source.write!(batch, signal));
    if (result.ok) throw new Error(`the write did not fail: ${JSON.stringify(result.value)}`);
    return result.error;
  }
  await poll();
  return {
    ...far,
    source,
    calls,
    hooks,
    poll,
    baseline,
    row,
    slot,
    cell,
    add,
    remove,
    batchOf,
    send,
    fail,
    write: (...list: WriteEdit[]) => send(batchOf(...list)),
    read: (tab = "Prices") => far.person.read(tab),
    formulas: (tab = "Prices") => far.person.read(tab, undefined, "FORMULA"),
  };
}

function kindOf(url: string): string {
  if (url.includes("/token")) return "token";
  return /:(\w+)/.exec(new URL(url).pathname)?.[1] ?? "get";
}
