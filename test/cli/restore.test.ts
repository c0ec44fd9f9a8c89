/** A daemon is restored from a backup that it has outlived, while clients that know more wait for it. */
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { connect } from "../../client-sdk/src/index.ts";
import { type DaemonProcess, freePort, startDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";
import { commandsFor, runCommand, sampleRead, spawnCommand } from "./command.ts";

const TAB = "demo/Price list";
const EPOCH_CODE = 4409;
const dir = tempDir();
const dataDir = join(dir.path, "data");
const port = freePort();
let daemon: DaemonProcess;
afterAll(async () => {
  await daemon.kill("SIGKILL");
  dir[Symbol.dispose]();
});

interface Rows {
  readonly rows: readonly { readonly $row: number; readonly SKU: string; readonly Product: string }[];
}

test("CLI-11 CLI-17 CLI-18 clients that are ahead of a restored daemon start afresh, and doctor finds it well", async () => {
  daemon = await startDaemon({ dataDir, port });
  await sampleRead(daemon);
  const run = commandsFor(daemon);
  const confirmed = async () => (JSON.parse((await run("get", TAB, "--json")).out) as Rows).rows;
  const set = async (text: string) =>
    expect(await run("set", TAB, "TE-100", "Product", text)).toMatchObject({ code: 0 });

  const client = connect({ url: daemon.url, token: TEST_TOKEN });
  const table = client.table(TAB);
  const doc = new Y.Doc();
  const closed: number[] = [];
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/sync`, "demo/Price%20list", doc, {
    params: { token: TEST_TOKEN },
    disableBc: true,
  });
  provider.on("connection-close", (event) => closed.push(event?.code ?? 0));
  const env = { SHEETWIRE_URL: daemon.url, SHEETWIRE_TOKEN: TEST_TOKEN };
  const tail = spawnCommand(["tail", TAB], { env });
  let told = "";
  void (async () => {
    for await (const part of tail.stdout) told += new TextDecoder().decode(part);
  })();

  const name = () => table.rows.find(({ SKU }) => SKU === "TE-100")?.Product;
  await table.ready;
  await set("before the backup");
  expect(await run("backup", join(dir.path, "backup"), "--data-dir", dataDir)).toMatchObject({ code: 0 });
  // Another life of the daemon: it writes under the number that a restored one would take next.
  expect(await daemon.kill("SIGTERM")).toBe(0);
  daemon = await startDaemon({ dataDir, port });
  await sampleRead(daemon);
  // The first wish of this client, and so an edits document that the backup does not have.
  const wish = async (text: string) => {
    const { $row } = table.rows.find(({ SKU }) => SKU === "TE-107")!;
    expect(await table.set($row, "Product", text).settled).toMatchObject({ state: "confirmed" });
  };
  await waitFor(() => table.status.state === "live", 20_000);
  await wish("wished after the backup");
  await set("after the backup");
  const shown = () => JSON.stringify(doc.getArray("log").toArray());
  const isAhead = () => [String(name()), told, shown()].every((text) => text.includes("after the backup"));
  expect(await waitFor(isAhead, 20_000)).toBe(true);
  provider.disconnect();
  closed.length = 0;
  const ahead = Y.encodeStateVector(doc);

  expect(await daemon.kill("SIGTERM")).toBe(0);
  const restored = await runCommand(["restore", join(dir.path, "backup"), "--data-dir", dataDir, "--yes"]);
  expect(restored).toMatchObject({ code: 0 });
  daemon = await startDaemon({ dataDir, port });
  await sampleRead(daemon);
  for (let time = 1; time <= 5; time++) await set(`${time} times in the new history`);
  await set("in the new history");
  provider.connect();

  expect(await waitFor(() => name() === "in the new history", 20_000)).toBe(true);
  await wish("wished in the new history");
  const rows = await confirmed();
  expect(rows.find(({ SKU }) => SKU === "TE-107")!.Product).toBe("wished in the new history");
  expect(table.rows.map(({ $row, SKU }) => [$row, SKU])).toEqual(rows.map(({ $row, SKU }) => [$row, SKU]));
  expect(new Set(rows.map(({ SKU }) => SKU)).size).toBe(rows.length);
  // A stock client cannot start afresh by itself; it is told to, and takes nothing of the other history meanwhile.
  expect(await waitFor(() => closed.includes(EPOCH_CODE), 20_000)).toBe(true);
  expect(Y.encodeStateVector(doc)).toEqual(ahead);
  // Revisions of the old history say nothing here: all rows come again.
  const lines = () =>
    told
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string });
  expect(await waitFor(() => lines().some(({ event }) => event === "reset"), 20_000)).toBe(true);

  provider.destroy();
  client.close();
  tail.kill("SIGKILL");
  const settings = { SHEETWIRE_PORT: String(port), SHEETWIRE_ADMIN_TOKEN: TEST_TOKEN };
  const doctor = await runCommand(["doctor", "--json", "--data-dir", dataDir], { env: settings });
  const { ok, checks } = JSON.parse(doctor.out) as {
    ok: boolean;
    checks: { check: string; state: string }[];
  };
  expect([doctor.code, ok]).toEqual([0, true]);
  const states = Object.fromEntries(checks.map(({ check, state }) => [check, state]));
  expect(states).toMatchObject({
    keys: "passed",
    port: "passed",
    daemon: "passed",
    token: "passed",
    version: "passed",
  });
  expect(states["source demo"]).toBe("passed");
}, 120_000);
