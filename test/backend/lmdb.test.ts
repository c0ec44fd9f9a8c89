import { describe, expect, test } from "bun:test";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Backend } from "../../src/backend/backend.ts";
import { createSealedCodec } from "../../src/backend/lmdb/codec.ts";
import { createRecords } from "../../src/backend/lmdb/records.ts";
import { type LmdbBackend, type LmdbOptions, openLmdbBackend } from "../../src/backend/lmdb.ts";
import { backendContract } from "../contract/backend.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { tempDir } from "../support/temp-dir.ts";

const random = createSeededRandom("lmdb");
const encryption = { masterKey: new Uint8Array(32).fill(7), random };
const sealed = { encryption };

for (const [name, options] of [
  ["lmdb", {}],
  ["lmdb, encrypted", sealed],
] as const) {
  backendContract(name, async () => {
    const dir = tempDir();
    const backend = await opened({ dir: dir.path, ...options });
    return {
      backend,
      async dispose() {
        await backend.close();
        dir[Symbol.dispose]();
      },
    };
  });
}

describe("opening again", () => {
  for (const options of [{}, sealed]) {
    test(`BCK-23 finds everything as it was, ${"encryption" in options ? "encrypted" : "plain"}`, async () => {
      using dir = tempDir();
      const first = await opened({ dir: dir.path, ...options });
      await fill(first);
      const before = await contentOf(first);
      const version = (await first.kv.get("k/1"))!.version;
      await first.kv.remove("k/1");
      await first.close();

      const second = await opened({ dir: dir.path, ...options });
      expect(await contentOf(second)).toEqual({
        ...before,
        keys: before.keys.filter((one) => one.key !== "k/1"),
      });
      expect(await second.log.append("s/a", entry("next"))).toEqual({ ok: true, value: 201 });
      expect(await second.log.append("s/new", entry("next"))).toEqual({ ok: true, value: 1 });
      expect((await second.log.read("s/new", 0)).length).toBe(1);
      const again = await second.kv.put("k/1", 1, 0);
      expect(again.ok && again.value > version).toBe(true);
      await second.close();
    });
  }

  test("BCK-24 one opening at a time; the other hears that the directory is in use", async () => {
    using dir = tempDir();
    const first = await opened({ dir: dir.path });
    expect(await openLmdbBackend({ dir: dir.path })).toMatchObject({ ok: false, error: { tag: "InUse" } });
    const other = Bun.spawnSync(worker("append", dir.path), { stderr: "pipe" });
    expect([other.exitCode, other.stderr.toString()]).toEqual([1, expect.stringContaining("in use")]);
    await first.close();
    await (await opened({ dir: dir.path })).close();
  });

  test("BCK-25 an encrypted database tells nothing without its key but keys, nor opens with another or none", async () => {
    using dir = tempDir();
    const secret = "a-cell-that-nobody-may-read";
    const first = await opened({ dir: dir.path, ...sealed });
    await first.log.append(`s/${secret}`, { update: Buffer.from(secret), author: secret });
    await first.log.compact(`s/${secret}`, 1, Buffer.from(secret.repeat(100)));
    await first.kv.put("key/1", { secret });
    await first.close();
    for (const name of readdirSync(dir.path)) {
      const bytes = readFileSync(join(dir.path, name));
      expect([name, bytes.includes(secret), bytes.includes(Buffer.alloc(32, 7))]).toEqual([
        name,
        false,
        false,
      ]);
    }
    const other = { masterKey: new Uint8Array(32).fill(8), random };
    for (const options of [
      {},
      { encryption: other },
      { encryption: { ...other, previous: [new Uint8Array(32)] } },
    ]) {
      const result = await openLmdbBackend({ dir: dir.path, ...options });
      expect(result).toMatchObject({ ok: false, error: { tag: "WrongKey" } });
    }
    const again = await opened({ dir: dir.path, ...sealed });
    expect((await again.kv.get("key/1"))?.value).toEqual({ secret });
    await again.close();
    using plain = tempDir();
    await (await opened({ dir: plain.path })).close();
    const withKey = await openLmdbBackend({ dir: plain.path, ...sealed });
    expect(withKey).toMatchObject({ ok: false, error: { tag: "WrongKey" } });
  });

  test("BCK-31 a record opens only where it was put: two that changed places are damage", async () => {
    const codec = createSealedCodec(new Uint8Array(32).fill(1), random);
    const { encodeValue, decodeValue } = createRecords(codec);
    const [here, there] = [Buffer.from("source/a"), Buffer.from("source/b")];
    const stored = encodeValue(here, 1, '"x"');
    expect(decodeValue(here, stored)).toEqual({ version: 1, json: '"x"' });
    expect(() => decodeValue(there, stored)).toThrow("sealed");
    for (let at = 0; at < stored.length; at++) {
      const flipped = Buffer.from(stored);
      flipped[at]! ^= 1;
      expect(() => decodeValue(here, flipped)).toThrow("sealed");
      expect(() => decodeValue(here, stored.subarray(0, at))).toThrow("sealed");
    }
  });

  test("BCK-32 a later master key opens what an earlier one sealed while it is given both, and then alone", async () => {
    using dir = tempDir();
    const first = await opened({ dir: dir.path, ...sealed });
    await fill(first);
    const content = await contentOf(first);
    await first.close();
    const bytes = readFileSync(join(dir.path, "data.mdb"));
    const later = { masterKey: new Uint8Array(32).fill(8), random };
    const both = await opened({ dir: dir.path, encryption: { ...later, previous: [encryption.masterKey] } });
    expect(await contentOf(both)).toEqual(content);
    await both.close();
    // The data key stays: nothing was written anew but the manifest.
    expect(readFileSync(join(dir.path, "data.mdb")).equals(bytes)).toBe(true);
    const old = await openLmdbBackend({ dir: dir.path, ...sealed });
    expect(old).toMatchObject({ ok: false, error: { tag: "WrongKey" } });
    await (await opened({ dir: dir.path, encryption: later })).close();
  });

  test("BCK-33 a master key changed while it is open holds at once, even for who dies right then", async () => {
    using dir = tempDir();
    using copy = tempDir();
    const running = await opened({ dir: dir.path, ...sealed });
    await fill(running);
    const content = await contentOf(running);
    const later = { masterKey: new Uint8Array(32).fill(8), random };
    running.useMasterKey(later.masterKey);
    cpSync(dir.path, copy.path, { recursive: true });
    await running.log.append("s/a", entry("afterwards"));
    await running.close();
    const old = await openLmdbBackend({ dir: copy.path, ...sealed });
    expect(old).toMatchObject({ ok: false, error: { tag: "WrongKey" } });
    const crashed = await opened({ dir: copy.path, encryption: later });
    expect(await contentOf(crashed)).toEqual(content);
    await crashed.close();
    await (await opened({ dir: dir.path, encryption: later })).close();
  });
});

describe("damage", () => {
  test("BCK-26 an empty, missing, cut, overwritten or bit-flipped database is told and left alone", async () => {
    using dir = tempDir();
    const whole = join(dir.path, "whole");
    const backend = await opened({ dir: whole, ...sealed });
    await fill(backend);
    const content = await contentOf(backend);
    await backend.close();

    const random = createSeededRandom("damage");
    const size = statSync(join(whole, "data.mdb")).size;
    const cases: Record<string, (file: string) => void> = {
      missing: (file) => rmSync(file),
      empty: (file) => truncateSync(file, 0),
      half: (file) => truncateSync(file, size / 2),
      "a page": (file) => truncateSync(file, 4096),
      "random bytes": (file) => writeFileSync(file, random.bytes(size)),
      "text instead": (file) => writeFileSync(file, "hello"),
      "no manifest": (file) => rmSync(file.replace("data.mdb", "manifest.json")),
      "broken manifest": (file) => writeFileSync(file.replace("data.mdb", "manifest.json"), "{"),
    };
    for (const [name, damage] of Object.entries(cases)) {
      const copy = join(dir.path, name);
      cpSync(whole, copy, { recursive: true });
      damage(join(copy, "data.mdb"));
      const left = snapshotOf(copy);
      const result = await openLmdbBackend({ dir: copy, ...sealed });
      expect([name, result.ok ? "served" : result.error.tag]).toEqual([name, "Damaged"]);
      expect([name, snapshotOf(copy)]).toEqual([name, left]);
    }
    const flip = (bytes: Buffer): void => {
      for (let flips = 0; flips < 10; flips++) bytes[random.int(size)]! ^= 1 << random.int(8);
    };
    const scramble = (bytes: Buffer): void => bytes.set(random.bytes(4096), 4096 * random.int(size / 4096));
    const clear = (bytes: Buffer): void => {
      const page = 4096 * random.int(size / 4096);
      bytes.fill(0, page, page + 4096);
    };
    for (let round = 0; round < 24; round++) {
      const copy = join(dir.path, `bytes ${round}`);
      cpSync(whole, copy, { recursive: true });
      const file = join(copy, "data.mdb");
      const bytes = readFileSync(file);
      [flip, scramble, clear][round % 3]!(bytes);
      writeFileSync(file, bytes);
      const result = await openLmdbBackend({ dir: copy, ...sealed });
      if (!result.ok) expect(result.error.tag).toBe("Damaged");
      else {
        // What was hit holds nothing: an unused part of a page, or a free one, which must not matter later either.
        expect(await contentOf(result.value)).toEqual(content);
        await Promise.all(range(300).map((index) => result.value.log.append(`later/${index}`, entry("a"))));
        await Promise.all(range(300).map((index) => result.value.log.remove(`later/${index}`)));
        await result.value.close();
        const again = await opened({ dir: copy, ...sealed });
        expect(await contentOf(again)).toEqual(content);
        await again.close();
      }
    }
  }, 60_000);

  test("BCK-27 a first start that was cut short starts over", async () => {
    using dir = tempDir();
    writeFileSync(join(dir.path, "manifest.json"), '{"format":2,"state":"making","dataKey":null}');
    writeFileSync(join(dir.path, "data.mdb"), "half a database");
    const backend = await opened({ dir: dir.path });
    expect(await backend.log.append("s/t", entry("a"))).toEqual({ ok: true, value: 1 });
    await backend.close();
    writeFileSync(join(dir.path, "manifest.json"), '{"format":99,"state":"ready","dataKey":null}');
    expect(await openLmdbBackend({ dir: dir.path })).toMatchObject({ error: { tag: "OtherFormat" } });
  });

  test("BCK-36 a directory of the format before opens as it is, and is of the present format from then on", async () => {
    using dir = tempDir();
    const first = await opened({ dir: dir.path });
    await first.log.append("s/t", entry("a"));
    await first.close();
    const manifest = join(dir.path, "manifest.json");
    const written = JSON.parse(readFileSync(manifest, "utf8")) as { format: number };
    expect(written.format).toBe(3);
    writeFileSync(manifest, JSON.stringify({ ...written, format: 2 }));
    const second = await opened({ dir: dir.path });
    expect(await second.log.read("s/t", 0)).toEqual([{ position: 1, ...entry("a") }]);
    await second.close();
    expect((JSON.parse(readFileSync(manifest, "utf8")) as { format: number }).format).toBe(3);
  });

  test("BCK-28 a directory that cannot be used is refused in words with a cure", async () => {
    using dir = tempDir();
    const file = join(dir.path, "a-file");
    writeFileSync(file, "");
    for (const path of [file, join(file, "below")]) {
      const result = await openLmdbBackend({ dir: path });
      expect(result).toMatchObject({ ok: false, error: { tag: "Refused" } });
      expect(!result.ok && result.error.words).toContain(path);
      expect(!result.ok && result.error.cure).toContain("SHEETWIRE_DATA_DIR");
    }
  });
});

describe("faults", () => {
  test("BCK-29 a full disk refuses writes whole, and the same process goes on once there is room", async () => {
    // A limit on a file's size stands in for the end of the disk; util-linux lifts it from a running process.
    if (Bun.which("prlimit") === null) return;
    using dir = tempDir();
    const limited = ["bash", "-c", 'trap "" XFSZ; ulimit -S -f 4000; exec "$@"', "bash"];
    const child = Bun.spawnSync([...limited, ...worker("fill-disk", dir.path)], { stderr: "ignore" });
    expect(child.exitCode).toBe(0);
    const report = JSON.parse(child.stdout.toString()) as Record<string, unknown>;
    expect(report).toEqual({ refused: true, half: 0, told: true, recovered: true });
    await (await opened({ dir: dir.path, ...sealed })).close();
  });

  test("BCK-30 kill -9 loses nothing acknowledged and leaves nothing by half", async () => {
    using dir = tempDir();
    const random = createSeededRandom("kill");
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 4; round++) {
      const child = Bun.spawn(worker("append", dir.path), { stdout: "pipe", stderr: "inherit" });
      const wanted = 500 + random.int(3000);
      let [lines, rest] = [0, ""];
      for await (const chunk of child.stdout) {
        const parts = (rest + Buffer.from(chunk).toString()).split("\n");
        rest = parts.pop()!;
        for (const line of parts) {
          const [name, number] = line.split(" ") as [string, string];
          acknowledged.set(name, Math.max(Number(number), acknowledged.get(name) ?? 0));
        }
        lines += parts.length;
        if (lines >= wanted) child.kill("SIGKILL");
      }
      await child.exited;
      const backend = await opened({ dir: dir.path, ...sealed });
      for (const [name, last] of acknowledged) {
        const stored =
          name === "key" ? (await backend.kv.get<number>("key"))!.value : await lastOf(backend, name);
        expect([name, stored >= last]).toEqual([name, true]);
      }
      await backend.close();
    }
    expect(acknowledged.size).toBe(5);
  }, 60_000);
});

/** The last position, once the log is seen to be whole: a checkpoint says how many updates it stands for. */
async function lastOf(backend: Backend, name: string): Promise<number> {
  const entries = await backend.log.read(name, 0);
  const first = entries[0]!;
  if (first.author === "checkpoint") expect(Buffer.from(first.update).toString()).toBe(`1-${first.position}`);
  else expect(first.position).toBe(1);
  entries.forEach((stored, index) => {
    expect(stored.position).toBe(first.position + index);
  });
  return entries.at(-1)!.position;
}

function worker(mode: string, dir: string): string[] {
  return [process.execPath, join(import.meta.dir, "../support/lmdb-worker.ts"), mode, dir];
}

async function opened(options: LmdbOptions): Promise<LmdbBackend> {
  const result = await openLmdbBackend(options);
  if (!result.ok) throw new Error(`${result.error.words} ${result.error.cure}`);
  return result.value;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function entry(author: string): { update: Uint8Array; author: string } {
  return { update: Uint8Array.of(1, 2, 3), author };
}

async function fill(backend: Backend): Promise<void> {
  await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      Promise.all([
        backend.log.append("s/a", { update: new Uint8Array(index * 10).fill(index), author: "a" }),
        backend.log.append(`s/b${index % 20}`, entry("b")),
        backend.kv.put(`k/${index}`, { index, text: "x".repeat(index) }),
      ]),
    ),
  );
  await backend.log.compact("s/a", 50, Uint8Array.of(9));
}

async function contentOf(backend: Backend) {
  const names = await backend.log.documents("");
  const logs = await Promise.all(names.map(async (name) => [name, await backend.log.read(name, 0)] as const));
  const keys = await backend.kv.list("k/");
  return { logs, keys: keys.toSorted((left, right) => left.version - right.version) };
}

function snapshotOf(dir: string): string {
  const names = readdirSync(dir).filter((name) => name === "data.mdb" || name === "manifest.json");
  return names.map((name) => `${name} ${Bun.hash(readFileSync(join(dir, name)))}`).join("\n");
}
