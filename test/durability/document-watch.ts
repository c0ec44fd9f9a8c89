import * as Y from "yjs";
import { mirrorName } from "#contract/document-name.ts";
import { COLUMNS, type Column, type RowId } from "#contract/layout.ts";
import { TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { createRecordingClient, epochOf, type RecordingClient, rowsIn } from "./recording-client.ts";
import { KEY_HEADER, TAB, type WorkbookName } from "./shaking-workbooks.ts";

/** The clients of one document, and what they are owed. */
export interface DocumentWatch {
  readonly name: WorkbookName;
  /** After a kill: what clients hold by now must be in the document for ever. */
  seal(): Promise<void>;
  /**
   * After a start: a newcomer's document must hold all that was sealed, and be the same document as ever. Resolves to
   * the number of updates found again; throws when anything is missing.
   */
  check(): Promise<number>;
  /** What each client shows, as rows of text below the headers. */
  shown(): string[][][];
  close(): void;
}

/** Who came first stays; of those who came later the last ones do. */
const CLIENTS_MAX = 4;
const PATIENCE_MS = 20_000;

export function createDocumentWatch(name: WorkbookName, port: number): DocumentWatch {
  const url = `ws://127.0.0.1:${port}/sync/${mirrorName(name, TAB)}?token=${TEST_TOKEN}`;
  const clients: RecordingClient[] = [];
  /** Row ids by key. */
  const ids = new Map<string, RowId>();
  let owed: Uint8Array[] = [];
  let epoch: string | null = null;
  let state = new Map<number, number>();

  function fail(what: string): never {
    throw new Error(`${name}: ${what}`);
  }
  function failIfRefused(client: RecordingClient): void {
    if (client.refusals.length > 0) fail(`a client was refused with ${client.refusals.join(", ")}`);
  }

  /** What a client gets that comes with nothing; it stays as one more client. */
  async function whatIsThere(): Promise<Y.Doc> {
    const newcomer = createRecordingClient(url);
    clients.push(newcomer);
    const answered = await waitFor(() => newcomer.synced || newcomer.refusals.length > 0, PATIENCE_MS);
    failIfRefused(newcomer);
    if (!answered) fail("a newcomer gets no answer");
    const there = new Y.Doc();
    Y.applyUpdate(there, Y.encodeStateAsUpdate(newcomer.doc));
    return there;
  }

  function compareHistory(there: Y.Doc): void {
    epoch ??= epochOf(there);
    if (epochOf(there) !== epoch) fail(`the document was rebuilt: epoch ${epochOf(there)} after ${epoch}`);
    const next = Y.decodeStateVector(Y.encodeStateVector(there));
    for (const [client, clock] of state) {
      if ((next.get(client) ?? 0) < clock) fail(`writer ${client} is at ${next.get(client)} after ${clock}`);
    }
    state = next;
  }
  function compareRowIds(there: Y.Doc): void {
    const keySlot = columnsOf(there).find(({ header }) => header === KEY_HEADER)?.slot;
    // A document is made before its first content is stored.
    if (keySlot === undefined) return ids.size === 0 ? undefined : fail("the key column is gone");
    for (const [id, values] of rowsIn(there)) {
      const key = String(values[keySlot] ?? "");
      if (key === "") continue;
      if ((ids.get(key) ?? id) !== id) fail(`the row "${key}" has id ${id} after ${ids.get(key)}`);
      ids.set(key, id);
    }
  }
  function compareUpdates(there: Y.Doc): number {
    const count = owed.length;
    if (count === 0) return 0;
    const before = Y.encodeStateAsUpdate(there);
    Y.applyUpdate(there, Y.mergeUpdates(owed));
    if (Buffer.compare(before, Y.encodeStateAsUpdate(there)) !== 0)
      fail("what a client had received is gone");
    owed = [];
    return count;
  }

  return {
    name,
    async seal() {
      // A socket closes after its last message.
      await waitFor(() => clients.every((client) => !client.synced), PATIENCE_MS);
      for (const client of clients) owed.push(...client.takeReceived());
      for (const leaver of clients.splice(1, Math.max(0, clients.length - CLIENTS_MAX))) leaver.close();
    },
    async check() {
      for (const client of clients) failIfRefused(client);
      const there = await whatIsThere();
      compareHistory(there);
      compareRowIds(there);
      return compareUpdates(there);
    },
    shown: () => clients.map(({ doc }) => tableOf(doc)),
    close() {
      for (const client of clients) client.close();
    },
  };
}

function columnsOf(doc: Y.Doc): Column[] {
  return doc.getArray<Column>(COLUMNS).toArray();
}

/** As a sheet tells it: headers and cells as text, without empty ends. */
function tableOf(doc: Y.Doc): string[][] {
  const columns = columnsOf(doc);
  const rows = rowsIn(doc).map(([, values]) => columns.map(({ slot }) => textOf(values[slot])));
  return [columns.map(({ header }) => header), ...rows].map(withoutEmptyEnd);
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

function withoutEmptyEnd(row: readonly string[]): string[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== "") + 1);
}
