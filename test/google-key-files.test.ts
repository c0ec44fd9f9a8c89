/** Service accounts whose key lies in a file on this machine. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials } from "#contract/rest.ts";
import { createEmulator } from "../google-emulator/src/index.ts";
import { createKeyFiles } from "../src/google-key-files.ts";
import { createGoogleDriver } from "../src/sources/google/google-driver.ts";
import { createFakeNet } from "./support/fake-net.ts";
import { tempDir } from "./support/temp-dir.ts";
import { createTestRuntime } from "./support/test-runtime.ts";

const GOOGLE = "http://google.test";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function setUp(settings: { dir?: boolean; ambient?: string } = { dir: true }) {
  const temporary = tempDir();
  ends.push(() => temporary[Symbol.dispose]());
  const home = temporary.path;
  const dir = join(home, "keys");
  mkdirSync(dir);
  const { runtime, clock } = createTestRuntime({
    net: createFakeNet((request) => {
      const { status, headers, body } = emulator.handle(request);
      return new Response(body, { status, headers });
    }),
  });
  const emulator = createEmulator({ nowMs: () => clock.nowMs(), random: Math.random, quota: null });
  const id = emulator.addWorkbook({ title: "Shop", tabs: [{ title: "Prices", rows: [["sku"], ["a"]] }] });
  const driver = createGoogleDriver({
    endpoint: GOOGLE,
    keyFiles: createKeyFiles({
      dir: settings.dir ? dir : null,
      ambient: settings.ambient === undefined ? null : join(home, settings.ambient),
    }),
  });
  /** Writes the key file of a service account that may read the workbook. */
  function writeKey(path: string, email: string): void {
    const key = emulator.accounts.registerServiceAccount({ email });
    emulator.share(id, email, "reader");
    writeFileSync(join(home, path), JSON.stringify(key));
  }
  const sourceWith = (credentials: Credentials) =>
    ({ id: "shop", type: "googleSheet", url: `${GOOGLE}/spreadsheets/d/${id}`, credentials }) as const;
  const check = (credentials: Credentials) => driver.check(sourceWith(credentials));
  const open = (credentials: Credentials) => {
    const source = driver.open(sourceWith(credentials), runtime);
    return () => source.poll(null, new AbortController().signal);
  };
  return { home, dir, clock, emulator, writeKey, check, open };
}

const file = (path: string): Credentials => ({ type: "serviceAccountFile", path });

describe("key files", () => {
  test("GAC-1 a source may name a key file below the folder that the configuration allows", async () => {
    const { dir, writeKey, check, open } = setUp();
    writeKey("keys/shop.json", "shop@p.iam.gserviceaccount.com");
    for (const path of ["shop.json", "./shop.json", join(dir, "shop.json")]) {
      expect([path, check(file(path))]).toEqual([path, []]);
      expect((await open(file(path))()).ok).toBe(true);
    }
  });

  test("GAC-1 every other path is refused, and without a folder all of them; what exists elsewhere is not told", () => {
    const { home, dir, writeKey, check } = setUp();
    writeKey("outside.json", "out@p.iam.gserviceaccount.com");
    mkdirSync(join(home, "keys-of-others"));
    writeKey("keys-of-others/a.json", "others@p.iam.gserviceaccount.com");
    symlinkSync(join(home, "outside.json"), join(dir, "link.json"));
    for (const path of [
      "../outside.json",
      "../keys-of-others/a.json",
      join(home, "outside.json"),
      join(home, "missing.json"),
      "link.json",
      "/etc/passwd",
      "..",
      ".",
    ]) {
      expect([path, check(file(path))]).toEqual([
        path,
        [expect.objectContaining({ field: "credentials.path", problem: expect.stringContaining("outside") })],
      ]);
    }
    const [closed] = setUp({}).check(file("shop.json"));
    expect([closed?.field, closed?.fix]).toEqual([
      "credentials.path",
      expect.stringContaining("SHEETWIRE_GOOGLE_KEY_DIR"),
    ]);
  });

  test("GAC-1 a file that is missing or no service account's key is refused without a word of its content", () => {
    const { dir, check } = setUp();
    mkdirSync(join(dir, "folder.json"));
    const contents: Record<string, string> = {
      "text.json": "very-secret",
      "list.json": '["very-secret"]',
      "user.json": JSON.stringify({ type: "authorized_user", refresh_token: "very-secret" }),
      "no-key.json": JSON.stringify({
        type: "service_account",
        client_email: "a@b",
        private_key: "very-secret",
      }),
      "huge.json": "x".repeat(100_000),
    };
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(dir, name), content);
    for (const name of [...Object.keys(contents), "missing.json", "folder.json"]) {
      const problems = check(file(name));
      expect([name, problems.map(({ field }) => field)]).toEqual([name, ["credentials.path"]]);
      expect(problems[0]?.fix).not.toBe("");
      expect(JSON.stringify(problems)).not.toContain("secret");
    }
  });

  test("GAC-2 a key file that is replaced is used from the next token on; one that is gone is a problem with a fix", async () => {
    const { home, emulator, writeKey, open } = setUp();
    writeKey("keys/shop.json", "first@p.iam.gserviceaccount.com");
    const poll = open(file("shop.json"));
    expect((await poll()).ok).toBe(true);
    writeKey("keys/shop.json", "second@p.iam.gserviceaccount.com");
    emulator.accounts.revoke("first@p.iam.gserviceaccount.com");
    expect((await poll()).ok).toBe(true);
    rmSync(join(home, "keys/shop.json"));
    emulator.accounts.revoke("second@p.iam.gserviceaccount.com");
    expect(await poll()).toMatchObject({
      ok: false,
      error: { tag: "Unauthorized", detail: expect.stringContaining("does not exist") },
    });
    expect((await open(file("shop.json"))()).ok).toBe(false);
  });

  test("GAC-3 ambient credentials are the key file that GOOGLE_APPLICATION_CREDENTIALS names", async () => {
    const { writeKey, check, open } = setUp({ ambient: "adc.json" });
    const [missing] = check({ type: "ambient" });
    expect([missing?.field, missing?.problem]).toEqual([
      "credentials.type",
      expect.stringContaining("does not exist"),
    ]);
    writeKey("adc.json", "adc@p.iam.gserviceaccount.com");
    expect(check({ type: "ambient" })).toEqual([]);
    expect((await open({ type: "ambient" })()).ok).toBe(true);
    expect(setUp({}).check({ type: "ambient" })[0]?.fix).toContain("GOOGLE_APPLICATION_CREDENTIALS");
  });
});
