import { describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadOrMakeSecret } from "../src/first-start.ts";
import { createSeededRandom } from "./support/seeded-random.ts";
import { tempDir } from "./support/temp-dir.ts";

describe("secrets of the first start", () => {
  test("CFG-10 a secret is made once, with 32 bytes, for this user alone, and found again", () => {
    using dir = tempDir();
    const data = join(dir.path, "data");
    const first = loadOrMakeSecret(data, "admin-token", createSeededRandom(1));
    if (!first.ok) throw new Error(first.error.words);
    expect(first.value.made).toBe(true);
    expect(Buffer.from(first.value.value, "base64url").length).toBe(32);
    expect(statSync(first.value.path).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    chmodSync(first.value.path, 0o644);
    const second = loadOrMakeSecret(data, "admin-token", createSeededRandom(2));
    expect(second).toEqual({ ok: true, value: { ...first.value, made: false } });
    expect(statSync(first.value.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(data)).toEqual(["admin-token"]);
    expect(readFileSync(first.value.path, "utf8")).toBe(`${first.value.value}\n`);
  });

  test("CFG-11 a secret that existing data need is never made anew", () => {
    using dir = tempDir();
    const path = dir.path;
    const made = loadOrMakeSecret(path, "master-key", createSeededRandom(1), "manifest.json");
    expect(made).toMatchObject({ ok: true, value: { made: true } });
    writeFileSync(join(path, "manifest.json"), "{}");
    expect(loadOrMakeSecret(path, "master-key", createSeededRandom(2), "manifest.json")).toMatchObject({
      ok: true,
    });
    rmSync(join(path, "master-key"));
    const lost = loadOrMakeSecret(path, "master-key", createSeededRandom(2), "manifest.json");
    expect(lost).toMatchObject({ ok: false, error: { tag: "SecretFileError" } });
    expect(readdirSync(path)).toEqual(["manifest.json"]);
  });

  test("CFG-12 a secret file that cannot be used is told with its path and a cure", () => {
    using dir = tempDir();
    writeFileSync(join(dir.path, "empty"), "\n");
    writeFileSync(join(dir.path, "file"), "x");
    for (const [base, name] of [
      [dir.path, "empty"],
      [join(dir.path, "file"), "below"],
    ] as const) {
      const result = loadOrMakeSecret(base, name, createSeededRandom(1));
      expect(!result.ok && result.error.words).toContain(join(base, name));
      expect(!result.ok && result.error.cure).not.toBe("");
    }
  });
});
