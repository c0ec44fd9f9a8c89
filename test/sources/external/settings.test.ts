import { describe, expect, test } from "bun:test";
import { parseAllowedPlaces } from "../../../src/runtime/guarded-net.ts";
import { createExternalDriver } from "../../../src/sources/external/external-driver.ts";
import type { SourceSettings } from "../../../src/sources/source.ts";
import { feedSettings } from "./test-feed.ts";

const driver = createExternalDriver();
const fieldsOf = (more: Partial<SourceSettings>): string[] =>
  driver.check(feedSettings(more)).map(({ field, problem, fix }) => {
    expect([problem, fix]).not.toContain("");
    return field;
  });
const oauth = { type: "oauth2", tokenUrl: "https://login.test/", clientId: "i", clientSecret: "s" } as const;

describe("settings of a feed", () => {
  test("FEE-50 good ones have no problem", () => {
    for (const good of [
      {},
      { rowsPath: "$.items[?@.on == true]", columns: [{ path: "a.b" }, { path: "$.c[0]" }] },
      { format: "xml", rowsPath: "//g:item" },
      { rowsPath: "/rss/channel/item" },
      { tabs: [{ title: "A" }, { title: "B", rowsPath: "$.b" }] },
      { auth: oauth, pagination: { type: "cursor", path: "$.next" } },
      { apiKey: "k" },
      { format: "ndjson", columns: [{ path: "$.a" }] },
    ] satisfies Partial<SourceSettings>[])
      expect(fieldsOf(good)).toEqual([]);
  });

  test.each<[string, Partial<SourceSettings>, string[]]>([
    ["a link inside", { url: "http://127.0.0.1/x" }, ["url"]],
    ["another scheme", { url: "ftp://feeds.test/x" }, ["url"]],
    ["a password in the link", { url: "https://me:pw@feeds.test/" }, ["url"]],
    ["events inside", { events: "http://[::1]/" }, ["events"]],
    ["a token endpoint inside", { auth: { ...oauth, tokenUrl: "http://10.0.0.1/" } }, ["auth.tokenUrl"]],
    ["a path of no JSON", { rowsPath: "$.items[" }, ["rowsPath"]],
    ["a path with code", { rowsPath: "$[?(@.constructor('x'))]" }, ["rowsPath"]],
    ["a path of no XML", { format: "xml", rowsPath: "/rss/chan nel/" }, ["rowsPath"]],
    ["a JSONPath for XML", { format: "xml", rowsPath: "$.a" }, ["rowsPath"]],
    ["an XML path for JSON", { format: "json", rowsPath: "/a/b" }, ["rowsPath"]],
    ["a path into CSV", { format: "csv", rowsPath: "$.a" }, ["rowsPath"]],
    ["a column's path", { columns: [{ path: "a" }, { path: "$.b[" }] }, ["columns[1].path"]],
    [
      "tabs' paths",
      {
        tabs: [
          { title: "A", rowsPath: "$[" },
          { title: "B", columns: [{ path: "$$" }] },
        ],
      },
      ["tabs[0].rowsPath", "tabs[1].columns[0].path"],
    ],
    ["a tab by its title", { tabs: ["Prices"] }, ["tabs[0]"]],
    ["two tabs of one title", { tabs: [{ title: "A" }, { title: "A" }] }, ["tabs[1].title"]],
    ["a cursor's path", { pagination: { type: "cursor", path: "$.[" } }, ["pagination.path"]],
    ["two ways to sign in", { apiKey: "k", auth: { type: "bearer", token: "t" } }, ["apiKey"]],
    ["a token of two lines", { auth: { type: "bearer", token: "a\nb" } }, ["auth.token"]],
    ["a key of two lines", { apiKey: "a\r\nb" }, ["apiKey"]],
    [
      "a header that is none",
      { auth: { type: "apiKey", key: "k", in: "header", name: "a b" } },
      ["auth.name"],
    ],
    ["a name with a colon", { auth: { type: "basic", username: "a:b", password: "p" } }, ["auth.username"]],
    [
      "headers of ours",
      { headers: { Host: "x", "If-None-Match": "y" } },
      ["headers.Host", "headers.If-None-Match"],
    ],
    [
      "fields of workbooks",
      { credentials: { type: "ambient" }, keyColumns: { A: "b" }, writable: true },
      ["credentials", "keyColumns", "write"],
    ],
  ])("FEE-50 %s is refused by field", (_, wanted, fields) => {
    expect(fieldsOf(wanted)).toEqual(fields);
  });

  test("FEE-50 links that the operator allows are taken", () => {
    const allowed = parseAllowedPlaces("127.0.0.1,10.0.0.0/8");
    if (!allowed.ok) throw new Error(allowed.error);
    const open = createExternalDriver({ allowed: allowed.value });
    expect(open.check(feedSettings({ url: "http://127.0.0.1:8080/x", events: "http://10.2.3.4/" }))).toEqual(
      [],
    );
  });
});
