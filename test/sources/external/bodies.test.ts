import { describe, expect, test } from "bun:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { parseAllowedPlaces } from "../../../src/runtime/guarded-net.ts";
import { createSystemRuntime } from "../../../src/runtime/system.ts";
import { createExternalDriver } from "../../../src/sources/external/external-driver.ts";
import type { SourceSettings } from "../../../src/sources/source.ts";
import { createTestFeed, feedSettings, json, tableOf } from "./test-feed.ts";

const read = async (body: unknown, wanted: Partial<SourceSettings> = {}) =>
  tableOf(await createTestFeed(() => json(body), wanted).tab());
const readText = async (body: string, type: string, wanted: Partial<SourceSettings> = {}) =>
  tableOf(
    await createTestFeed(() => new Response(body, { headers: { "content-type": type } }), wanted).tab(),
  );

describe("JSON", () => {
  const row = { id: 1 };
  const table = [["id"], [1]];

  test("FEE-1 the rows stand at the path, every list gives its elements", async () => {
    expect(await read({ a: { rows: [row] }, b: [2] }, { rowsPath: "$.a.rows" })).toEqual(table);
    expect(await read({ a: { rows: [row] }, b: [2] }, { rowsPath: "$.a.rows[*]" })).toEqual(table);
    expect(await read({ x: { k: row, l: { id: 2 } } }, { rowsPath: "$.x.*" })).toEqual([["id"], [1], [2]]);
    expect(await read([{ l: [row] }, { l: [{ id: 2 }] }], { rowsPath: "$..l" })).toEqual([["id"], [1], [2]]);
    expect(
      await read(
        [
          { id: 0, on: false },
          { id: 1, on: true },
        ],
        { rowsPath: "$[?@.on == true]" },
      ),
    ).toEqual([
      ["id", "on"],
      [1, true],
    ]);
    expect(await read({ one: row }, { rowsPath: "$.one" })).toEqual(table);
  });

  test("FEE-1 without a path they are the document or its only list", async () => {
    expect(await read([row])).toEqual(table);
    expect(await read({ total: 1, items: [row] })).toEqual(table);
    const several = createTestFeed(() => json({ a: [], b: [] }));
    expect(await several.fail()).toMatchObject({
      tag: "Malformed",
      detail: expect.stringContaining("$.a, $.b"),
    });
    expect(await createTestFeed(() => json({ a: 1 })).fail()).toMatchObject({
      detail: expect.stringContaining('"a"'),
      fix: expect.stringContaining("rowsPath"),
    });
  });

  test("FEE-2 fields inside objects have dotted names, lists are their JSON text", async () => {
    expect(await read([{ a: { b: { c: 1 }, d: null }, e: [1, "x"], f: [{ g: 1 }], h: {} }])).toEqual([
      ["a.b.c", "a.d", "e", "f"],
      [1, null, '[1,"x"]', '[{"g":1}]'],
    ]);
    expect(await read([1, "two", null, true])).toEqual([["value"], [1], ["two"], [null], [true]]);
    expect(await read([[1, "a"], [2]])).toEqual([
      ["column_1", "column_2"],
      [1, "a"],
      [2, null],
    ]);
  });

  test("FEE-2 names that mean something to JavaScript are names", async () => {
    const body = '[{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}]';
    expect(await readText(body, "application/json")).toEqual([
      ["__proto__.x", "constructor", "toString"],
      [1, 2, 3],
    ]);
  });

  test("FEE-3 numbers beyond a double come as text", async () => {
    const body =
      '[{"id": 12345678901234567890, "n": 9007199254740993, "big": 1e999, "ok": 1234567890.5, "s": 9007199254740991}]';
    expect(await readText(body, "application/json")).toEqual([
      ["id", "n", "big", "ok", "s"],
      ["12345678901234567890", "9007199254740993", "1e999", 1234567890.5, 9007199254740991],
    ]);
  });
});

describe("XML", () => {
  const rss = `<?xml version="1.0"?><rss xmlns:g="urn:g" version="2.0"><channel><title>News</title>
    <item id="7"><title> A &amp; B &#x41;&#66; </title><g:price cur="EUR">5</g:price><tag>x</tag><tag>y</tag>
      <author><name>N</name></author><text><![CDATA[<b>&amp;</b>]]></text><none/></item>
    <item><title>C</title></item></channel></rss>`;

  test("FEE-4 the rows stand at the path", async () => {
    for (const rowsPath of ["/rss/channel/item", "rss//item", "//item", "/*/channel/item"]) {
      const titles = { rowsPath, columns: [{ path: "title" }] };
      expect(await readText(rss, "text/xml", titles)).toEqual([["title"], ["A & B AB"], ["C"]]);
    }
    expect(await readText("<r><i><n>1</n></i><i/></r>", "text/xml")).toEqual([["n"], [1]]);
    const several = createTestFeed("<r><i><n>1</n></i><j/><i/></r>", { format: "xml" });
    expect(await several.fail()).toMatchObject({
      tag: "Malformed",
      detail: expect.stringContaining('"/r/i"'),
    });
    const wrong = createTestFeed(rss, { format: "xml", rowsPath: "/rss/chanel/item" });
    expect(await wrong.fail()).toMatchObject({ detail: expect.stringContaining("/rss/channel/item") });
  });

  test("FEE-4 a list without elements is empty where its parent is", async () => {
    const feed = createTestFeed("<rss><channel/></rss>", { format: "xml", rowsPath: "/rss/channel/item" });
    expect((await feed.tab()).rows).toEqual([]);
  });

  test("FEE-5 attributes, elements in elements, repeated and prefixed ones", async () => {
    expect(await readText(rss, "text/xml", { rowsPath: "//item" })).toEqual([
      ["@id", "title", "g:price", "g:price.@cur", "tag", "author.name", "text", "none"],
      [7, "A & B AB", 5, "EUR", '["x","y"]', "N", "<b>&amp;</b>", null],
      [null, "C", null, null, null, null, null, null],
    ]);
    const columns = [
      { path: "*:price" },
      { path: "g:price/@cur", name: "cur" },
      { path: "author/name" },
      { path: "@id" },
    ];
    // A last row without any of them is no row.
    expect(await readText(rss, "text/xml", { rowsPath: "//item", columns })).toEqual([
      ["*:price", "cur", "author/name", "@id"],
      [5, "EUR", "N", 7],
    ]);
    expect(await readText('<r><i a="1">own<b>x</b></i></r>', "text/xml")).toEqual([
      ["#text", "@a", "b"],
      ["own", 1, "x"],
    ]);
  });

  test("FEE-6 what a document declares is never expanded", async () => {
    const bomb = `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
      <r><i><x>&b;</x><y>&f;</y><z>&lt;&quot;&#0;</z></i></r>`;
    expect(await readText(bomb, "application/xml")).toEqual([
      ["x", "y", "z"],
      ["&b;", "&f;", '<"&#0;'],
    ]);
    const external = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r><i><x>&f;</x></i></r>';
    const feed = createTestFeed(external, { format: "xml" });
    expect(await feed.fail()).toMatchObject({
      tag: "Malformed",
      detail: expect.stringContaining("External"),
    });
    expect(feed.net.requests).toHaveLength(1);
  });
});

describe("lines", () => {
  test.each([",", ";", "\t", "|"])("FEE-7 fields separated by %j", async (separator) => {
    const body = ["a b", "n", '"q"', "empty"]
      .join(separator)
      .concat(
        "\r\n",
        ['"x""', `y${separator}`, '"'].join(""),
        separator,
        "5",
        separator,
        '"1\n2"',
        separator,
        "\r\n",
      );
    expect(await readText(body, "text/csv")).toEqual([
      ["a b", "n", "q", "empty"],
      [`x"y${separator}`, 5, "1\n2", null],
    ]);
  });

  test("FEE-7 headers that are blank or equal get names of their own", async () => {
    expect(await readText("a,,a\n1,2,3\n", "text/csv")).toEqual([
      ["a", "column_2", "a_2"],
      [1, 2, 3],
    ]);
  });

  test("FEE-8 NDJSON is one row a line", async () => {
    expect(await readText('{"a":1}\r\n\n{"a":2,"b":{"c":3}}', "application/x-ndjson")).toEqual([
      ["a", "b.c"],
      [1, null],
      [2, 3],
    ]);
    const cut = createTestFeed('{"a":1}\n{"a":', { format: "ndjson" });
    expect(await cut.fail()).toMatchObject({ tag: "Malformed", path: "line 2" });
  });
});

describe("which format", () => {
  const table = [["a"], [1]];
  test.each([
    ["application/json; charset=utf-8", '[{"a":1}]', ""],
    ["application/vnd.api+json", '[{"a":1}]', ""],
    ["application/jsonl", '{"a":1}', ""],
    ["application/atom+xml", "<r><i><a>1</a></i></r>", ""],
    ["text/csv", "a\n1", ""],
    ["text/plain", '[{"a":1}]', ""],
    ["text/plain", '{"rows":[{"a":1}]}', ""],
    ["application/octet-stream", '{"a":1}\n{"a":1}\n', ""],
    ["text/plain", "  <r><i><a>1</a></i></r>", ""],
    ["text/plain", "a\n1", "/list.csv"],
    ["text/html", '[{"a":1}]', ""],
  ])("FEE-9 %s %j", async (type, body, path) => {
    const read = await readText(body, type, { url: `https://feeds.test${path}` });
    expect(read.slice(0, 2)).toEqual(table);
  });

  test("FEE-9 what a person says goes first, and what nobody says is told", async () => {
    expect(await readText("a\n1", "application/json", { format: "csv" })).toEqual(table);
    expect(await createTestFeed("a\n1").fail()).toMatchObject({ fix: expect.stringContaining("format") });
  });
});

describe("encodings", () => {
  const text = '[{"a":"grüß"}]';
  const utf16 = (littleEndian: boolean): Uint8Array => {
    const bytes = new DataView(new ArrayBuffer(2 + text.length * 2));
    for (const [index, char] of `\ufeff${text}`.split("").entries())
      bytes.setUint16(index * 2, char.charCodeAt(0), littleEndian);
    return new Uint8Array(bytes.buffer);
  };
  test.each([
    ["application/json", Buffer.from(text)],
    ["application/json", Buffer.from(`\ufeff${text}`)],
    ["application/json; charset=ISO-8859-1", Buffer.from(text, "latin1")],
    ["application/json", utf16(true)],
    ["application/json; charset=latin1", utf16(false)],
  ])("FEE-10 %s", async (type, bytes) => {
    const feed = createTestFeed(() => new Response(bytes as BodyInit, { headers: { "content-type": type } }));
    expect(tableOf(await feed.tab())).toEqual([["a"], ["grüß"]]);
  });

  test("FEE-10 the prolog of XML says it too; a body that is in none of them is refused", async () => {
    const xml = Buffer.from(
      '<?xml version="1.0" encoding="windows-1252"?><r><i><a>grüß</a></i></r>',
      "latin1",
    );
    const feed = createTestFeed(() => new Response(xml, { headers: { "content-type": "text/xml" } }));
    expect(tableOf(await feed.tab())).toEqual([["a"], ["grüß"]]);
    const wrong = createTestFeed(() => new Response(Buffer.from(text, "latin1")));
    expect(await wrong.fail()).toMatchObject({ tag: "Malformed", detail: expect.stringContaining("utf-8") });
    const odd = createTestFeed(
      () => new Response(text, { headers: { "content-type": "application/json; charset=klingon" } }),
    );
    expect(await odd.fail()).toMatchObject({ detail: expect.stringContaining("klingon") });
  });

  test("FEE-11 compressed bodies are read, and their bound counts decoded bytes", async () => {
    const encoders = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync, deflate: deflateSync };
    const body = Buffer.from(JSON.stringify(Array.from({ length: 5_000 }, () => ({ a: 1 }))));
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        const encoding = new URL(request.url).pathname.slice(1) as keyof typeof encoders;
        return new Response(encoders[encoding](body), {
          headers: { "content-type": "application/json", "content-encoding": encoding },
        });
      },
    });
    const allowed = parseAllowedPlaces("127.0.0.1");
    if (!allowed.ok) throw new Error(allowed.error);
    const runtime = createSystemRuntime({ logLevel: "error" });
    const driver = createExternalDriver({ allowed: allowed.value });
    const { signal } = new AbortController();
    for (const encoding of Object.keys(encoders)) {
      const settings = feedSettings({ url: `http://127.0.0.1:${server.port}/${encoding}` });
      const read = await driver.open(settings, runtime).poll(null, signal);
      expect(read).toMatchObject({ ok: true, value: { tag: "Changed" } });
      const bounded = driver.open({ ...settings, bytesMax: 10_000 }, runtime);
      expect(await bounded.poll(null, signal)).toMatchObject({ ok: false, error: { code: "too-large" } });
    }
    await server.stop(true);
  });
});
