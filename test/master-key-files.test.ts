import { expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadMasterKeys, type MasterKeys } from "../src/master-key-files.ts";
import { createSeededRandom } from "./support/seeded-random.ts";
import { tempDir } from "./support/temp-dir.ts";

const random = createSeededRandom("master keys");

function load(dir: string): MasterKeys {
  const loaded = loadMasterKeys(dir, random);
  if (!loaded.ok) throw new Error(loaded.error.words);
  return loaded.value;
}

test("SEC-5 between begin and finish both keys are found, afterwards the new one alone", () => {
  using dir = tempDir();
  const first = load(dir.path);
  expect([first.previous, first.changing]).toEqual([[], false]);
  const next = first.keeper!.begin();
  expect(first.keeper!.begin()).toEqual(next);
  expect(next).not.toEqual(first.current);
  const between = load(dir.path);
  expect(between).toMatchObject({ current: next, previous: [first.current], changing: true });
  expect(statSync(join(dir.path, "master-key.next")).mode & 0o777).toBe(0o600);
  between.keeper!.finish();
  expect(existsSync(join(dir.path, "master-key.next"))).toBe(false);
  expect(load(dir.path)).toMatchObject({ current: next, previous: [], changing: false });
});

test("SEC-5 a missing key beside data is not made anew, and a rotation whose old key is gone goes on without it", () => {
  using dir = tempDir();
  const { keeper } = load(dir.path);
  const next = keeper!.begin();
  writeFileSync(join(dir.path, "manifest.json"), "{}");
  rmSync(join(dir.path, "master-key"));
  expect(load(dir.path)).toMatchObject({ current: next, previous: [], changing: true });
  keeper!.finish();
  expect(readFileSync(join(dir.path, "master-key"), "utf8").trim()).toBe(
    Buffer.from(next).toString("base64url"),
  );
  rmSync(join(dir.path, "master-key"));
  expect(loadMasterKeys(dir.path, random)).toMatchObject({ ok: false, error: { tag: "SecretFileError" } });
});
