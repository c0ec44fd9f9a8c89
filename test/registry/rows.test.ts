import { describe, expect, test } from "bun:test";
import { mirrorName } from "#contract/document-name.ts";
import type { Column } from "#contract/layout.ts";
import type { RowsAnswer } from "#contract/rest.ts";
import type { CellValue } from "../../client-sdk/src/contract/cell.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

const column = (slot: number, key: string, type: Column["type"] = "text"): Column => ({
  slot,
  header: key.toUpperCase(),
  key,
  type,
});

const ROWS = "/datasources/shop/tabs/Prices/rows";

/** `rows` by slot; row ids count down, to tell them from positions. */
async function stageWith(columns: Column[], rows: CellValue[][], tab = "Prices"): Promise<Stage> {
  const stage = createStage();
  await stage.call("POST", "/datasources/register", shop);
  await fill(stage, columns, rows, tab);
  return stage;
}

async function fill(
  { documents }: Stage,
  columns: Column[],
  rows: CellValue[][],
  tab = "Prices",
): Promise<void> {
  const document = await documents.create({ source: "shop", tab, title: tab });
  if (!document.ok) throw new Error("the fake refused");
  const added = rows.map((values, index) => [rows.length - index, values] as const);
  const insert = added.map(([row]) => row);
  const order = [{ at: 0, remove: document.value.baseline().order.length, insert }];
  await document.value.apply({ delta: { columns, added, cells: [], removed: [], order }, author: "source" });
}

const prices = () =>
  // The slots say that Price came first once, and that a column is gone.
  stageWith(
    [column(2, "item"), { ...column(0, "price", "number"), format: "0.00" }],
    [[1.5, null, "Tea"], [2, null, "Mug, blue"], [{ error: "#REF!" }]],
  );

describe("rows", () => {
  test("REG-45 JSON rows stand in display order, by key, with row ids, column facts and the revision", async () => {
    const { call } = await prices();
    const response = await call("GET", ROWS);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect((await response.json()) as RowsAnswer).toEqual({
      revision: "1",
      columns: [
        { slot: 2, header: "ITEM", key: "item", type: "text" },
        { slot: 0, header: "PRICE", key: "price", type: "number", format: "0.00" },
      ],
      rows: [
        { $row: 3, item: "Tea", price: 1.5 },
        { $row: 2, item: "Mug, blue", price: 2 },
        { $row: 1, item: null, price: { error: "#REF!" } },
      ],
    });
  });

  test("REG-46 CSV follows RFC 4180: keys as header, CRLF, quotes where needed; nothing is altered", async () => {
    const { call } = await stageWith(
      [column(0, "a"), column(1, "b, c")],
      [
        ["plain", 'say "hi"'],
        ["two\nlines", " padded "],
        [null, ""],
        [true, false],
        [{ error: "#DIV/0!" }, 1e21],
        ["=1+1", "-5"],
        ["🎉", "00042"],
      ],
    );
    const response = await call("GET", ROWS, undefined, { Accept: "text/csv" });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect((await response.text()).split("\r\n")).toEqual([
      'a,"b, c"',
      'plain,"say ""hi"""',
      '"two\nlines"," padded "',
      ',""',
      "TRUE,FALSE",
      "#DIV/0!,1e+21",
      "=1+1,-5",
      "🎉,00042",
      "",
    ]);
    const single = await stageWith([column(0, "a")], [[null], ["x"]]);
    expect(await (await single.call("GET", `${ROWS}?format=csv`)).text()).toBe('a\r\n""\r\nx\r\n');
  });

  test("REG-47 in CSV dates, times and datetimes are ISO 8601; in JSON they stay numbers", async () => {
    const types = [
      column(0, "date", "date"),
      column(1, "time", "time"),
      column(2, "at", "datetime"),
      column(3, "n", "number"),
    ];
    const { call } = await stageWith(types, [
      [46_022, 0.75, 46_022.5, 46_022],
      [0, 1.104_166_666_666_7, 1.000_011_574_074, 0.5],
      [46_022.25, 0.000_005_787_037, -1, -1],
      ["soon", -0.5, 1e9, null],
    ]);
    expect((await (await call("GET", `${ROWS}?format=csv`)).text()).split("\r\n").slice(1, -1)).toEqual([
      "2025-12-31,18:00:00,2025-12-31T12:00:00,46022",
      "1899-12-30,26:30:00,1899-12-31T00:00:01,0.5",
      "2025-12-31T06:00:00,00:00:00.500,1899-12-29T00:00:00,-1",
      "soon,-0.5,1000000000,",
    ]);
    const { rows } = (await (await call("GET", ROWS)).json()) as RowsAnswer;
    expect(rows[0]).toMatchObject({ date: 46_022, time: 0.75, at: 46_022.5 });
  });

  test("REG-48 NDJSON gives one row a line", async () => {
    const { call } = await prices();
    const response = await call("GET", ROWS, undefined, { Accept: "application/x-ndjson" });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line) => JSON.parse(line))).toEqual((await (await call("GET", ROWS)).json()).rows);
  });

  test("REG-49 the Accept header chooses the format, ?format= goes before it, and 406 when none will do", async () => {
    const { call } = await prices();
    const typeFor = async (accept: string, query = "") => {
      const response = await call("GET", ROWS + query, undefined, { Accept: accept });
      return response.status === 200 ? response.headers.get("content-type")!.split(";")[0] : response.status;
    };
    expect(await typeFor("")).toBe("application/json");
    expect(await typeFor("*/*")).toBe("application/json");
    expect(await typeFor("text/html, */*;q=0.1")).toBe("application/json");
    expect(await typeFor("text/*")).toBe("text/csv");
    expect(await typeFor("application/ndjson")).toBe("application/x-ndjson");
    expect(await typeFor("application/json;q=0.5, Text/CSV;q=0.9")).toBe("text/csv");
    expect(await typeFor("application/json;q=0, */*")).toBe("text/csv");
    expect(await typeFor("text/html")).toBe(406);
    expect(await typeFor("text/html", "?format=ndjson")).toBe("application/x-ndjson");
  });

  test("REG-50 ?columns= chooses and orders columns, ?limit= bounds the rows", async () => {
    const { call } = await prices();
    const ask = async (query: string) => (await (await call("GET", ROWS + query)).json()) as RowsAnswer;
    const chosen = await ask("?columns=price,item&limit=2");
    expect(chosen.columns.map(({ key }) => key)).toEqual(["price", "item"]);
    expect(chosen.rows).toEqual([
      { $row: 3, price: 1.5, item: "Tea" },
      { $row: 2, price: 2, item: "Mug, blue" },
    ]);
    expect((await ask("?columns=item&columns=price&limit=99")).rows).toHaveLength(3);
    const comma = await stageWith([column(0, "a,b"), column(1, "a")], [[1, 2]]);
    const body = await (await comma.call("GET", `${ROWS}?columns=a,b`)).json();
    expect(body.rows).toEqual([{ $row: 1, "a,b": 1 }]);
  });

  test("REG-51 a query that is not understood is answered 400, never ignored", async () => {
    const { call } = await prices();
    for (const [query, field, problem, fix] of [
      [
        "?filter=price>1",
        "filter",
        "is not a parameter of this request",
        "there are columns, where, order, limit",
      ],
      ["?where=prise > 1", "where", '"prise" is not a column\'s key', 'did you mean "price"?'],
      ["?where=price >", "where", "at character 8", "name a column"],
      ["?where=item = claims.me", "where", "asks for claims", "make a view of it"],
      ["?order=prise", "order", '"prise" is not a column\'s key', 'did you mean "price"?'],
      ["?order=price down", "order", "is not a column's key", ""],
      ["?cursor=abc", "cursor", "is not one that an answer gave", "copy `next`"],
      ["?colums=item", "colums", "is not a parameter of this request", 'did you mean "columns"?'],
      ["?columns=itme", "columns", '"itme" is not a column\'s key', 'did you mean "item"?'],
      ["?columns=", "columns", '"" is not a column\'s key', ""],
      ["?limit=0", "limit", "is not a whole number from 1", "limit=100"],
      ["?limit=ten", "limit", "is not a whole number from 1", "limit=100"],
      ["?format=xml", "format", "is not known", "use json, csv or ndjson"],
    ] as const) {
      const response = await call("GET", ROWS + query);
      expect([query, response.status]).toEqual([query, 400]);
      const { errors } = await problemOf(response);
      expect(errors).toHaveLength(1);
      expect(errors![0]!.field).toBe(field);
      expect(errors![0]!.problem).toContain(problem);
      expect(errors![0]!.fix).toContain(fix);
    }
  });

  test("REG-58 ?where= chooses rows by a condition, ?order= sorts them, blank cells last", async () => {
    const { call } = await stageWith(
      [column(0, "item"), column(1, "in stock", "number")],
      [["tea", 3], ["mug", 1], ["pot"], ["cup", 2], ["Tea towel", 3]],
    );
    const items = async (query: Record<string, string>): Promise<unknown[]> => {
      const response = await call("GET", `${ROWS}?${new URLSearchParams(query)}`);
      return ((await response.json()) as RowsAnswer).rows.map((row) => row.item);
    };
    expect(await items({ where: `"in stock" >= 2` })).toEqual(["tea", "cup", "Tea towel"]);
    expect(await items({ where: "item contains 'tea'", columns: "item" })).toEqual(["tea", "Tea towel"]);
    expect(await items({ order: `"in stock", item desc` })).toEqual([
      "mug",
      "cup",
      "tea",
      "Tea towel",
      "pot",
    ]);
    expect(await items({ order: "in stock desc,item", limit: "2" })).toEqual(["Tea towel", "tea"]);
    expect(await items({ where: `"in stock" is blank` })).toEqual(["pot"]);
  });

  test("REG-59 pages go on where the last one ended, in body and Link header, though rows came and went", async () => {
    const stage = await stageWith(
      [column(0, "item")],
      Array.from({ length: 10 }, (_, i) => [`item ${i}`]),
    );
    const seen: unknown[] = [];
    let query: string | null = "?limit=4";
    while (query !== null) {
      const response: Response = await stage.call("GET", ROWS + query);
      const { rows, next } = (await response.json()) as RowsAnswer;
      seen.push(...rows.map((row) => row.item));
      query = /^<(.*)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1] ?? null;
      expect(query === null).toBe(next === undefined);
      if (query) expect(query).toContain(encodeURIComponent(next!));
      if (seen.length !== 4) continue;
      const { documents } = stage;
      const document = await documents.open(mirrorName("shop", "Prices"));
      if (!document.ok) throw new Error("gone");
      const [first] = document.value.baseline().order;
      const order = [{ at: 0, remove: 1, insert: [] }];
      await document.value.apply({
        delta: { added: [], cells: [], removed: [first!], order },
        author: "source",
      });
    }
    expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => `item ${i}`));
  });

  test("REG-52 an ETag names revision and format: If-None-Match answers 304 until the content changes", async () => {
    const stage = await prices();
    const { call, documents } = stage;
    const first = await call("GET", ROWS);
    const etag = first.headers.get("etag")!;
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(first.headers.get("cache-control")).toBe("private, no-cache");
    expect(first.headers.get("vary")).toBe("Accept");
    const again = (tag: string, accept = "*/*") =>
      call("GET", ROWS, undefined, { "If-None-Match": tag, Accept: accept });
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await again(tag);
      expect([tag, response.status, response.headers.get("etag")]).toEqual([tag, 304, etag]);
      expect(await response.text()).toBe("");
    }
    expect((await again(etag, "text/csv")).status).toBe(200);
    expect((await again('"other"')).status).toBe(200);
    await fill(stage, [column(0, "item")], [["Tea"]]);
    expect((await again(etag)).status).toBe(200);
    // Made anew, the document counts its revisions from the start: another epoch.
    await documents.remove(mirrorName("shop", "Prices"));
    await fill(stage, [column(0, "item")], [["Coffee"]]);
    expect((await again(etag)).status).toBe(200);
  });

  test("REG-53 a million cells are streamed in small pieces, all of one state, as the reader takes them", async () => {
    const columns = Array.from({ length: 20 }, (_, slot) => column(slot, `c${slot}`, "number"));
    const rows = Array.from({ length: 50_000 }, (_, row) => columns.map((_, slot) => row * 20 + slot));
    const stage = await stageWith(columns, rows);
    const response = await stage.call("GET", ROWS);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = (await reader.read()).value!;
    await fill(stage, columns, [[0]]);
    let [size, largest] = [first.length, first.length];
    let text = new TextDecoder().decode(first);
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      largest = Math.max(largest, part.value.length);
      text += new TextDecoder().decode(part.value);
    }
    expect(largest).toBeLessThan(100_000);
    expect(size).toBeGreaterThan(10_000_000);
    const answer = JSON.parse(text) as RowsAnswer;
    expect(answer.rows).toHaveLength(50_000);
    expect(answer.rows.at(-1)).toMatchObject({ $row: 1, c0: 999_980, c19: 999_999 });
  });

  test("REG-54 a tab may have any name, percent-encoded in the path; one that is unknown is answered 404", async () => {
    const name = "Prices/2026 #1 @home~🎉?";
    const { call, supervisor } = await stageWith([column(0, "a")], [[1]], name);
    const response = await call("GET", `/datasources/shop/tabs/${encodeURIComponent(name)}/rows`);
    expect((await response.json()).rows).toEqual([{ $row: 1, a: 1 }]);
    supervisor.statuses.set("shop", { tabs: [{ name, title: name, rows: 1, columns: 1, revision: "1" }] });
    const unknown = await call("GET", "/datasources/shop/tabs/Stock/rows");
    expect(unknown.status).toBe(404);
    expect(await problemOf(unknown)).toMatchObject({
      type: "urn:sheetwire:problem:unknown-tab",
      detail: `Source "shop" has no tab "Stock"; its tabs: "${name}".`,
    });
  });

  test("REG-55 an empty tab is an answer without rows in every format", async () => {
    const { call } = await stageWith([], []);
    expect(await (await call("GET", ROWS)).json()).toEqual({ revision: "1", columns: [], rows: [] });
    expect(await (await call("GET", `${ROWS}?format=csv`)).text()).toBe("\r\n");
    expect(await (await call("GET", `${ROWS}?format=ndjson`)).text()).toBe("");
  });
});
