/** The source against the emulator, in process: contract and the ways a person changes a workbook. */
import { describe, expect, test } from "bun:test";
import type { FaultAnswer, Person } from "../../../google-emulator/src/index.ts";
import { sleep } from "../../../src/runtime/clock.ts";
import type { PollResult, Revision } from "../../../src/sources/source.ts";
import { sourceContract } from "../../contract/source.ts";
import { hang } from "../../support/fake-net.ts";
import { createEmulated } from "./emulated.ts";
import { changed } from "./test-source.ts";

sourceContract("an emulated workbook", () => {
  const { net, carry, clock, open, person } = createEmulated();
  return {
    open,
    change: () => person.setCell("Prices", "B2", 9),
    hang: () => net.answer(() => hang()),
    answer: (response) => net.answer(() => response.clone()),
    async rest() {
      net.answer(carry);
      await clock.advance(62_000);
    },
  };
});

describe("an emulated workbook", () => {
  /** Polls after each change as an actor does, a minute apart. */
  async function story(...changes: ((person: Person) => void)[]): Promise<PollResult[]> {
    const { open, person, clock } = createEmulated();
    const source = open({ keyColumns: { Prices: "sku" } });
    const results: PollResult[] = [];
    let since: Revision | null = null;
    for (const change of [() => {}, ...changes]) {
      change(person);
      const polled = await source.poll(since, new AbortController().signal);
      if (!polled.ok) throw new Error(JSON.stringify(polled.error));
      results.push(polled.value);
      if (polled.value.tag !== "Pending") since = polled.value.revision;
      await clock.advance(60_000);
    }
    return results;
  }

  test("GOO-4 GOO-18 GOO-20 a workbook with dates, formulas and errors comes typed", async () => {
    const [first] = await story();
    expect(changed(first!)).toMatchObject({
      tabs: [
        {
          title: "Prices",
          keyColumn: 0,
          columns: [
            { header: "sku", type: "mixed" },
            { header: "price", type: "mixed" },
            { header: "day", type: "date" },
            { header: "total", type: "number" },
          ],
          rows: [
            ["a", 1.5, 47604, 3],
            ["b", 2, 47605, { error: "#DIV/0!" }],
            [42, true, null, { error: "#N/A" }],
          ],
        },
        { title: "Stock", columns: [], rows: [] },
      ],
      notices: [],
    });
  });

  test("GOO-6 GOO-12 GOO-13 what a person does to rows, columns and tabs arrives", async () => {
    const results = await story(
      (person) => person.insertRows("Prices", 1),
      (person) => person.insertColumns("Prices", 0),
      (person) => person.setCells("Stock", "A1", [["sku"], ["a"]]),
      (person) => person.renameTab("Prices", "Price 'list'!"),
      (person) => person.addTab("New"),
      () => {},
      () => {},
      () => {},
      () => {},
      () => {},
      (person) => person.deleteTab("Stock"),
    );
    const [, row, column, stock, renamed] = results;
    expect(changed(row!).tabs).toMatchObject([
      { rows: [[], ["a", 1.5, 47604, 3], {}, {}] },
      { unchanged: true },
    ]);
    expect(changed(column!).tabs[0]).toMatchObject({
      keyColumn: 1,
      columns: [{ header: "", type: "empty" }, {}, {}, {}, {}],
    });
    expect(changed(stock!).tabs).toMatchObject([
      { unchanged: true },
      { columns: [{ header: "sku" }], rows: [["a"]] },
    ]);
    expect(changed(renamed!).tabs[0]).toMatchObject({ tabId: "0", title: "Price 'list'!", keyColumn: 1 });
    const added = results.slice(5, 11).filter((result) => result.tag === "Changed");
    expect(added.map((result) => changed(result).tabs.map((tab) => tab.title))).toEqual([
      ["Price 'list'!", "Stock", "New"],
    ]);
    expect(changed(results[11]!).tabs.map((tab) => tab.title)).toEqual(["Price 'list'!", "New"]);
  });

  test("GOO-22 the emulator's refusals read as a person needs them", async () => {
    const { emulator, id, open, email, clock } = createEmulated();
    const { signal } = new AbortController();
    const source = open();
    expect((await source.poll(null, signal)).ok).toBe(true);
    emulator.unshare(id, email);
    expect(await source.poll(null, signal)).toMatchObject({
      error: { tag: "Unauthorized", fix: expect.stringContaining(email) },
    });
    emulator.removeWorkbook(id);
    expect(await source.poll(null, signal)).toMatchObject({ error: { tag: "NotFound" } });
    emulator.accounts.revoke(email);
    await clock.advance(3_600_000);
    expect(await source.poll(null, signal)).toMatchObject({ error: { tag: "Unauthorized" } });
  });

  test("GOO-10 tokens that Google ends early are replaced within the poll", async () => {
    const { emulator, open, email } = createEmulated();
    const { signal } = new AbortController();
    const source = open();
    expect((await source.poll(null, signal)).ok).toBe(true);
    emulator.accounts.expireTokens(email);
    expect((await source.poll(null, signal)).ok).toBe(true);
  });

  test("GOO-34 a token that ends between two calls of a poll is replaced within it", async () => {
    const { emulator, open, email, net, carry } = createEmulated();
    let calls = 0;
    net.answer((request) => {
      if (!request.url.includes("/token") && ++calls === 2) emulator.accounts.expireTokens(email);
      return carry(request);
    });
    expect((await open().poll(null, new AbortController().signal)).ok).toBe(true);
    expect(net.requests.filter(({ url }) => url.endsWith("/token"))).toHaveLength(2);
  });

  test("GOO-31 a clock that is hours off is refused by Google and told as that, until it is set", async () => {
    for (const [hours, words] of [
      [3, "180 min behind"],
      [-2, "120 min ahead of"],
    ] as const) {
      const { google, open } = createEmulated();
      google.aheadMs = hours * 3_600_000;
      const source = open();
      expect(await source.poll(null, new AbortController().signal)).toMatchObject({
        error: { tag: "Unauthorized", fix: expect.stringContaining(`it is ${words} Google's`) },
      });
      google.aheadMs = 0;
      expect((await source.poll(null, new AbortController().signal)).ok).toBe(true);
    }
  });

  test("GOO-35 a body that never ends takes 180 s and nobody else's time", async () => {
    const { clock, open, net, carry } = createEmulated();
    const { signal } = new AbortController();
    const [slow, other] = [open(), open({ tabs: ["Stock"] })];
    net.answer(async (request) => {
      if (!request.url.includes("Prices")) return carry(request);
      await sleep(clock, request.timeoutMs);
      return { tag: "TimedOut", timeoutMs: request.timeoutMs };
    });
    const polled = slow.poll(null, signal);
    await clock.settle();
    expect((await other.poll(null, signal)).ok).toBe(true);
    await clock.advance(179_000);
    expect(await Promise.race([polled, Promise.resolve("still reading")])).toBe("still reading");
    await clock.advance(1_000);
    expect(await polled).toMatchObject({
      error: { tag: "Unreachable", detail: "Google did not answer in full within 180 s" },
    });
  });

  test("GOO-36 a workbook in the trash is read on, a deleted one says who can restore it", async () => {
    const { emulator, id, open, email } = createEmulated();
    const { signal } = new AbortController();
    const source = open();
    const token = emulator.accounts.issueToken("owner@example.com");
    const trashed = emulator.handle({
      method: "PATCH",
      url: `https://www.googleapis.com/drive/v3/files/${id}`,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ trashed: true }),
    });
    expect(trashed.status).toBe(200);
    expect((await source.poll(null, signal)).ok).toBe(true);
    emulator.unshare(id, email);
    expect(await source.poll(null, signal)).toMatchObject({
      error: { tag: "Unauthorized", fix: expect.stringContaining(`Share the workbook with ${email}`) },
    });
    emulator.share(id, email, "reader");
    expect((await source.poll(null, signal)).ok).toBe(true);
    emulator.removeWorkbook(id);
    expect(await source.poll(null, signal)).toMatchObject({
      error: { tag: "NotFound", fix: expect.stringContaining("restore it from the trash") },
    });
  });

  test("GOO-9 an API key reads a workbook that anyone with the link may see, and no other", async () => {
    const { emulator, id, open } = createEmulated();
    const { signal } = new AbortController();
    const source = open({ credentials: { type: "apiKey", key: emulator.accounts.registerApiKey() } });
    expect(await source.poll(null, signal)).toMatchObject({
      error: { tag: "Unauthorized", fix: expect.stringContaining("Anyone with the link") },
    });
    emulator.share(id, "anyone", "reader");
    expect((await source.poll(null, signal)).ok).toBe(true);
    const stranger = open({ credentials: { type: "apiKey", key: "AIzaNobody" } });
    expect(await stranger.poll(null, signal)).toMatchObject({ error: { tag: "Unauthorized" } });
  });

  test("GOO-23 every fault of the emulator's ends a poll with what it is", async () => {
    const { emulator, open, clock } = createEmulated();
    const source = open();
    const tags = async (answer: FaultAnswer): Promise<string> => {
      emulator.placeFault({ match: {}, answer, times: 1 });
      const polled = await source.poll(null, new AbortController().signal);
      emulator.clearFaults();
      await clock.advance(62_000);
      return polled.ok ? polled.value.tag : polled.error.tag;
    };
    expect(await tags({ kind: "html" })).toBe("Unreachable");
    expect(await tags({ kind: "appliedThen503" })).toBe("Unreachable");
    expect(await tags({ kind: "reset", applied: false })).toBe("Unreachable");
    expect(await tags({ kind: "garbage" })).toBe("Malformed");
    expect((await source.poll(null, new AbortController().signal)).ok).toBe(true);
    expect(await tags({ kind: "truncated" })).toBe("Malformed");
    expect(await tags({ kind: "quota" })).toBe("RateLimited");
    expect(await tags({ kind: "answer", status: 200, body: [] })).toBe("Malformed");
  });

  test("GOO-25 sources that poll without end never meet a 429", async () => {
    const { net, open, clock } = createEmulated();
    const sources = [open(), open(), open()];
    let polls = 0;
    for (let second = 0; second < 300; second++) {
      for (const source of sources) {
        const polled = await source.poll(null, new AbortController().signal);
        if (!polled.ok) expect(polled.error.tag).toBe("RateLimited");
        else polls++;
      }
      await clock.advance(1_000);
    }
    expect(polls).toBeGreaterThan(60);
    expect(net.requests.length).toBeGreaterThan(250);
    expect(net.requests.length).toBeLessThanOrEqual(5 * 60 + 1);
  });
});
