/** A workbook's ranges, header rows, formulas, merges and locality, from the sheet to the documents and the REST. */
import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { type FoldedRow, foldEntry, LOG, type LogEntry, META, type RowId } from "#contract/layout.ts";
import type { RowsAnswer, SourceAnswer } from "#contract/rest.ts";
import { createMemoryBackend } from "../src/backend/memory.ts";
import { createDaemon } from "../src/daemon.ts";
import { createDrivers } from "../src/sources/drivers.ts";
import { createEmulated } from "./sources/google/emulated.ts";
import { ENDPOINT } from "./sources/google/test-source.ts";

const ROWS = [
  ["Price list", ""],
  ["", ""],
  ["sku", "price", "double"],
  ["a", 1, "=B4*2"],
  ["b", 2, "=B5*2"],
];
const TOKEN = "the-admin-token-of-the-test";

describe("a workbook", () => {
  test("DMN-30 what a source chooses of a workbook arrives in its documents and answers", async () => {
    const stage = createEmulated({
      timeZone: "Europe/Berlin",
      locale: "de_DE",
      tabs: [{ title: "Prices", rows: ROWS }],
    });
    const merged = { sheetId: 0, startRowIndex: 0, endRowIndex: 1, startColumnIndex: 0, endColumnIndex: 3 };
    stage.batchUpdate({ mergeCells: { range: merged, mergeType: "MERGE_ALL" } });
    const daemon = await createDaemon({
      runtime: stage.runtime,
      backend: createMemoryBackend(),
      drivers: createDrivers({ google: { endpoint: ENDPOINT } }),
      secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
      publish: () => {},
      version: "test",
    });
    const get = async <T>(path: string): Promise<T> => {
      const headers = { Authorization: `Bearer ${TOKEN}` };
      const answer = await daemon.handle(new Request(`http://daemon.test${path}`, { headers }), "127.0.0.1");
      if (answer.status !== 200) throw new Error(await answer.text());
      return (await answer.json()) as T;
    };
    const made = await daemon.registry.register({
      id: "shop",
      name: "Shop",
      type: "googleSheet",
      url: `${ENDPOINT}/spreadsheets/d/${stage.id}`,
      credentials: stage.credentials,
      tabs: ["Prices", "Prices!A3:B"],
      headerRow: { Prices: 3 },
      keyColumns: { "Prices!A3:B": "sku" },
      formulas: true,
    });
    expect(made.ok).toBe(true);
    await stage.clock.advance(1_000);

    const source = await get<SourceAnswer>("/datasources/shop");
    expect(source).toMatchObject({
      state: "live",
      workbook: { title: "Shop", timeZone: "Europe/Berlin", locale: "de_DE" },
      tabs: [
        { name: "Prices", rows: 2, columns: 3, merges: ["A1:C1"] },
        { name: "Prices!A3:B", rows: 2, columns: 2 },
      ],
    });
    const part = await get<RowsAnswer>(`/datasources/shop/tabs/${encodeURIComponent("Prices!A3:B")}/rows`);
    expect(part.rows).toEqual([
      { $row: 1, sku: "a", price: 1 },
      { $row: 2, sku: "b", price: 2 },
    ]);
    const snapshot = await daemon.handle(
      new Request("http://daemon.test/datasources/shop/tabs/Prices/snapshot", {
        headers: { Authorization: `Bearer ${TOKEN}`, "Accept-Encoding": "identity" },
      }),
      "127.0.0.1",
    );
    const doc = new Y.Doc();
    Y.applyUpdate(doc, new Uint8Array(await snapshot.arrayBuffer()));
    expect(doc.getMap(META).toJSON()).toMatchObject({ timeZone: "Europe/Berlin", locale: "de_DE" });
    const rows = new Map<RowId, FoldedRow>();
    for (const entry of doc.getArray<LogEntry>(LOG).toArray()) foldEntry(rows, entry);
    expect([...rows.values()]).toEqual([
      { values: ["a", 1, 2], formulas: new Map([[2, "=B4*2"]]) },
      { values: ["b", 2, 4], formulas: new Map([[2, "=B5*2"]]) },
    ]);
    await daemon.close();
  });
});
