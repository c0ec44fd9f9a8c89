import { describe, expect, test } from "bun:test";
import type { Column } from "#contract/layout.ts";
import type { TemplateAnswer, TemplateSummary } from "#contract/templates.ts";
import type { Grant } from "../../src/access/grant.ts";
import { readXlsx } from "../support/read-xlsx.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

const ROOT = "/api/v1/export/templates";
const mine = {
  id: "mine",
  name: "Mine",
  tabs: [{ title: "A", columns: [{ key: "a" }, { key: "b", formula: "={a}*2", type: "number" }] }],
};
const reader = { Authorization: "Bearer reader-token" };

async function stageWithPrices(grant?: Grant): Promise<Stage> {
  const stage = createStage(grant ? { reader: grant } : {});
  await stage.call("POST", "/datasources/register", shop);
  const document = await stage.documents.create({ source: "shop", tab: "Prices", title: "Prices / ü" });
  if (!document.ok) throw new Error("the fake refused");
  const columns: Column[] = [
    { slot: 0, header: "Item", key: "Item", type: "text" },
    { slot: 2, header: "Day", key: "Day", type: "date", format: "d.m.yyyy" },
  ];
  const added = [
    [7, ["=Tea", null, 46_143]],
    [3, ["Mug", null, null]],
  ] as const;
  const order = [{ at: 0, remove: 0, insert: [7, 3] }];
  await document.value.apply({ delta: { columns, added, cells: [], removed: [], order }, author: "source" });
  return stage;
}

describe("templates over REST", () => {
  test("TPL-14 made, listed, shown, made anew and deleted; mistakes come all at once", async () => {
    const { call } = createStage();
    const made = await call("POST", `${ROOT}/create`, mine);
    expect([made.status, made.headers.get("location")]).toEqual([201, `${ROOT}/mine`]);
    const again: TemplateAnswer = await (
      await call("POST", `${ROOT}/create`, { ...mine, name: "Ours" })
    ).json();
    expect([again.version, again.name, again.ready]).toEqual([2, "Ours", false]);
    const list: TemplateSummary[] = await (await call("GET", ROOT)).json();
    expect(list.map(({ id }) => id)).toEqual([
      "sales_analysis",
      "table",
      "price_list",
      "event_schedule",
      "timesheet",
      "mine",
    ]);
    expect(list.at(-1)).toEqual({ id: "mine", name: "Ours", version: 2, ready: false, tabs: ["A"] });
    expect(((await (await call("GET", `${ROOT}/table`)).json()) as TemplateAnswer).sample).toBeDefined();
    const wrong = await problemOf(
      await call("POST", `${ROOT}/create`, { ...mine, timeZone: "Mars", currency: "EUX" }),
    );
    expect(wrong.errors?.map(({ field }) => field)).toEqual(["timeZone", "currency"]);
    expect((await call("POST", `${ROOT}/create`, { ...mine, id: "table" })).status).toBe(409);
    expect((await call("DELETE", `${ROOT}/table/delete`)).status).toBe(409);
    expect((await call("DELETE", `${ROOT}/mine/delete`)).status).toBe(204);
    expect((await call("DELETE", `${ROOT}/mine/delete`)).status).toBe(404);
    expect((await call("GET", `${ROOT}/mine`)).status).toBe(404);
  });

  test("TPL-14 who may write somewhere tries them; others see nothing; only who administers the daemon makes them", async () => {
    const writer = await stageWithPrices({
      subject: "user:w",
      scopes: [{ action: "write", source: "other" }],
    });
    expect((await writer.call("GET", ROOT, undefined, reader)).status).toBe(200);
    expect((await writer.call("POST", `${ROOT}/table/preview`, {}, reader)).status).toBe(200);
    expect((await writer.call("POST", `${ROOT}/create`, mine, reader)).status).toBe(403);
    expect((await writer.call("DELETE", `${ROOT}/table/delete`, undefined, reader)).status).toBe(403);
    const live = { data: { source: "shop", tab: "Prices" } };
    for (const what of ["preview", "download"]) {
      expect((await writer.call("POST", `${ROOT}/table/${what}`, live, reader)).status).toBe(403);
    }
    const looker = await stageWithPrices({ subject: "user:r", scopes: [{ action: "read" }] });
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/table"],
      ["POST", "/table/preview"],
      ["POST", "/table/download"],
    ] as const) {
      expect(
        (await looker.call(method, ROOT + path, method === "POST" ? {} : undefined, reader)).status,
      ).toBe(403);
    }
  });

  test("TPL-14 a preview of given, live or sample data; what does not fit is told by row", async () => {
    const { call } = await stageWithPrices();
    const sample = await call("POST", `${ROOT}/price_list/preview`, {});
    expect(sample.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(sample.headers.get("content-security-policy")).toContain("default-src 'none'; style-src 'sha256-");
    expect(await sample.text()).toContain("Dawn sleeping bag");
    const parts = await call("POST", `${ROOT}/table/preview`, {}, { Accept: "application/json" });
    expect(await parts.json()).toEqual({
      body: expect.stringMatching(/^<div class="page">[\s\S]*Malmö[\s\S]*<\/div>$/),
      css: expect.stringContaining(".page{"),
    });
    const live = await call("POST", `${ROOT}/table/preview`, {
      data: { source: "shop", tab: "Prices" },
      title: "Live",
    });
    expect(await live.text()).toMatch(/<title>Live<\/title>[\s\S]*=Tea[\s\S]*1\.5\.2026/);
    const bad = await call("POST", `${ROOT}/price_list/preview`, {
      data: [{ sku: 1, product: "x", list_price: "9" }],
    });
    expect(bad.status).toBe(422);
    expect((await problemOf(bad)).errors?.[0]).toMatchObject({ field: "Prices, row 1, list_price" });
    const status = async (path: string, body: unknown) =>
      (await call("POST", `${ROOT}/${path}`, body)).status;
    expect(await status("none/preview", {})).toBe(404);
    expect(await status("table/preview", { version: 9 })).toBe(404);
    expect(await status("table/preview", { data: 5 })).toBe(400);
    expect(await status("table/preview", { datum: [] })).toBe(400);
    expect(await status("table/preview", { data: { source: "shop", tab: "None" } })).toBe(400);
  });

  test("DWN-7 a result as a file, of one tab by its id or title", async () => {
    const { call } = createStage();
    await call("POST", `${ROOT}/create`, mine);
    const body = { data: [{ a: 2 }, { a: 5 }], title: "Sums" };
    const get = (query: string) => call("POST", `${ROOT}/mine/download${query}`, body);
    const csv = await get("");
    expect(csv.headers.get("content-disposition")).toStartWith('attachment; filename="Sums A.csv"');
    expect((await csv.bytes()).slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
    expect(await (await get("?format=ndjson&tab=A")).text()).toBe('{"a":2,"b":4}\n{"a":5,"b":10}\n');
    for (const query of ["?format=xlsx", "?format=xlsx&tab=a"]) {
      const book = await get(query);
      expect(book.headers.get("content-type")).toContain("spreadsheetml");
      expect((await book.bytes()).slice(0, 2)).toEqual(new Uint8Array([0x50, 0x4b]));
    }
    expect((await problemOf(await get("?tab=B"))).errors?.[0]).toMatchObject({
      field: "tab",
      fix: "use one of a",
    });
    await call("POST", `${ROOT}/create`, {
      ...mine,
      tabs: [{ title: "A", columns: [{ key: "a" }, { key: "t", formula: "=TODAY()" }] }],
    });
    expect((await get("?format=csv")).status).toBe(409);
    expect((await get("?format=xlsx")).status).toBe(200);
  });
});

describe("downloads of tabs", () => {
  const PATH = "/datasources/shop/tabs/Prices/download";

  test("DWN-1 a tab as each kind of file, in display order", async () => {
    const { call } = await stageWithPrices();
    const csv = await call("GET", PATH);
    expect(csv.headers.get("content-type")).toStartWith("text/csv");
    expect(csv.headers.get("content-disposition")).toContain(
      `filename="Prices u.csv"; filename*=UTF-8''Prices%20%C3%BC.csv`,
    );
    expect(await csv.text()).toBe("Item,Day\r\n'=Tea,2026-05-01\r\nMug,\r\n");
    expect(await (await call("GET", `${PATH}?format=ndjson`)).text()).toBe(
      '{"Item":"=Tea","Day":"2026-05-01"}\n{"Item":"Mug","Day":null}\n',
    );
    const book = await (await call("GET", `${PATH}?format=xlsx`)).bytes();
    expect((await readXlsx(book))[0]!.data).toEqual([
      ["Item", "Day"],
      ["=Tea", new Date("2026-05-01T00:00:00Z")],
      ["Mug", null],
    ]);
  });

  test("DWN-4 over REST: 413, and the answer says what to take", async () => {
    const stage = await stageWithPrices();
    const document = await stage.documents.open("shop/Prices");
    if (!document.ok) throw new Error("it is there");
    const cells = [[7, 0, "x".repeat(40_000)]] as const;
    await document.value.apply({ delta: { added: [], cells, removed: [], order: [] }, author: "source" });
    const large = await stage.call("GET", `${PATH}?format=xlsx`);
    expect(large.status).toBe(413);
    expect((await problemOf(large)).detail).toContain("take format=csv or format=ndjson");
    expect((await stage.call("GET", PATH)).status).toBe(200);
  });

  test("DWN-5 a download needs the right to the rows; what is not known is refused", async () => {
    const { call } = await stageWithPrices({
      subject: "user:v",
      scopes: [{ action: "read", source: "shop", tab: "Prices", view: "cheap" }],
    });
    expect((await call("GET", PATH, undefined, reader)).status).toBe(403);
    expect((await call("GET", PATH, undefined, { Authorization: "Bearer wrong" })).status).toBe(401);
    expect((await call("GET", `${PATH}?view=cheap`, undefined, reader)).status).toBe(404);
    await call("POST", "/api/v1/views", { source: "shop", tab: "Prices", name: "cheap" });
    const view = await call("GET", `${PATH}?view=cheap`, undefined, reader);
    expect([view.status, view.headers.get("content-disposition")?.slice(0, 32)]).toEqual([
      200,
      'attachment; filename="cheap.csv"',
    ]);
    expect((await call("GET", `${PATH}?view=cheap&claims.region=uk`, undefined, reader)).status).toBe(403);
    expect((await problemOf(await call("GET", `${PATH}?format=pdf`))).errors?.[0]?.fix).toBe(
      "use csv, xlsx or ndjson",
    );
    expect((await call("GET", "/datasources/shop/tabs/None/download")).status).toBe(404);
  });
});
