/** One writable source with its outbox and its real mirror on a virtual clock; the disk outlives it. */
import * as Y from "yjs";
import type { CellValue } from "#contract/cell.ts";
import { mirrorName } from "#contract/document-name.ts";
import { formatEditKey, parseEdit, parseEditKey } from "#contract/edits.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import {
  COLUMNS,
  type Column,
  type FoldedRow,
  foldEntry,
  LOG,
  type LogEntry,
  ORDER,
} from "#contract/layout.ts";
import { ok } from "#contract/result.ts";
import type { Arrival } from "../../src/actors/edits/edit-desk.ts";
import type { Supervisor } from "../../src/actors/status.ts";
import { createSupervisor } from "../../src/actors/supervisor.ts";
import { createMemoryBackend, createMemoryStore, type MemoryStore } from "../../src/backend/memory.ts";
import { createEditParts, type EditDesks } from "../../src/edit-parts.ts";
import type { ChangeOrigin } from "../../src/model/origin.ts";
import { noMetrics } from "../../src/runtime/metrics.ts";
import type { SourceSettings } from "../../src/sources/source.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import type { Documents } from "../../src/sync/documents.ts";
import type { EditNews, EditsPlace } from "../../src/sync/edits.ts";
import { createFakeSheet, type FakeSheet, SHEET_TAB } from "../support/fake-sheet.ts";
import { createTestRuntime, type TestRuntime } from "../support/test-runtime.ts";

export interface WriteStage extends TestRuntime, EditDesks {
  readonly sheet: FakeSheet;
  readonly store: MemoryStore;
  readonly supervisor: Supervisor;
  readonly documents: Documents;
  /** What was told to edits documents, in order. */
  readonly news: (EditNews & EditsPlace)[];
  readonly origins: ChangeOrigin[];
  readonly outcomes: Record<string, number>;
  deadLetterCount: number;
  /** Takes one edit: "1:1" and so on, as it stands in an edits document. */
  wish(key: string, entry: object, more?: Partial<Arrival>): Promise<Receipt>;
  /** The receipt of an edit by now. */
  receipt(id: string): Promise<Receipt | null>;
  /** What the mirror has confirmed, row by row. */
  confirmed(): Promise<CellValue[][]>;
  rowIds(): Promise<readonly number[]>;
  /** What its readers see, such as "tea 4? hot": what is not confirmed has a mark. */
  shown(): Promise<string[]>;
  close(): Promise<void>;
  /** Ends as kill -9 would. */
  crash(): void;
}

export interface WriteStageOptions {
  readonly sheet?: FakeSheet;
  readonly store?: MemoryStore;
  readonly settings?: Partial<SourceSettings>;
  /** Awaited before each write of the disk. */
  readonly beforeCommit?: () => Promise<void>;
  readonly seed?: number;
  readonly startMs?: number;
}

export const SHOP = "shop";
let edits = 0;

export async function createWriteStage({
  sheet = createFakeSheet(
    ["name", "price", "note"],
    [
      ["tea", 3, "hot"],
      ["milk", 2, "cold"],
    ],
  ),
  store = createMemoryStore(),
  settings = {},
  beforeCommit = async () => {},
  seed = 1,
  startMs,
}: WriteStageOptions = {}): Promise<WriteStage> {
  const test = createTestRuntime({ seed, ...(startMs === undefined ? {} : { startMs }) });
  const backend = createMemoryBackend({ store, beforeCommit });
  const documents = await createDocumentStore(backend, test.runtime);
  const [news, origins]: [WriteStage["news"], ChangeOrigin[]] = [[], []];
  const outcomes: Record<string, number> = {};
  const watched: Documents = {
    ...documents,
    async open(name) {
      const opened = await documents.open(name);
      if (!opened.ok) return opened;
      const document = opened.value;
      return ok({
        ...document,
        get ended() {
          return document.ended;
        },
        apply(change) {
          if (change.origin) origins.push(change.origin);
          return document.apply(change);
        },
      });
    },
  };
  const parts = createEditParts({
    kv: backend.kv,
    runtime: test.runtime,
    documents: watched,
    edits: {
      async start() {},
      async tell(place, told) {
        news.push(...told.map((each) => ({ ...place, ...each })));
        return ok(undefined);
      },
      remove: async () => ok(undefined),
    },
    metrics: { ...noMetrics, deadletters: (count) => Object.assign(stage, { deadLetterCount: count }) },
  });
  const supervisor = createSupervisor({
    runtime: test.runtime,
    kv: backend.kv,
    documents: watched,
    writeBack: parts.writeBack,
    openSource: () => sheet,
    observe(_, report) {
      if (report.tag !== "wrote") return;
      for (const [outcome, count] of Object.entries(report.outcomes))
        outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    },
  });
  const mirror = async () => {
    const opened = await documents.open(mirrorName(SHOP, SHEET_TAB));
    if (!opened.ok) throw new Error(opened.error.tag);
    return opened.value;
  };
  const stage: WriteStage = {
    ...test,
    ...parts.open(supervisor),
    sheet,
    store,
    supervisor,
    documents,
    news,
    origins,
    outcomes,
    deadLetterCount: 0,
    async wish(key, entry, more = {}) {
      const taken = await stage.desk.take([arrival(key, entry, { atMs: test.clock.nowMs(), ...more })]);
      if (!taken.ok) throw new Error(taken.error.detail);
      return taken.value[0]!;
    },
    receipt: (id) => stage.desk.receipt(SHOP, id),
    async confirmed() {
      const { order, columns, rows } = (await mirror()).baseline();
      return order.map((row) => columns.map(({ slot }) => rows.get(row)?.values[slot] ?? null));
    },
    rowIds: async () => (await mirror()).baseline().order,
    async shown() {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, (await (await mirror()).encoded()).update);
      const rows = new Map<number, FoldedRow>();
      for (const entry of doc.getArray<LogEntry>(LOG).toArray()) foldEntry(rows, entry);
      const columns = doc.getArray<Column>(COLUMNS).toArray();
      return doc
        .getArray<number>(ORDER)
        .toArray()
        .map((id) => shownRow(rows.get(id)!, columns));
    },
    async close() {
      await supervisor.close();
      await documents.close();
    },
    crash: () => backend.crash(),
  };
  supervisor.start({
    id: SHOP,
    type: "googleSheet",
    url: "https://sheets.test/shop",
    pollingInterval: 5_000,
    writable: true,
    ...settings,
  });
  await test.clock.advance(50);
  return stage;
}

function shownRow(row: FoldedRow, columns: readonly Column[]): string {
  const cells = columns.map(({ slot }) => {
    const value = row.values[slot] ?? "-";
    return row.unconfirmed?.has(slot) ? `${value}?` : String(value);
  });
  return [...(row.added ? ["+"] : []), ...cells, ...(row.removing ? ["x"] : [])].join(" ");
}

export function arrival(key: string, entry: object, more: Partial<Arrival> = {}): Arrival {
  const target = parseEditKey(key);
  return {
    id: `edit-${++edits}`,
    source: SHOP,
    tab: SHEET_TAB,
    key: target ? formatEditKey(target) : key,
    wish: parseEdit(key, entry),
    subject: "ann",
    atMs: 0,
    via: "document",
    ...more,
  };
}
