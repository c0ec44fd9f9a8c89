/** The client against the real daemon with its sample workbook: what is wished stands in the sheet, and the other way round. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  type DaemonProcess,
  freePort,
  startDaemon,
  TEST_TOKEN,
  waitFor,
} from "../../test/support/daemon-process.ts";
import { tempDir } from "../../test/support/temp-dir.ts";
import { type Client, connect, type ReceiptState, type Table } from "../src/index.ts";

const folder = tempDir();
const port = freePort();
let daemon: DaemonProcess;
let client: Client;
let table: Table;

beforeAll(async () => {
  daemon = await startDaemon({ dataDir: folder.path, port });
}, 60_000);
afterAll(async () => {
  await daemon.kill("SIGKILL");
  folder[Symbol.dispose]();
});
beforeEach(async () => {
  client = connect({ url: daemon.url, token: TEST_TOKEN });
  table = client.table("demo/Price list");
  await waitFor(() => table.status.state === "live" && table.rows.length > 0, 20_000);
});
afterEach(() => client.close());

/** A column of texts that is not the first, which tells the rows apart. */
const freeText = (): string => table.columns.slice(1).find(({ type }) => type === "text")!.key;

/** The rows as REST tells them: what the sheet has confirmed, without any wish. */
async function confirmedRows(): Promise<
  readonly { readonly $row: number; readonly [key: string]: unknown }[]
> {
  const answer = await fetch(`${daemon.url}/datasources/demo/tabs/Price%20list/rows`, {
    headers: { Authorization: `Bearer ${TEST_TOKEN}` },
  });
  return ((await answer.json()) as { rows: { $row: number }[] }).rows;
}

describe("with the daemon", () => {
  test("SDK-41 a cell that is set shows at once, is confirmed once the sheet has it, and shows at every other client", async () => {
    const key = freeText();
    const row = table.rows[0]!.$row;
    const other = connect({ url: daemon.url, token: TEST_TOKEN });
    const there = other.table("demo/Price list");
    await there.ready;
    const seen: ReceiptState[] = [];
    const shown = new Set<unknown>();
    const undo = table.subscribe(() => shown.add(table.row(row)?.[key]));
    const receipt = table.set(row, key, "Set by the client");
    receipt.subscribe(({ state }) => seen.push(state));
    expect(table.row(row)?.[key]).toBe("Set by the client");
    await receipt.confirmed;
    undo();
    expect([...shown]).toEqual(["Set by the client"]);
    expect(seen.at(0)).toBe("received");
    expect(seen.at(-1)).toBe("confirmed");
    expect((await confirmedRows()).find(({ $row }) => $row === row)?.[key]).toBe("Set by the client");
    expect(
      await waitFor(
        () => there.row(row)?.[key] === "Set by the client" && !there.cell(row, key)?.unconfirmed,
        5_000,
      ),
    ).toBe(true);
    other.close();
  }, 60_000);

  test("SDK-41 rows are added and removed, and undo brings a value back", async () => {
    const key = freeText();
    const first = table.rows[0]!.$row;
    const before = table.rowIds.length;
    const added = table.insert({ [key]: "A new row" }, { after: first });
    const temp = table.rowIds[1]!;
    expect(temp).toBeLessThan(0);
    await added.confirmed;
    const id = table.find((row) => row[key] === "A new row")!.$row;
    expect(id).toBeGreaterThan(0);
    expect(table.row(temp)).toBe(table.row(id)!);
    expect(table.rowIds).toHaveLength(before + 1);
    expect((await confirmedRows()).some(({ $row }) => $row === id)).toBe(true);

    const [gone] = table.undo();
    await gone!.confirmed;
    expect(table.row(id)).toBeUndefined();
    expect(table.rowIds).toHaveLength(before);
    expect((await confirmedRows()).some(({ $row }) => $row === id)).toBe(false);
  }, 60_000);

  test("SDK-41 a wish outlives kill -9 of the daemon right after it was made, and is written once", async () => {
    const key = freeText();
    const row = table.rows[4]!.$row;
    const states: ReceiptState[] = [];
    const receipts = [table.set(row, key, "Before the end"), table.insert({ [key]: "Once" })];
    receipts[0]!.subscribe(({ state }) => states.push(state));
    // As soon as the daemon has taken it, before it can have written it.
    await waitFor(() => states.length > 0, 5_000);
    await daemon.kill("SIGKILL");
    expect(table.row(row)?.[key]).toBe("Before the end");
    daemon = await startDaemon({ dataDir: folder.path, port });
    for (const receipt of receipts) await receipt.confirmed;
    expect(table.status.state).toBe("live");
    expect(table.row(row)?.[key]).toBe("Before the end");
    // The sample's workbook ends with the daemon too, and forgets its last moments: only these rows are counted.
    expect(table.rows.filter((one) => one[key] === "Once")).toHaveLength(1);
    const rows = await confirmedRows();
    expect(rows.find(({ $row }) => $row === row)?.[key]).toBe("Before the end");
    expect(rows.filter((one) => one[key] === "Once")).toHaveLength(1);
  }, 60_000);

  test("SDK-41 what can never be written is refused with the reason, and the row shows what the sheet holds", async () => {
    const { key } = table.columns[0]!;
    const row = table.rows[1]!;
    const receipt = table.set(row.$row, key, "another key");
    expect(await receipt.settled).toMatchObject({ state: "refused", code: "key-column" });
    expect(table.row(row.$row)?.[key]).toBe(row[key]!);
    expect(table.receipts).toEqual([receipt]);
    receipt.dismiss();
    expect(table.receipts).toEqual([]);
  }, 60_000);
});
