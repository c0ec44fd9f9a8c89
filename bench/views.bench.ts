/**
 * 100 views of one large tab, as documents that follow it: what a changed row costs them, beside filtering the whole tab
 * anew for each, and what a reader of a small view is sent beside a reader of the tab.
 *
 *     npm run bench -- views [--rows 50000] [--views 100]
 */
import type { CellValue } from "#contract/cell.ts";
import { syncStep2Frame, updateFrame } from "#contract/frames.ts";
import { createMemoryBackend } from "../src/backend/memory.ts";
import type { Delta } from "../src/model/delta.ts";
import { createView, select, type ViewDefinition } from "../src/model/view.ts";
import { parseWhere } from "../src/model/where/parse.ts";
import { createSystemRuntime } from "../src/runtime/system.ts";
import { createDocumentStore } from "../src/sync/document-store.ts";
import type { SharedDocument } from "../src/sync/live-document.ts";
import { createViews } from "../src/sync/views.ts";
import { createSeededRandom } from "../test/support/seeded-random.ts";
import { median, medianMs, percentile, print, printAgainst } from "./line.ts";
import { numberOption } from "./options.ts";
import { baselineOf, firstDelta, makeGrid } from "./tables.ts";

const ROWS = numberOption("rows", 50_000);
const VIEWS = numberOption("views", 100);
const COLUMNS = 20;
const CHANGES = 300;
/** Of this column a row's place modulo the number of views stands: each view shows its share of the rows. */
const SHARE_SLOT = 1;
const NOTHING: Delta = { added: [], cells: [], removed: [], order: [] };

const grid = makeGrid(ROWS, COLUMNS);
grid.forEach((row, place) => {
  row[SHARE_SLOT] = place % VIEWS;
});
const random = createSeededRandom("views");

await documents();
await model();

/** The engine alone: what a changed row costs, whether or not the view shows it. */
async function model(): Promise<void> {
  const tab = baselineOf(grid);
  const definitions = Array.from({ length: VIEWS }, (_, share) => definitionOf(share));
  const shown = definitions.map((definition) => {
    const { columns, rows } = select(definition, {}, tab);
    return { ...tab, columns, order: rows, rows: new Map(rows.map((id) => [id, tab.rows.get(id)!])) };
  });
  const views = definitions.map((definition) => createView(definition, {}));
  for (const [i, view] of views.entries()) view.reconcile(tab, shown[i]!);
  const change = (): Delta => ({ ...NOTHING, cells: [[1 + random.int(ROWS), 3, "edited"]] });
  const follow = await medianMs(200, () => {
    const delta = change();
    for (const [i, view] of views.entries()) view.follow(tab, delta, shown[i]!);
  });
  const filter = await medianMs(5, () => {
    for (const definition of definitions) select(definition, {}, tab);
  });
  const name = `a changed row of ${ROWS} x ${COLUMNS}, ${VIEWS} views`;
  printAgainst(`${name}: finding what changes in them`, "ms", follow, {
    name: "filtering the tab for each",
    value: filter,
  });
}

/** With documents: from the tab's apply until each view has stored what it shows of it. */
async function documents(): Promise<void> {
  const runtime = createSystemRuntime({ logLevel: "error" });
  const backend = createMemoryBackend();
  const store = await createDocumentStore(backend, runtime);
  const definitions = new Map(
    Array.from({ length: VIEWS }, (_, share): [string, ViewDefinition] => [
      `share ${share}`,
      definitionOf(share),
    ]),
  );
  const views = createViews({
    documents: store,
    log: backend.log,
    clock: runtime.clock,
    logger: runtime.logger,
    definition: (_source, _tab, view) => definitions.get(view) ?? null,
  });
  const made = await store.create({ source: "bench", tab: "Bench", title: "Bench" });
  if (!made.ok) throw new Error(made.error.tag);
  const tab = made.value;
  await apply(tab, firstDelta(grid));
  const alone = await changes(tab, async () => {});
  const opened: SharedDocument[] = [];
  const opening = performance.now();
  for (const view of definitions.keys()) {
    const one = await views.open({ source: "bench", tab: "Bench", kind: "view", view }, {});
    if (!one.ok) throw new Error(one.error.tag);
    opened.push(one.value);
  }
  print({
    name: `opening ${VIEWS} views of ${ROWS} rows for the first time`,
    value: performance.now() - opening,
    unit: "ms",
  });

  const sent = new Map<string, number>();
  let appends = 0;
  const stop = store.onUpdate((name, update) => {
    appends++;
    sent.set(name, (sent.get(name) ?? 0) + updateFrame(update).length);
  });
  const all = await changes(tab, async () => {
    for (const document of opened) await document.settled();
  });
  await Bun.sleep(50);
  stop();
  const name = `a changed row of ${ROWS} x ${COLUMNS}, ${VIEWS} views`;
  printAgainst(`${name}: until tab and views have stored it, median`, "ms", median(all), {
    name: "the tab without views",
    value: median(alone),
  });
  print({ name: `${name}: the same, p99`, value: percentile(all, 0.99), unit: "ms" });
  print({ name: `${name}: appends, the tab's own among them`, value: appends / CHANGES, unit: "appends" });
  const joined = (document: SharedDocument) => syncStep2Frame(document.missing(new Uint8Array([0]))!).length;
  printAgainst(`joining a view of 1/${VIEWS} of the rows`, "B", joined(opened[0]!), {
    name: "joining the tab",
    value: joined(tab),
  });
  const perView = opened.reduce((sum, { name }) => sum + (sent.get(name) ?? 0), 0) / VIEWS;
  printAgainst(`${CHANGES} changed rows: frames to a reader of a view, mean`, "B", perView, {
    name: "to a reader of the tab",
    value: sent.get(tab.name)!,
  });
  views.close();
  await store.close();
}

/** How long each of some changes of one cell took, in ms. */
async function changes(tab: SharedDocument, settled: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < CHANGES; n++) {
    const cell: readonly [number, number, CellValue] = [
      1 + random.int(ROWS),
      3,
      `edit ${n} ${random.int(1_000_000)}`,
    ];
    const start = performance.now();
    await apply(tab, { ...NOTHING, cells: [cell] });
    await settled();
    times.push(performance.now() - start);
  }
  return times;
}

async function apply(document: SharedDocument, delta: Delta): Promise<void> {
  const applied = await document.apply({ delta, author: "source" });
  if (!applied.ok) throw new Error(applied.error.tag);
}

function definitionOf(share: number): ViewDefinition {
  const where = parseWhere(`"column 1" = ${share}`);
  if (!where.ok) throw new Error(where.error.problem);
  return { where: where.value };
}
