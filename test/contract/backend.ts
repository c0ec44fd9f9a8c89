import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Backend, KvRange, Position, StoredUpdate } from "../../src/backend/backend.ts";

/** A backend under test, empty, and its end; `close` is called on it whatever the test did. */
export interface BackendUnderTest {
  readonly backend: Backend;
  dispose(): Promise<void>;
}

/** What every backend owes (SPEC.md, BCK): run it over each implementation. */
export function backendContract(name: string, make: () => Promise<BackendUnderTest>): void {
  describe(name, () => {
    let under: BackendUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(() => under.dispose());
    const backend = (): Backend => under.backend;

    describe("log", () => logContract(backend));
    describe("followers", () => followContract(backend));
    describe("compaction", () => compactContract(backend));
    describe("keys", () => kvContract(backend));
    describe("end", () => endContract(backend));
  });
}

function logContract(backend: () => Backend): void {
  test("BCK-1 appends get positions 1, 2, 3 and are read back as they were", async () => {
    const { log } = backend();
    const long = new Uint8Array(300_000).map((_, index) => index % 251);
    expect(await log.append("s/t", { update: bytes(1, 2), author: "source" })).toEqual({
      ok: true,
      value: 1,
    });
    expect(await log.append("s/t", { update: long, author: "subject:Zoë" })).toEqual({ ok: true, value: 2 });
    expect(await log.append("s/t", { update: bytes(), author: "" })).toEqual({ ok: true, value: 3 });
    expect(await log.read("s/t", 0)).toEqual([
      { position: 1, update: bytes(1, 2), author: "source" },
      { position: 2, update: long, author: "subject:Zoë" },
      { position: 3, update: bytes(), author: "" },
    ]);
    expect(positions(await log.read("s/t", 2))).toEqual([3]);
    expect(await log.read("s/t", 3)).toEqual([]);
    expect(await log.read("s/other", 0)).toEqual([]);
  });

  test("BCK-34 what an entry changed is kept with it, told to followers, and gone once it is compacted", async () => {
    const { log } = backend();
    const followed: StoredUpdate[] = [];
    log.follow("s/t", 0, (entry) => followed.push(entry));
    const mine = bytes(7, 8, 9);
    const appended = log.append("s/t", { update: bytes(1), author: "source", change: mine });
    mine.fill(0);
    await appended;
    await log.append("s/t", { update: bytes(), author: "Zoë", change: bytes() });
    await log.append("s/t", { update: bytes(2), author: "source" });
    const large = new Uint8Array(200_000).fill(5);
    await log.append("s/t", { update: bytes(3), author: "", change: large });
    const stored = await log.read("s/t", 0);
    expect(stored).toEqual([
      { position: 1, update: bytes(1), author: "source", change: bytes(7, 8, 9) },
      { position: 2, update: bytes(), author: "Zoë", change: bytes() },
      { position: 3, update: bytes(2), author: "source" },
      { position: 4, update: bytes(3), author: "", change: large },
    ]);
    expect("change" in stored[2]!).toBe(false);
    expect(followed).toEqual(stored);
    await log.compact("s/t", 2, bytes(9));
    expect((await log.read("s/t", 0)).map(({ change }) => change?.length ?? null)).toEqual([
      null,
      null,
      200_000,
    ]);
  });

  test("BCK-2 concurrent appends are stored in the order they were asked for", async () => {
    const { log } = backend();
    const asked = Array.from({ length: 500 }, (_, index) => [`s/t${index % 3}`, index] as const);
    const results = await Promise.all(
      asked.map(([document, index]) =>
        log.append(document, { update: bytes(index, index >> 8), author: "a" }),
      ),
    );
    for (const document of ["s/t0", "s/t1", "s/t2"]) {
      const mine = asked.flatMap(([name, index], at) => (name === document ? [{ index, at }] : []));
      expect(mine.map(({ at }) => unwrap(results[at]!))).toEqual(mine.map((_, place) => place + 1));
      const stored = await log.read(document, 0);
      expect(stored.map(({ update }) => update[0]! + update[1]! * 256)).toEqual(
        mine.map(({ index }) => index),
      );
    }
  });

  test("BCK-3 a fenced append succeeds at that last position only and stores nothing else", async () => {
    const { log } = backend();
    const entry = { update: bytes(1), author: "a" };
    expect(await log.append("s/t", { ...entry, fence: 1 })).toEqual(fenced(0));
    expect(await log.documents("")).toEqual([]);
    expect(await log.append("s/t", { ...entry, fence: 0 })).toEqual({ ok: true, value: 1 });
    const rivals = await Promise.all([1, 2, 3].map(() => log.append("s/t", { ...entry, fence: 1 })));
    expect(rivals).toEqual([{ ok: true, value: 2 }, fenced(2), fenced(2)]);
    expect(positions(await log.read("s/t", 0))).toEqual([1, 2]);
  });

  test("BCK-4 what the caller or a reader does with its bytes changes nothing stored or read", async () => {
    const { log } = backend();
    const mine = bytes(1, 2, 3);
    const appended = log.append("s/t", { update: mine, author: "a" });
    mine.fill(9);
    await appended;
    const [first] = await log.read("s/t", 0);
    for (let index = 0; index < 50; index++) {
      await log.append("s/t", { update: new Uint8Array(100).fill(index), author: "a" });
      await log.read("s/t", 1);
    }
    expect(first!.update).toEqual(bytes(1, 2, 3));
    first!.update.fill(7);
    expect((await log.read("s/t", 0))[0]!.update).toEqual(bytes(1, 2, 3));
  });

  test("BCK-5 documents are listed by prefix in byte order, whatever their names", async () => {
    const { log } = backend();
    const long = `s/${"%F0%9F%92%A9".repeat(200)}@${"x".repeat(1800)}`;
    for (const name of ["s/b", "s/a", "s/ä", "s/\u{1f600}", "s/\uffe5", "r/a", "s/a~edits", long]) {
      expect(unwrap(await log.append(name, { update: bytes(1), author: name }))).toBe(1);
    }
    expect(await log.documents("s/")).toEqual([
      long,
      "s/a",
      "s/a~edits",
      "s/b",
      "s/ä",
      "s/\uffe5",
      "s/\u{1f600}",
    ]);
    expect(await log.documents("s/a")).toEqual(["s/a", "s/a~edits"]);
    expect((await log.documents("")).length).toBe(8);
    expect((await log.read(long, 0))[0]!.author).toBe(long);
  });

  test("BCK-6 a removed log is gone, and its positions start over", async () => {
    const { log } = backend();
    for (const name of ["s/a", "s/b"]) for (let n = 0; n < 3; n++) await log.append(name, one("a"));
    expect(await log.remove("s/a")).toEqual({ ok: true, value: undefined });
    expect(await log.read("s/a", 0)).toEqual([]);
    expect(await log.documents("")).toEqual(["s/b"]);
    expect(positions(await log.read("s/b", 0))).toEqual([1, 2, 3]);
    expect(await log.remove("s/never")).toEqual({ ok: true, value: undefined });
    const together = [log.append("s/a", one("x")), log.remove("s/a"), log.append("s/a", one("y"))];
    expect((await Promise.all(together)).map(unwrap)).toEqual([1, undefined, 1]);
    expect((await log.read("s/a", 0)).map(({ author }) => author)).toEqual(["y"]);
  });
}

function followContract(backend: () => Backend): void {
  test("BCK-7 a follower gets what is present, then what comes, each once and in order", async () => {
    const { log } = backend();
    const appends: Promise<unknown>[] = [];
    const more = (count: number): void => {
      for (let n = 0; n < count; n++) appends.push(log.append("s/t", one("a")));
    };
    more(20);
    await Promise.all(appends);
    const seen = [0, 5, 20].map((after) => {
      more(7);
      const entries: Position[] = [];
      log.follow("s/t", after, (entry) => {
        entries.push(entry.position);
        // Appending from inside the replay is the hardest place for a gap to hide.
        if (entries.length === 3) more(5);
      });
      more(7);
      return { after, entries };
    });
    for (let turn = 0; turn < 5; turn++) {
      await Promise.resolve();
      more(3);
    }
    while (appends.length > 0) await Promise.all(appends.splice(0));
    const last = (await log.read("s/t", 0)).length;
    expect(last).toBe(20 + 3 * 14 + 15 + 3 * 5);
    for (const { after, entries } of seen) expect(entries).toEqual(range(after + 1, last));
  });

  test("BCK-8 a follower is not called before follow returns, nor after its undo", async () => {
    const { log } = backend();
    await log.append("s/t", one("a"));
    let [returned, calls] = [false, 0];
    const undo = log.follow("s/t", 0, () => {
      expect(returned).toBe(true);
      calls++;
      if (calls === 2) undo();
    });
    returned = true;
    const gone: Position[] = [];
    log.follow("s/t", 0, (entry) => gone.push(entry.position))();
    await Promise.all([1, 2, 3].map(() => log.append("s/t", one("a"))));
    expect(calls).toBe(2);
    expect(gone).toEqual([]);
    undo();
  });

  test("BCK-9 when an append resolves its followers have it, and what a follower has can be read", async () => {
    const { log } = backend();
    const readable: boolean[] = [];
    const reads: Promise<void>[] = [];
    let told = 0;
    log.follow("s/t", 0, ({ position }) => {
      told = position;
      reads.push(
        log.read("s/t", 0).then((entries) => {
          readable.push(entries.some((entry) => entry.position === position));
        }),
      );
    });
    await log.read("s/t", 0);
    for (let n = 1; n <= 20; n++) {
      const extra = log.append("s/t", one("a"));
      const position = unwrap(await log.append("s/t", one("a"))) as Position;
      expect(told).toBeGreaterThanOrEqual(position);
      await extra;
    }
    await Promise.all(reads);
    expect(readable).toEqual(Array(40).fill(true));
  });

  test("BCK-10 a log's followers hear nothing after its removal, later ones see the new log alone", async () => {
    const { log } = backend();
    await log.append("s/t", one("old"));
    const [before, after]: [string[], string[]] = [[], []];
    log.follow("s/t", 0, ({ author }) => before.push(author));
    await log.append("s/t", one("old too"));
    await log.remove("s/t");
    log.follow("s/t", 0, ({ author }) => after.push(author));
    await log.append("s/t", one("new"));
    await log.append("s/t", one("newer"));
    expect(before).toEqual(["old", "old too"]);
    expect(after).toEqual(["new", "newer"]);
  });

  test("BCK-11 a document can be followed before it exists", async () => {
    const { log } = backend();
    const seen: StoredUpdate[] = [];
    log.follow("s/t", 0, (entry) => seen.push(entry));
    await log.append("s/other", one("a"));
    await log.append("s/t", one("b"));
    expect(seen).toEqual([{ position: 1, ...one("b") }]);
  });
}

function compactContract(backend: () => Backend): void {
  test("BCK-12 a compacted past is one update at its position, and positions go on", async () => {
    const { log } = backend();
    await fill(log, "s/t", 10);
    expect(await log.compact("s/t", 6, bytes(66))).toEqual({ ok: true, value: undefined });
    const checkpoint = { position: 6, update: bytes(66), author: "checkpoint" };
    expect((await log.read("s/t", 0))[0]).toEqual(checkpoint);
    expect(positions(await log.read("s/t", 3))).toEqual([6, 7, 8, 9, 10]);
    expect(positions(await log.read("s/t", 6))).toEqual([7, 8, 9, 10]);
    const both = [
      log.append("s/t", one("a")),
      log.compact("s/t", 11, bytes(77)),
      log.append("s/t", one("a")),
    ];
    expect((await Promise.all(both)).map(unwrap)).toEqual([11, undefined, 12]);
    expect((await log.read("s/t", 0)).map(({ update }) => update)).toEqual([bytes(77), bytes(1)]);
    expect(await log.append("s/t", { ...one("a"), fence: 12 })).toEqual({ ok: true, value: 13 });
  });

  test("BCK-13 a compaction that the log does not reach, or that is already behind, changes nothing", async () => {
    const { log } = backend();
    await fill(log, "s/t", 10);
    await log.compact("s/t", 6, bytes(66));
    for (const upTo of [11, 5, 0]) {
      expect(await log.compact("s/t", upTo, bytes(1))).toMatchObject({
        ok: false,
        error: { tag: "StorageError" },
      });
    }
    expect(await log.compact("s/none", 1, bytes(1))).toMatchObject({ ok: false });
    expect(positions(await log.read("s/t", 0))).toEqual([6, 7, 8, 9, 10]);
    expect(await log.documents("")).toEqual(["s/t"]);
    expect(await log.compact("s/t", 6, bytes(67))).toMatchObject({ ok: true });
    expect((await log.read("s/t", 0))[0]!.update).toEqual(bytes(67));
  });

  test("BCK-14 compaction while following shows nobody a gap or an update twice", async () => {
    const { log } = backend();
    await fill(log, "s/t", 10);
    const [live, late]: [Position[], Position[]] = [[], []];
    log.follow("s/t", 0, ({ position }) => live.push(position));
    await fill(log, "s/t", 2);
    const writes = [
      ...range(1, 5).map(() => log.append("s/t", one("a"))),
      log.compact("s/t", 15, bytes(15)),
      ...range(1, 5).map(() => log.append("s/t", one("a"))),
    ];
    log.follow("s/t", 3, ({ position }) => late.push(position));
    await Promise.all(writes);
    await log.append("s/t", one("a"));
    expect(live).toEqual(range(1, 23));
    // It may have read before or after the compaction; either way it has all that it lacked.
    expect([range(4, 23), range(15, 23)]).toContainEqual(late);
  });
}

function kvContract(backend: () => Backend): void {
  test("BCK-15 a key holds any JSON value; null is a value, a missing key is not", async () => {
    const { kv } = backend();
    const value = { text: "Zoë \u{1f600}", list: [1, 2.5, null, true], nested: { a: "" } };
    const version = unwrap(await kv.put("a/b", value)) as number;
    expect(version).toBeGreaterThan(0);
    value.list.length = 0;
    expect(await kv.get<unknown>("a/b")).toEqual({
      value: { text: "Zoë \u{1f600}", list: [1, 2.5, null, true], nested: { a: "" } },
      version,
    });
    await kv.put("null", null);
    expect((await kv.get("null"))?.value).toBeNull();
    expect(await kv.get("a")).toBeNull();
    expect(await kv.remove("a/b")).toEqual({ ok: true, value: undefined });
    expect(await kv.get("a/b")).toBeNull();
    expect(await kv.remove("a/b")).toEqual({ ok: true, value: undefined });
  });

  test("BCK-16 an expected version is compared and set; of rivals one wins", async () => {
    const { kv } = backend();
    const mismatch = (actual: number) => ({ ok: false, error: { tag: "VersionMismatch", actual } });
    expect(await kv.put("k", 1, 7)).toEqual(mismatch(0) as never);
    const first = unwrap(await kv.put("k", 1, 0)) as number;
    expect(await kv.put("k", 2, 0)).toEqual(mismatch(first) as never);
    const rivals = await Promise.all([1, 2, 3].map((n) => kv.put("k", n, first)));
    const second = unwrap(rivals[0]!) as number;
    expect(rivals.slice(1)).toEqual([mismatch(second), mismatch(second)] as never);
    expect(second).toBeGreaterThan(first);
    expect(await kv.get<number>("k")).toEqual({ value: 1, version: second });
    expect(await kv.remove("k", first)).toEqual(mismatch(second) as never);
    expect(await kv.remove("k", second)).toMatchObject({ ok: true });
    expect(await kv.remove("k", second)).toEqual(mismatch(0) as never);
  });

  test("BCK-17 a key made again never gets a version it had before", async () => {
    const { kv } = backend();
    const seen = new Set<number>();
    for (let round = 0; round < 5; round++) {
      const version = unwrap(await kv.put("k", round, 0)) as number;
      expect(seen.has(version)).toBe(false);
      seen.add(version);
      await kv.remove("k");
    }
    const together = [kv.put("k", 1, 0), kv.remove("k"), kv.put("k", 2, 0)];
    const [one, , two] = (await Promise.all(together)).map(unwrap) as number[];
    expect(two).toBeGreaterThan(one!);
    expect((await kv.get<number>("k"))?.value).toBe(2);
  });

  test("BCK-18 keys are listed by prefix in byte order", async () => {
    const { kv } = backend();
    for (const key of ["a/2", "a/10", "a/1", "a", "b", "a/\u{1f600}", "a/\uffe5", "a/ä"])
      await kv.put(key, { key });
    const listed = await kv.list<{ key: string }>("a/");
    expect(listed.map(({ key }) => key)).toEqual(["a/1", "a/10", "a/2", "a/ä", "a/\uffe5", "a/\u{1f600}"]);
    expect(listed.every(({ key, value }) => value.key === key)).toBe(true);
    expect((await kv.list("")).length).toBe(8);
    expect(await kv.list("c")).toEqual([]);
  });

  test("BCK-35 a range of keys is listed between two, from either end, and no more of them than asked for", async () => {
    const { kv } = backend();
    for (const key of ["a", "b", "b/1", "b/2", "b/3", "b/4", "b/\u{1f600}", "b0", "c"])
      await kv.put(key, key);
    const keys = async (range?: KvRange, prefix = "b/"): Promise<string[]> =>
      (await kv.list<string>(prefix, range)).map(({ key, value }) => (key === value ? key : "wrong"));
    expect(await keys({})).toEqual(["b/1", "b/2", "b/3", "b/4", "b/\u{1f600}"]);
    expect(await keys({ reverse: true })).toEqual(["b/\u{1f600}", "b/4", "b/3", "b/2", "b/1"]);
    expect(await keys({ limit: 2 })).toEqual(["b/1", "b/2"]);
    expect(await keys({ limit: 0 })).toEqual([]);
    expect(await keys({ after: "b/1", limit: 2 })).toEqual(["b/2", "b/3"]);
    expect(await keys({ after: "b/11", before: "b/4" })).toEqual(["b/2", "b/3"]);
    expect(await keys({ before: "b/3", reverse: true, limit: 1 })).toEqual(["b/2"]);
    expect(await keys({ after: "b/1", before: "b/4", reverse: true })).toEqual(["b/3", "b/2"]);
    expect(await keys({ before: "b/35", after: "b/2", reverse: true })).toEqual(["b/3"]);
    expect(await keys({ after: "a", before: "z" })).toHaveLength(5);
    expect(await keys({ after: "z" })).toEqual([]);
    expect(await keys({ before: "a", reverse: true })).toEqual([]);
    expect(await keys({ after: "b/4", before: "b/2" })).toEqual([]);
    expect(await keys({ reverse: true, limit: 2 }, "")).toEqual(["c", "b0"]);
    expect(await keys({ after: "b0" }, "")).toEqual(["c"]);
  });

  test("BCK-19 an empty key, one over 512 bytes, or a value JSON cannot say is the caller's bug", async () => {
    const { kv } = backend();
    expect(await kv.put("é".repeat(256), 1)).toMatchObject({ ok: true });
    expect(kv.put("é".repeat(257), 1)).rejects.toThrow(/514 bytes/);
    expect(kv.get("")).rejects.toThrow(RangeError);
    expect(kv.put("k", undefined)).rejects.toThrow(TypeError);
    expect((await kv.list("")).length).toBe(1);
  });
}

function endContract(backend: () => Backend): void {
  test("BCK-20 close stores what was asked for before it and refuses what comes after", async () => {
    const { log, kv, close } = backend();
    const seen: Position[] = [];
    log.follow("s/t", 0, ({ position }) => seen.push(position));
    const before = Promise.all([log.append("s/t", one("a")), kv.put("k", 1)]);
    const closed = close();
    const after = await Promise.all([log.append("s/t", one("a")), kv.put("k", 2), log.remove("s/t")]);
    for (const result of after) expect(result).toMatchObject({ ok: false, error: { tag: "StorageError" } });
    expect((await before).map(({ ok }) => ok)).toEqual([true, true]);
    await closed;
    await close();
    expect(seen).toEqual([1]);
  });
}

async function fill(log: Backend["log"], document: string, count: number): Promise<void> {
  await Promise.all(range(1, count).map(() => log.append(document, one("a"))));
}

function one(author: string): { update: Uint8Array; author: string } {
  return { update: bytes(1), author };
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function positions(entries: readonly StoredUpdate[]): Position[] {
  return entries.map((entry) => entry.position);
}

function fenced(last: Position): { ok: false; error: { tag: "Fenced"; last: Position } } {
  return { ok: false, error: { tag: "Fenced", last } };
}

function unwrap(result: { ok: true; value: unknown } | { ok: false; error: unknown }): unknown {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
