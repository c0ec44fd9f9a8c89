import { describe, expect, test } from "bun:test";
import { createGoogleDriver } from "../../../src/sources/google/google-driver.ts";
import { createTestRuntime } from "../../support/test-runtime.ts";
import { createFakeGoogle, type FakeTab } from "./fake-google.ts";
import { changed, createTestSource, ENDPOINT, settings } from "./test-source.ts";

const prices = (): FakeTab => ({
  sheetId: 0,
  title: "Prices",
  values: [
    ["sku", "price"],
    ["a", 1],
    ["b", 2],
  ],
});
const stock = (): FakeTab => ({
  sheetId: 7,
  title: "Stock",
  values: [
    ["sku", "left"],
    ["a", 9],
  ],
});

describe("calls", () => {
  test("GOO-4 the first poll takes a token and three calls, whatever the number of tabs", async () => {
    const { google, poll } = createTestSource([
      prices(),
      stock(),
      { ...stock(), sheetId: 8, title: "It's 'x'" },
    ]);
    const { tabs, notices } = changed(await poll());
    expect(google.calls()).toEqual(["token", "list", "values", "cells"]);
    expect(tabs.map((tab) => [tab.tabId, tab.title])).toEqual([
      ["0", "Prices"],
      ["7", "Stock"],
      ["8", "It's 'x'"],
    ]);
    expect(tabs[0]).toEqual({
      tabId: "0",
      title: "Prices",
      columns: [
        { header: "sku", type: "text" },
        { header: "price", type: "number" },
      ],
      rows: [
        ["a", 1],
        ["b", 2],
      ],
      place: { headerRow: 0, firstRow: 1, firstColumn: 0 },
    });
    expect(notices).toEqual([]);
  });

  test("GOO-4 a blank tab has neither columns nor rows, and a blank workbook needs no formats", async () => {
    const { google, poll } = createTestSource([{ sheetId: 0, title: "Sheet1", values: [] }]);
    expect(changed(await poll()).tabs).toEqual([
      {
        tabId: "0",
        title: "Sheet1",
        columns: [],
        rows: [],
        place: { headerRow: null, firstRow: 0, firstColumn: 0 },
      },
    ]);
    expect(google.calls()).toEqual(["token", "list", "values"]);
  });

  test("GOO-5 a poll of an unchanged workbook is one call", async () => {
    const { google, poll } = createTestSource([prices(), stock()]);
    await poll();
    google.calls();
    expect((await poll()).tag).toBe("Unchanged");
    expect(google.calls()).toEqual(["values"]);
  });

  test("GOO-6 of a changed workbook only the changed tabs come whole", async () => {
    const { google, poll } = createTestSource([prices(), stock()]);
    await poll();
    google.calls();
    google.tabs[1]!.values[1]![1] = 8;
    const { tabs } = changed(await poll());
    expect(tabs[0]).toEqual({ tabId: "0", title: "Prices", unchanged: true });
    expect(tabs[1]).toMatchObject({ tabId: "7", rows: [["a", 8]] });
    expect(google.calls()).toEqual(["values"]);
  });

  test("GOO-7 tabs and formats are looked at after five polls and 15 s without a change", async () => {
    const { google, poll, clock } = createTestSource([prices()]);
    await poll();
    for (let count = 0; count < 5; count++) await poll();
    google.calls();
    await poll();
    expect(google.calls()).toEqual(["values"]);
    await clock.advance(15_000);
    expect((await poll()).tag).toBe("Unchanged");
    expect(google.calls()).toEqual(["values", "list", "cells"]);
    await clock.advance(60_000);
    await poll();
    expect(google.calls()).toEqual(["values"]);
  });

  test("GOO-7 tabs and formats are looked at with a change once they are 15 s old", async () => {
    const { google, poll, clock } = createTestSource([prices()]);
    await poll();
    google.calls();
    google.tabs[0]!.values[1]![1] = 5;
    await poll();
    expect(google.calls()).toEqual(["values"]);
    await clock.advance(15_000);
    google.tabs[0]!.values[1]![1] = 6;
    await poll();
    expect(google.calls()).toEqual(["values", "list", "cells"]);
  });

  test("GOO-7 a changed header row or width is looked at once", async () => {
    const { google, poll } = createTestSource([prices()]);
    await poll();
    google.calls();
    google.tabs[0]!.values[0]![1] = "cost";
    expect(changed(await poll()).tabs[0]).toMatchObject({ columns: [{ header: "sku" }, { header: "cost" }] });
    expect(google.calls()).toEqual(["values", "list", "cells"]);
    google.tabs[0]!.values[2]!.push("new");
    await poll();
    expect(google.calls()).toEqual(["values", "list", "cells"]);
  });

  test("GOO-7 a clock that was set back does not put the look off", async () => {
    const { google, poll, clock } = createTestSource([prices()]);
    await poll();
    google.calls();
    clock.jumpWall(-3_600_000);
    google.tabs[0]!.values[1]![1] = 5;
    await poll();
    expect(google.calls()).toEqual(["values", "list", "cells"]);
  });

  test("GOO-8 the ranges of two hundred tabs go in several calls", async () => {
    const tabs = Array.from({ length: 200 }, (_, index) => ({
      sheetId: index,
      title: `Week ${index} 🦊🦊🦊🦊`,
      values: [["n"], [index]],
    }));
    const { google, poll } = createTestSource(tabs);
    const snapshot = changed(await poll());
    expect(snapshot.tabs.map((tab) => tab.unchanged || tab.rows)).toEqual(tabs.map((_, index) => [[index]]));
    for (const request of google.net.requests) expect(request.url.length).toBeLessThan(8_000);
    expect(google.calls().filter((call) => call === "values").length).toBeGreaterThan(1);
  });

  test("GOO-9 an API key travels with each request, and no token is fetched", async () => {
    const { google, poll } = createTestSource([prices()], {
      wanted: { credentials: { type: "apiKey", key: "AIzaSyFake" } },
    });
    await poll();
    expect(google.net.requests.map((request) => new URL(request.url).searchParams.get("key"))).toEqual(
      new Array(3).fill("AIzaSyFake"),
    );
    expect(google.calls()).toEqual(["list", "values", "cells"]);
  });

  test("GOO-10 one token serves all sources of an account until a minute before its end", async () => {
    const google = createFakeGoogle(prices());
    const { runtime, clock } = createTestRuntime({ net: google.net });
    const driver = createGoogleDriver({ endpoint: ENDPOINT });
    const { signal } = new AbortController();
    const [one, two] = [driver.open(settings(), runtime), driver.open(settings({ id: "two" }), runtime)];
    await Promise.all([one.poll(null, signal), two.poll(null, signal)]);
    expect(google.calls().filter((call) => call === "token")).toHaveLength(1);
    await clock.advance(3_599_000 - 61_000);
    await one.poll(null, signal);
    expect(google.calls()).toEqual(["list", "values", "cells"]);
    await clock.advance(1_000);
    await two.poll(null, signal);
    expect(google.calls()).toEqual(["token", "list", "values", "cells"]);
  });

  test("GOO-10 the assertion is signed for Google and asks for no more than is needed", async () => {
    const claims = async (writable: boolean) => {
      const { google, poll } = createTestSource([prices()], { wanted: { writable } });
      await poll();
      const form = new URLSearchParams(String(google.net.requests[0]!.body));
      const [head, body, signature] = form.get("assertion")!.split(".");
      expect(JSON.parse(atob(head!))).toEqual({ alg: "RS256", typ: "JWT" });
      expect(signature).not.toBe("");
      return JSON.parse(atob(body!)) as Record<string, unknown>;
    };
    expect(await claims(false)).toMatchObject({
      iss: "robot@project.iam.gserviceaccount.com",
      scope: "https://www.googleapis.com/auth/spreadsheets.readonly",
      aud: `${ENDPOINT}/token`,
      iat: Date.UTC(2030, 0, 1) / 1_000 - 30,
      exp: Date.UTC(2030, 0, 1) / 1_000 - 30 + 3_600,
    });
    expect(await claims(true)).toMatchObject({ scope: "https://www.googleapis.com/auth/spreadsheets" });
  });

  test("GOO-10 a refused token is replaced once", async () => {
    const { google, poll, fail } = createTestSource([prices()]);
    await poll();
    google.calls();
    google.faults.push(() => new Response("", { status: 401 }));
    await poll();
    expect(google.calls()).toEqual(["values", "token", "values"]);
    for (let count = 0; count < 2; count++) {
      google.faults.push((url) =>
        url.pathname.endsWith("/token") ? undefined : new Response("", { status: 401 }),
      );
    }
    expect((await fail()).tag).toBe("Unauthorized");
    expect(google.calls()).toEqual(["values", "token", "values"]);
  });

  test("GOO-11 other settings make an older revision void", async () => {
    const first = createTestSource([prices()]);
    await first.poll();
    const second = createTestSource([prices()], { wanted: { keyColumns: { Prices: "sku" } } });
    second.revision = first.revision;
    expect(changed(await second.poll()).tabs[0]).toMatchObject({
      keyColumn: 0,
      rows: [
        ["a", 1],
        ["b", 2],
      ],
    });
    expect(second.google.calls()).toContain("list");
  });
});
