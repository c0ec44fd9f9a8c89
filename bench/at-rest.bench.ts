/** What sealing every record costs: the LMDB backend with and without, in turns, in the same run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mirrorName } from "#contract/document-name.ts";
import { type LmdbBackend, openLmdbBackend } from "../src/backend/lmdb.ts";
import { createSystemRuntime } from "../src/runtime/system.ts";
import { createDocumentStore } from "../src/sync/document-store.ts";
import { median, percentile, printAgainst } from "./line.ts";
import { firstDelta, makeGrid } from "./tables.ts";

const ROUNDS = 5;
const APPENDS = 1_000;
/** What one poll's change of a few cells comes to. */
const UPDATE_BYTES = 200;
const CROWD = 20_000;
const ROWS = 100_000;
const COLUMNS = 10;

interface Figures {
  readonly appendP50Ms: number;
  readonly appendP99Ms: number;
  readonly crowdMs: number;
  readonly storeMs: number;
  readonly loadMs: number;
  readonly memoryMiB: number;
}

const runtime = createSystemRuntime({ logLevel: "silent" });
const encryption = { masterKey: runtime.random.bytes(32), random: runtime.random };
const delta = firstDelta(makeGrid(ROWS, COLUMNS));

const kinds = { plain: [] as Figures[], sealed: [] as Figures[] };
for (let round = 0; round <= ROUNDS; round++) {
  for (const kind of ["plain", "sealed"] as const) {
    const figures = await measure(kind === "sealed");
    // The first round warms up.
    if (round > 0) kinds[kind].push(figures);
  }
}
report("one append at a time, p50", "ms", "appendP50Ms", "ratio >= 0.9");
report("one append at a time, p99", "ms", "appendP99Ms");
report(`${CROWD} appends at once`, "ms", "crowdMs");
report("a mirror of 1,000,000 cells stored", "ms", "storeMs");
report("a mirror of 1,000,000 cells loaded", "ms", "loadMs", "ratio >= 0.9");
report("memory of the process after 200 appends of 0.2 to 1.8 MB", "MiB", "memoryMiB");

function report(what: string, unit: string, figure: keyof Figures, goal?: string): void {
  const of = (kind: keyof typeof kinds) => median(kinds[kind].map((figures) => figures[figure]));
  printAgainst(`sealed records: ${what}`, unit, of("sealed"), { name: "plain", value: of("plain") }, goal);
}

async function measure(sealed: boolean): Promise<Figures> {
  const dir = mkdtempSync(join(tmpdir(), "sheetwire-bench-"));
  const open = async (): Promise<LmdbBackend> => {
    const opened = await openLmdbBackend({ dir, ...(sealed && { encryption }) });
    if (!opened.ok) throw new Error(opened.error.words);
    return opened.value;
  };
  let backend = await open();
  try {
    const update = runtime.random.bytes(UPDATE_BYTES);
    const times: number[] = [];
    for (let index = 0; index < APPENDS; index++) {
      times.push(await timeOf(() => backend.log.append("one", { update, author: "source" })));
    }
    const crowdMs = await timeOf(() =>
      Promise.all(Array.from({ length: CROWD }, (_, i) => append(backend, `crowd/${i % 50}`, update))),
    );
    const storeMs = await timeOf(() => store(backend));
    await backend.close();
    backend = await open();
    const loadMs = await timeOf(() => load(backend));
    for (let index = 0; index < 200; index++) {
      await append(backend, "large", new Uint8Array(200_000 + ((index * 7_919) % 1_600_000)));
    }
    Bun.gc(true);
    return {
      appendP50Ms: median(times),
      appendP99Ms: percentile(times, 0.99),
      crowdMs,
      storeMs,
      loadMs,
      memoryMiB: process.memoryUsage.rss() / 2 ** 20,
    };
  } finally {
    await backend.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function append({ log }: LmdbBackend, document: string, update: Uint8Array): Promise<void> {
  const result = await log.append(document, { update, author: "source" });
  if (!result.ok) throw new Error(result.error.tag);
}

async function store(backend: LmdbBackend): Promise<void> {
  const documents = await createDocumentStore(backend, runtime);
  const made = await documents.create({ source: "big", tab: "Big", title: "Big" });
  if (!made.ok) throw new Error(made.error.tag);
  const applied = await made.value.apply({ delta, author: "source" });
  if (!applied.ok) throw new Error(applied.error.tag);
  await documents.close();
}

async function load(backend: LmdbBackend): Promise<void> {
  const documents = await createDocumentStore(backend, runtime);
  const opened = await documents.open(mirrorName("big", "Big"));
  if (!opened.ok || opened.value.baseline().order.length !== ROWS) throw new Error("not loaded");
  await documents.close();
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
