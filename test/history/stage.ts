/** Documents and their history over a memory store, with a life that may end at any moment. */
import { mirrorName } from "#contract/document-name.ts";
import { createMemoryBackend, createMemoryStore, type MemoryStore } from "../../src/backend/memory.ts";
import { copyPresent } from "../../src/history/as-of.ts";
import { createHistory } from "../../src/history/history.ts";
import type { HistoryLimits } from "../../src/history/limits.ts";
import type { Entry, HistoryQuery } from "../../src/history/read.ts";
import type { TabPlace } from "../../src/history/segment.ts";
import type { Delta } from "../../src/model/delta.ts";
import { diffTab } from "../../src/model/diff.ts";
import type { ChangeOrigin } from "../../src/model/origin.ts";
import type { TabSnapshot } from "../../src/model/snapshot.ts";
import { noMetrics } from "../../src/runtime/metrics.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

export const PLACE: TabPlace = { source: "shop", tab: "Prices" };

export async function createHistoryStage({
  store = createMemoryStore(),
  startMs,
  limits,
  beforeCommit,
  segmentBytes = 16 * 1024,
}: {
  store?: MemoryStore;
  startMs?: number;
  limits?: Partial<HistoryLimits>;
  beforeCommit?: () => Promise<void>;
  segmentBytes?: number;
} = {}) {
  const { runtime, clock, logs } = createTestRuntime(startMs === undefined ? {} : { startMs });
  const backend = createMemoryBackend({ store, ...(beforeCommit && { beforeCommit }) });
  const history = createHistory({ ...backend, runtime, segmentBytes, ...(limits && { limits }) });
  const documents = await createDocumentStore(backend, runtime, noMetrics, history.recorder);

  async function open(place = PLACE) {
    const opened = await documents.create({ ...place, title: place.tab });
    if (!opened.ok) throw new Error("not opened");
    return opened.value;
  }

  async function apply(delta: Delta, origin?: ChangeOrigin, place = PLACE): Promise<void> {
    const document = await open(place);
    const applied = await document.apply({ delta, author: "source", ...(origin && { origin }) });
    if (!applied.ok) throw new Error(`refused: ${JSON.stringify(applied.error)}`);
  }

  async function present(place = PLACE) {
    const document = await open(place);
    await document.settled();
    return copyPresent(document.baseline(), { epoch: document.meta().epoch, position: document.position });
  }

  return {
    store,
    backend,
    history,
    documents,
    clock,
    logs,
    runtime,
    open,
    apply,
    present,
    poll: async (tab: TabSnapshot, origin?: ChangeOrigin) =>
      apply(diffTab((await open()).baseline(), tab).delta, origin),
    stateAt: async (timeMs: number, place = PLACE) => history.stateAt(place, await present(place), timeMs),
    /** The newest first. */
    async entries(query?: HistoryQuery, place = PLACE): Promise<Entry[]> {
      return Array.fromAsync(history.read(place, query));
    },
    async end(): Promise<void> {
      await documents.close();
      await history.close();
      await backend.close();
    },
    name: mirrorName(PLACE.source, PLACE.tab),
  };
}

/** The rows of a small table, texts and numbers, with headers "a", "b", ... */
export function table(
  rows: readonly (readonly (string | number | null)[])[],
  columns = ["a", "b", "c"],
): TabSnapshot {
  return {
    tabId: "1",
    title: "Prices",
    columns: columns.map((header) => ({ header, type: "mixed" })),
    rows,
    keyColumn: 0,
  };
}

export const NO_DELTA: Delta = { added: [], cells: [], removed: [], order: [] };
