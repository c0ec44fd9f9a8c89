/** `npm run rotate-key` against a daemon at work, and what the next starts find. */
import { afterEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SourceAnswer } from "#contract/rest.ts";
import { type DaemonProcess, freePort, startDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";

const root = resolve(import.meta.dir, "../..");
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function rest(daemon: DaemonProcess, method: string, path: string, body?: object): Promise<Response> {
  return fetch(daemon.url + path, {
    method,
    headers: { Authorization: `Bearer ${TEST_TOKEN}`, "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
}

test("SEC-6 one command replaces the master key of a running daemon, whose sockets and secrets stay", async () => {
  using dir = tempDir();
  const env = { SHEETWIRE_DEMO: "off", SHEETWIRE_GOOGLE_ENDPOINT: "http://127.0.0.1:9" };
  const start = async (port: number): Promise<DaemonProcess> => {
    const daemon = await startDaemon({ dataDir: dir.path, port, env });
    ends.push(() => daemon.kill("SIGKILL"));
    return daemon;
  };
  const port = freePort();
  const first = await start(port);
  const url = "http://127.0.0.1:9/spreadsheets/d/workbook";
  const shop = { id: "shop", name: "Shop", type: "googleSheet", url };
  const made = await rest(first, "POST", "/datasources/register", {
    ...shop,
    credentials: { type: "apiKey", key: "AIza-very-secret-wxyz" },
  });
  expect(made.status).toBe(201);
  const before = readFileSync(join(dir.path, "master-key"), "utf8");

  const command = Bun.spawnSync([process.execPath, join(root, "scripts/rotate-key.ts")], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? "",
      SHEETWIRE_DATA_DIR: dir.path,
      SHEETWIRE_PORT: String(port),
      SHEETWIRE_ADMIN_TOKEN: TEST_TOKEN,
    },
  });
  expect([command.exitCode, command.stdout.toString()]).toEqual([0, expect.stringContaining("1 records")]);
  const after = readFileSync(join(dir.path, "master-key"), "utf8");
  expect(after).not.toBe(before);
  expect(existsSync(join(dir.path, "master-key.next"))).toBe(false);
  expect((await rest(first, "GET", "/datasources/shop")).status).toBe(200);
  expect((await rest(first, "PUT", "/datasources/shop/update", { name: "Store" })).status).toBe(200);

  await first.kill("SIGKILL");
  const second = await start(freePort());
  const source = (await (await rest(second, "GET", "/datasources/shop")).json()) as SourceAnswer;
  expect([source.name, source.error?.code]).not.toContain("secrets-unreadable");
  expect(source.name).toBe("Store");
  for (const text of [first.output(), second.output()]) {
    expect(text).not.toContain(before.trim());
    expect(text).not.toContain(after.trim());
  }
}, 60_000);

test("SEC-7 given a new master key and the previous one by settings, a start seals everything anew, and then needs the new one alone", async () => {
  using dir = tempDir();
  const [old, next] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64")) as [string, string];
  const start = async (keys: Record<string, string>): Promise<DaemonProcess> => {
    const env = { SHEETWIRE_DEMO: "off", SHEETWIRE_GOOGLE_ENDPOINT: "http://127.0.0.1:9", ...keys };
    const daemon = await startDaemon({ dataDir: dir.path, port: freePort(), env });
    ends.push(() => daemon.kill("SIGKILL"));
    return daemon;
  };
  const first = await start({ SHEETWIRE_MASTER_KEY: old });
  const url = "http://127.0.0.1:9/spreadsheets/d/workbook";
  const credentials = { type: "apiKey", key: "AIza-very-secret-wxyz" };
  await rest(first, "POST", "/datasources/register", {
    id: "shop",
    name: "Shop",
    type: "googleSheet",
    url,
    credentials,
  });
  await first.kill("SIGTERM");
  const both = await start({ SHEETWIRE_MASTER_KEY: next, SHEETWIRE_MASTER_KEY_PREVIOUS: old });
  expect(await waitFor(() => both.output().includes("master key rotated"), 10_000)).toBe(true);
  await both.kill("SIGKILL");
  const alone = await start({ SHEETWIRE_MASTER_KEY: next });
  const source = (await (await rest(alone, "GET", "/datasources/shop")).json()) as SourceAnswer;
  expect(source.error?.code).not.toBe("secrets-unreadable");
  await alone.kill("SIGTERM");
  await expect(start({ SHEETWIRE_MASTER_KEY: old })).rejects.toThrow("another key");
}, 60_000);
