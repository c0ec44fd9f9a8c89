/** Workbooks from the command line, made in an emulated Google. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEmulator, sampleWorkbook, serveEmulator } from "../../google-emulator/src/index.ts";
import { type DaemonProcess, freePort, startDaemon } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";
import { commandsFor, type Run } from "./command.ts";

const dir = tempDir();
let google: Awaited<ReturnType<typeof serveEmulator>>;
let daemon: DaemonProcess;
let run: (...args: string[]) => Promise<Run>;

beforeAll(async () => {
  const emulator = createEmulator({ nowMs: Date.now, random: Math.random });
  emulator.addWorkbook({ ...sampleWorkbook(), id: "book" });
  const key = emulator.accounts.registerServiceAccount();
  emulator.share("book", key.client_email, "writer");
  google = await serveEmulator(emulator, { port: 0, hostname: "127.0.0.1" });
  daemon = await startDaemon({
    dataDir: join(dir.path, "data"),
    port: freePort(),
    env: { SHEETWIRE_GOOGLE_ENDPOINT: google.url },
  });
  run = commandsFor(daemon);
  const keyFile = join(dir.path, "key.json");
  writeFileSync(keyFile, JSON.stringify(key));
  const link = `${google.url}/workbook/book`;
  const added = await run(
    "sources",
    "add",
    link,
    "--type",
    "googleSheet",
    "--id",
    "shop",
    "--key-file",
    keyFile,
  );
  expect(added).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await daemon.kill("SIGTERM");
  await google.stop();
  dir[Symbol.dispose]();
});

test("CLI-15 a workbook is made of data by a template, waited for, updated and looked at", async () => {
  const json = ({ out }: Run) => JSON.parse(out);
  const templates = json(await run("export", "templates", "--json")) as { id: string }[];
  expect(templates.map(({ id }) => id)).toContain("table");
  const data = join(dir.path, "rows.json");
  const rows = (...given: object[]): void => writeFileSync(data, JSON.stringify(given));
  rows({ sku: "A", price: 1 }, { sku: "B", price: 2 });
  const by = ["--data", data, "--account", "source:shop", "--key", "sku", "--wait", "--timeout", "30"];
  const made = await run("export", "create", "table", "--title", "Prices", ...by, "--json");
  expect(made).toMatchObject({ code: 0, err: "" });
  expect(json(made)).toMatchObject({ state: "done", title: "Prices" });
  const { id } = json(made) as { id: string };
  rows({ sku: "B", price: 3 });
  const how = ["--data", data, "--key", "sku", "--wait", "--timeout", "30"];
  const updated = await run("export", "update", id, ...how, "--json");
  expect(json(updated)).toMatchObject({ state: "done", lastUpdate: { changed: 1, removed: 0 } });
  expect(json(await run("export", "status", id, "--json")).id).toBe(id);
  expect((await run("export", "list")).out).toContain(id);
  const retried = await run("export", "retry", id);
  expect(retried.err).not.toContain("unknown command");
  expect(json(await run("export", "cancel", id, "--json")).id).toBe(id);
  expect(await run("export", "delete", id)).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
  expect((await run("export", "delete", id, "--yes")).code).toBe(0);
  expect((await run("export", "status", id)).code).toBe(3);
  expect((await run("export", "status", "no-such-export")).code).toBe(3);
  expect(await run("export", "create", "table")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--data"),
  });
  expect((await run("export", "create", "no-such-template", "--data", data)).code).not.toBe(0);
});
