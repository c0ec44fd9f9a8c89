import type { Report } from "../../src/actors/effect.ts";
import { type ActorRecord, recordKey } from "../../src/actors/record.ts";
import type { Supervisor } from "../../src/actors/status.ts";
import { createSupervisor } from "../../src/actors/supervisor.ts";
import { createMemoryBackend, createMemoryStore, type MemoryStore } from "../../src/backend/memory.ts";
import type { SourceSettings } from "../../src/sources/source.ts";
import { createFakeDocuments, type FakeDocuments } from "../support/fake-documents.ts";
import { createFakeSource, type FakeSource, tab } from "../support/fake-source.ts";
import { createTestRuntime, type TestRuntime } from "../support/test-runtime.ts";

/** A supervisor on a virtual clock, with fake sources and documents that outlive it as a disk would. */
export interface Stage extends TestRuntime {
  readonly supervisor: Supervisor;
  readonly documents: FakeDocuments;
  readonly store: MemoryStore;
  readonly sources: Map<string, FakeSource>;
  /** How often each source was opened. */
  readonly opened: string[];
  readonly reports: { readonly source: string; readonly report: Report | { readonly tag: "crashed" } }[];
  source(id: string): FakeSource;
  record(id: string): ActorRecord;
}

export interface StageOptions {
  readonly documents?: FakeDocuments;
  readonly store?: MemoryStore;
  readonly sources?: Map<string, FakeSource>;
  readonly seed?: number;
  /** Awaited before each write of a key; one that throws is a bug of the backend. */
  readonly beforeCommit?: () => Promise<void>;
}

export function createStage({
  documents = createFakeDocuments(),
  store = createMemoryStore(),
  sources = new Map(),
  seed = 1,
  beforeCommit = async () => {},
}: StageOptions = {}): Stage {
  const test = createTestRuntime({ seed });
  const reports: Stage["reports"] = [];
  const opened: string[] = [];
  const source = (id: string): FakeSource => {
    const known = sources.get(id) ?? createFakeSource([tab("Prices", ["name", "price"], [["tea", 3]])]);
    sources.set(id, known);
    return known;
  };
  const supervisor = createSupervisor({
    runtime: test.runtime,
    kv: createMemoryBackend({ store, beforeCommit }).kv,
    documents,
    openSource(settings) {
      opened.push(settings.id);
      return source(settings.id);
    },
    observe: (id, report) => reports.push({ source: id, report }),
  });
  return {
    ...test,
    supervisor,
    documents,
    store,
    sources,
    opened,
    reports,
    source,
    record: (id) => JSON.parse(store.keys.get(recordKey(id))?.json ?? "null"),
  };
}

export function settings(id: string, more: Partial<SourceSettings> = {}): SourceSettings {
  return { id, type: "googleSheet", url: `https://sheets.test/${id}`, pollingInterval: 1_000, ...more };
}
