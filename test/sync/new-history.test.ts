/** A restored backup meets clients that know more than it holds. */
import { expect, test } from "bun:test";
import * as Y from "yjs";
import { COLUMNS, META } from "#contract/layout.ts";
import type { Backend } from "../../src/backend/backend.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import type { Delta } from "../../src/model/delta.ts";
import { createDocumentStore } from "../../src/sync/document-store.ts";
import { createEditsMemories } from "../../src/sync/edits-memory.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import { beginNewHistory } from "../../src/sync/new-history.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const COLUMN = { slot: 0, header: "Name", key: "Name", type: "text" } as const;
const added = (row: number, name: string, at: number): Delta => ({
  added: [[row, [name]]],
  cells: [],
  removed: [],
  order: [{ at, remove: 0, insert: [row] }],
});

/** The same content in a backend of its own, as a backup has it. */
async function copied({ log, kv }: Backend): Promise<Backend> {
  const copy = createMemoryBackend();
  for (const name of await log.documents("")) {
    for (const entry of await log.read(name, 0)) await copy.log.append(name, entry);
  }
  for (const { key, value } of await kv.list("")) await copy.kv.put(key, value);
  return copy;
}

async function open(backend: Backend) {
  const { runtime } = createTestRuntime();
  const store = await createDocumentStore(backend, runtime);
  const made = await store.create({ source: "shop", tab: "Prices", title: "Prices" });
  if (!made.ok) throw new Error(made.error.tag);
  return { document: made.value, close: () => store.close(), random: runtime.random };
}

async function write(document: SharedDocument, delta: Delta): Promise<void> {
  expect((await document.apply({ delta, title: "Prices", author: "source" })).ok).toBe(true);
}

/** Whether a client at this document would be let on, and what it would get. */
const offered = (document: SharedDocument, client: Y.Doc) => document.missing(Y.encodeStateVector(client));

test("CLI-18 who knows more than a restored backup is told so for ever, who does not goes on", async () => {
  const backend = createMemoryBackend();
  const first = await open(backend);
  await write(first.document, { ...added(1, "as backed up", 0), columns: [COLUMN] });
  const early = new Y.Doc();
  Y.applyUpdate(early, offered(first.document, new Y.Doc())!);
  const epoch = first.document.meta().epoch;
  const backup = await copied(backend);
  await write(first.document, added(2, "after the backup", 1));
  await first.close();
  // A second life of the daemon: the number that the restored one would have taken next.
  const second = await open(backend);
  await write(second.document, added(3, "in a later life", 2));
  const ahead = new Y.Doc();
  Y.applyUpdate(ahead, offered(second.document, new Y.Doc())!);
  await second.close();

  expect((await beginNewHistory(backup, second.random)).ok).toBe(true);
  const restored = await open(backup);
  expect(restored.document.meta().epoch).not.toBe(epoch);
  for (let row = 2; row < 40; row++) {
    // However much is written: the clocks that the client knows are never taken.
    expect(offered(restored.document, ahead)).toBeNull();
    await write(restored.document, added(row, `new ${row}`, row - 1));
  }
  Y.applyUpdate(early, offered(restored.document, early)!);
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, offered(restored.document, new Y.Doc())!);
  for (const doc of [early, fresh]) {
    expect(doc.getMap(META).get("epoch")).toBe(restored.document.meta().epoch);
    expect(doc.getArray(COLUMNS).length).toBe(1);
    expect(doc.getArray("order").toArray()).toEqual([...restored.document.baseline().order]);
  }
});

test("CLI-18 without it the very same client would be let on into the other history", async () => {
  const backend = createMemoryBackend();
  const first = await open(backend);
  await write(first.document, { ...added(1, "as backed up", 0), columns: [COLUMN] });
  await first.close();
  const backup = await copied(backend);
  const second = await open(backend);
  await write(second.document, added(2, "in a later life", 1));
  const ahead = new Y.Doc();
  Y.applyUpdate(ahead, offered(second.document, new Y.Doc())!);
  await second.close();
  const restored = await open(backup);
  for (let row = 2; row < 40; row++) await write(restored.document, added(row, `new ${row}`, row - 1));
  expect(offered(restored.document, ahead)).not.toBeNull();
});

test("CLI-18 views go, and writers of edits documents have numbers that nobody has seen", async () => {
  const backend = createMemoryBackend();
  const { close, random } = await open(backend);
  await close();
  const update = Y.encodeStateAsUpdate(new Y.Doc());
  await backend.log.append("shop/Prices@mine", { update, author: "view" });
  const memories = createEditsMemories(backend.kv);
  const place = { source: "shop", tab: "Prices", subject: "user:ana" };
  await memories.put(place, { incarnation: 7, writer: 3, floor: [[9, 9]] });
  expect(await beginNewHistory(backend, random)).toEqual({ ok: true, value: { mirrors: 1 } });
  expect(await backend.log.documents("")).toEqual(["shop/Prices"]);
  const [known, unknown] = [await memories.get(place), await memories.get({ ...place, subject: "user:ben" })];
  expect(known).toMatchObject({ incarnation: 7, floor: [[9, 9]] });
  expect(known!.writer).toBeGreaterThan(1_000);
  expect(unknown!.writer).toBeGreaterThan(1_000);
});
