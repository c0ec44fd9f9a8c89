/** The daemon's beginning and end as a process. */
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SourceAnswer } from "#contract/rest.ts";
import { announcement } from "../../src/announcement.ts";
import { startServer } from "../../src/server.ts";
import { freePort, startDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";

const root = resolve(import.meta.dir, "../..");

/** Runs until it ends by itself. */
function run(env: Record<string, string>): { code: number; text: string } {
  const child = Bun.spawnSync([process.execPath, join(root, "src/main.ts")], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", SHEETWIRE_DEMO: "off", ...env },
    timeout: 30_000,
  });
  return { code: child.exitCode, text: `${child.stdout}${child.stderr}` };
}

describe("the process", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  test("DMN-6 wrong settings end the start with code 2 and name every one", () => {
    const { code, text } = run({ SHEETWIRE_PORT: "eighty", SHEETWIRE_LOG_LEVEL: "loud" });
    expect(code).toBe(2);
    expect(text).toContain("SHEETWIRE_PORT");
    expect(text).toContain("SHEETWIRE_LOG_LEVEL");
  });

  test("DMN-6 a data directory that cannot be one ends the start with code 3 and the cure", () => {
    using dir = tempDir();
    const file = join(dir.path, "a-file");
    writeFileSync(file, "");
    const { code, text } = run({ SHEETWIRE_DATA_DIR: file, SHEETWIRE_PORT: String(freePort()) });
    expect(code).toBe(3);
    expect(text).toContain(file);
  });

  test("DMN-6 a taken port ends the start with code 4", () => {
    using dir = tempDir();
    const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    ends.push(() => taken.stop(true));
    const { code, text } = run({ SHEETWIRE_DATA_DIR: dir.path, SHEETWIRE_PORT: String(taken.port) });
    expect(code).toBe(4);
    expect(text).toContain("SHEETWIRE_PORT");
  });

  test("DMN-10 off a terminal the start that makes the admin token tells it, and later ones only where it is kept", async () => {
    using dir = tempDir();
    const env = { SHEETWIRE_DEMO: "off", SHEETWIRE_ADMIN_TOKEN: "" };
    const path = join(dir.path, "admin-token");
    const start = async (env: Record<string, string>): Promise<string> => {
      const daemon = await startDaemon({ dataDir: dir.path, port: freePort(), env });
      await daemon.kill("SIGTERM");
      return daemon.output();
    };
    const first = await start(env);
    const token = readFileSync(path, "utf8").trim();
    expect(first).toContain(`/#token=${token}`);
    const second = await start(env);
    expect(second).not.toContain(token);
    expect(second).toContain(`kept in ${path}`);
    const given = "given-by-a-setting-0123456789";
    expect(await start({ ...env, SHEETWIRE_ADMIN_TOKEN: given })).not.toContain(given);
  }, 60_000);

  test("DMN-10 on a terminal every start tells the token and a link that signs in", () => {
    const started = {
      version: "1.0.0",
      url: "http://127.0.0.1:8787",
      token: "secret",
      tokenPath: "data/admin-token",
      tokenMade: false,
      dataDir: "data",
      sampleUrl: null,
    };
    expect(announcement({ ...started, onTerminal: true })).toContain("http://127.0.0.1:8787/#token=secret");
    expect(announcement({ ...started, onTerminal: false })).not.toContain("secret");
  });

  test("DMN-4 until a daemon is attached, requests and sockets are answered 503 with Retry-After", async () => {
    const server = startServer({ host: "127.0.0.1", port: 0, serveUi: () => null });
    ends.push(() => server.stop());
    for (const path of ["/", "/datasources", "/sync/demo/Prices"]) {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
      expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "1"]);
    }
  });

  test("DMN-6 a second daemon on the same data ends with code 3 and leaves the first alone", async () => {
    using dir = tempDir();
    const first = await startDaemon({ dataDir: dir.path, port: freePort(), env: { SHEETWIRE_DEMO: "off" } });
    ends.push(() => first.kill("SIGKILL"));
    const { code } = run({ SHEETWIRE_DATA_DIR: dir.path, SHEETWIRE_PORT: String(freePort()) });
    expect(code).toBe(3);
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
  });

  test("DMN-8 the sample stays beside own sources, with the same tabs after every restart", async () => {
    using dir = tempDir();
    const options = { dataDir: dir.path, port: freePort(), env: { SHEETWIRE_ALLOW_PRIVATE: "127.0.0.1" } };
    const headers = { Authorization: `Bearer ${TEST_TOKEN}`, "Content-Type": "application/json" };
    const sample = async (url: string): Promise<SourceAnswer> =>
      (await (await fetch(`${url}/datasources/demo`, { headers })).json()) as SourceAnswer;
    let names: string[] = [];
    for (let start = 0; start < 3; start++) {
      const daemon = await startDaemon(options);
      ends.push(() => daemon.kill("SIGKILL"));
      const isLive = async (): Promise<boolean> => (await sample(daemon.url)).state === "live";
      expect(await waitFor(isLive, 10_000)).toBe(true);
      const { tabs } = await sample(daemon.url);
      names = start === 0 ? tabs.map(({ name }) => name) : names;
      expect(tabs.map(({ name }) => name)).toEqual(names);
      if (start === 0) {
        const body = JSON.stringify({
          id: "own",
          name: "Own",
          type: "external",
          url: "http://127.0.0.1:9/feed.json",
        });
        expect(
          (await fetch(`${daemon.url}/datasources/register`, { method: "POST", headers, body })).status,
        ).toBe(201);
      }
      await daemon.kill(start === 0 ? "SIGTERM" : "SIGKILL");
    }
  }, 60_000);
});
