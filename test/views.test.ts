/** Views through the whole daemon: who reads what of a tab, by every way there is. */
import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import type { Problem } from "#contract/rest.ts";
import { createViewStage, type ViewStage } from "./support/view-stage.ts";

const ROWS = [
  ["a", 5, "uk"],
  ["b", 50, "de"],
  ["c", 7, "uk"],
];
const TAB = "/datasources/shop/tabs/Prices";
const VIEW = "/api/v1/views/shop/Prices";
const problemOf = (response: Response): Promise<Problem> => response.json();

async function skus(response: Response): Promise<unknown> {
  if (response.status !== 200) return response.status;
  const { rows } = (await response.json()) as { rows: { sku: string }[] };
  return rows.map(({ sku }) => sku);
}

async function setUp(): Promise<ViewStage> {
  const stage = await createViewStage(ROWS);
  await stage.view("mine", { where: "region = claims.region", columns: ["sku", "price"] });
  await stage.view("cheap", { where: "price < 10", order: [{ key: "price", descending: true }], limit: 1 });
  return stage;
}

describe("views", () => {
  test("REG-100 a view is made, listed, shown, changed and deleted", async () => {
    const { call, view } = await setUp();
    expect(await view("all", { description: "Everything" })).toEqual({
      source: "shop",
      tab: "Prices",
      name: "all",
      description: "Everything",
      document: "shop/Prices@all",
      claims: [],
    });
    const names = async (query = "") =>
      ((await (await call("GET", `/api/v1/views${query}`)).json()) as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await names()).toEqual(["all", "cheap", "mine"]);
    expect(await names("?source=shop&tab=Costs")).toEqual([]);
    expect(await (await call("GET", `${VIEW}/mine`)).json()).toMatchObject({ claims: ["region"] });
    expect((await call("PUT", `${VIEW}/all`, { body: { limit: 2 } })).status).toBe(200);
    expect(await skus(await call("GET", `${TAB}/rows?view=all`))).toEqual(["a", "b"]);
    expect((await call("DELETE", `${VIEW}/all`)).status).toBe(204);
    expect(await names()).toEqual(["cheap", "mine"]);
    expect(await skus(await call("GET", `${TAB}/rows?view=all`))).toBe(404);
  });

  test("REG-100 who administers another tab makes, sees and changes nothing", async () => {
    const { call, token } = await setUp();
    const { token: other } = await token({ action: "admin", tab: "Costs" });
    const body = { source: "shop", tab: "Prices", name: "all" };
    expect((await call("POST", "/api/v1/views", { body, token: other })).status).toBe(403);
    expect(await (await call("GET", "/api/v1/views", { token: other })).json()).toEqual([]);
    expect((await call("PUT", `${VIEW}/mine`, { body: {}, token: other })).status).toBe(403);
  });

  test.each<[string, object, string, string]>([
    ["an unknown source", { source: "club" }, "source", "register it first"],
    ["an unknown tab", { tab: "Price" }, "tab", 'did you mean "Prices"?'],
    ["an unknown column", { columns: ["sku", "prise"] }, "columns[1]", 'did you mean "price"?'],
    ["an unknown key in a condition", { where: "regoin = 'uk'" }, "where", 'did you mean "region"?'],
    ["an unknown key to sort by", { order: [{ key: "skuu" }] }, "order[0].key", 'did you mean "sku"?'],
    ["no limit at all", { limit: 0 }, "limit", "give how many rows to show, such as 100"],
    ["a field too many", { colums: [] }, "colums", 'did you mean "columns"?'],
  ])("REG-101 a mistake is named with its field and a fix: %s", async (_, mistake, field, fix) => {
    const { call } = await createViewStage(ROWS);
    const body = { source: "shop", tab: "Prices", name: "v", ...mistake };
    const response = await call("POST", "/api/v1/views", { body });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toContainEqual(expect.objectContaining({ field, fix }));
  });

  test("REG-101 a condition that cannot be read is refused with the place", async () => {
    const { call } = await setUp();
    const response = await call("PUT", `${VIEW}/mine`, { body: { where: "price < < 3" } });
    expect((await problemOf(response)).errors![0]).toMatchObject({
      field: "where",
      problem: expect.stringContaining("at character 9"),
    });
    expect(await (await call("GET", `${VIEW}/mine`)).json()).toMatchObject({
      where: "region = claims.region",
    });
  });

  test("REG-102 a taken name is 409, an unknown one 404", async () => {
    const { call } = await setUp();
    const body = { source: "shop", tab: "Prices", name: "mine" };
    expect((await call("POST", "/api/v1/views", { body })).status).toBe(409);
    for (const [method, sent] of [["GET"], ["PUT", {}], ["DELETE"]] as const) {
      const response = await call(method, `${VIEW}/none`, sent ? { body: sent } : {});
      expect([response.status, (await problemOf(response)).type]).toEqual([
        404,
        "urn:sheetwire:problem:unknown-view",
      ]);
    }
  });

  test("VIE-14 definitions outlive the daemon; deleting the source erases them and their documents", async () => {
    const first = await setUp();
    await first.call("GET", `${TAB}/rows?view=cheap`);
    await first.daemon.close();
    const again = await createViewStage(ROWS, first.backend);
    expect(await skus(await again.call("GET", `${TAB}/rows?view=cheap`))).toEqual(["c"]);
    expect((await first.backend.log.documents("shop/Prices@")).length).toBeGreaterThan(0);
    expect(await again.daemon.registry.remove("shop")).toMatchObject({ ok: true });
    expect(await first.backend.log.documents("shop/")).toEqual([]);
    expect(await first.backend.kv.list("view/")).toEqual([]);
    expect(await (await again.call("GET", "/api/v1/views")).json()).toEqual([]);
  });

  test("VIE-14 names of any length and any characters are kept apart", async () => {
    const { view, call } = await createViewStage(ROWS);
    const long = (last: string) => `${"日本".repeat(99)}${last}`;
    for (const name of [long("a"), long("b"), "a/b", "a@b~#?"]) await view(name, { limit: 1 });
    for (const name of [long("a"), long("b"), "a/b", "a@b~#?"]) {
      const at = encodeURIComponent(name);
      expect(await (await call("GET", `${VIEW}/${at}`)).json()).toMatchObject({ name });
      expect(await skus(await call("GET", `${TAB}/rows?view=${at}`))).toEqual(["a"]);
    }
  });
});

describe("row-level access", () => {
  test("VIE-9 a view is joined with the token's claims; each reader sees their rows alone, and changes of them", async () => {
    const { join, token, write, clock } = await setUp();
    const [uk, de] = [
      await token({ view: "mine" }, { region: "uk" }),
      await token({ view: "mine" }, { region: "de" }),
    ];
    const readers = [join("shop/Prices@mine", uk.token), join("shop/Prices@mine", de.token)];
    await clock.settle();
    expect(readers.map((reader) => reader.rows())).toEqual([
      [
        ["a", 5],
        ["c", 7],
      ],
      [["b", 50]],
    ]);
    await write([
      ["a", 5, "de"],
      ["b", 50, "de"],
      ["c", 8, "uk"],
    ]);
    expect(readers.map((reader) => reader.rows())).toEqual([
      [["c", 8]],
      [
        ["a", 5],
        ["b", 50],
      ],
    ]);
    const without = await token({ view: "mine" });
    const refused = join("shop/Prices@mine", without.token);
    await clock.settle();
    expect([refused.closed, refused.reason]).toEqual([4403, expect.stringContaining("region")]);
  });

  test("VIE-10 a token for a view reaches nothing else, by any way", async () => {
    const { join, token, call, clock } = await setUp();
    for (const action of ["read", "admin"] as const) {
      const { token: mine } = await token({ view: "mine", action }, { region: "uk" });
      const rooms = [
        "shop/Prices",
        "shop/Prices@cheap",
        "shop/Prices~edits",
        "shop/Prices@",
        "shop/Prices@mine%3F0",
      ];
      const clients = rooms.map((room) => join(room, mine));
      await clock.settle();
      expect(clients.map(({ closed, rows }) => [closed >= 4400, rows()])).toEqual(
        rooms.map(() => [true, []]),
      );
      for (const what of ["rows", "snapshot", "events", "history"]) {
        for (const query of ["", "?view=", "?view=cheap", "?view=cheap&view=mine", "?VIEW=mine"]) {
          const { status } = await call("GET", `${TAB}/${what}${query}`, { token: mine });
          expect([what, query, status === 403 || status === 404]).toEqual([what, query, true]);
        }
      }
      const others = [
        "/datasources",
        "/datasources/shop",
        "/datasources/shop/tabs",
        `${VIEW}/mine`,
        "/metrics",
      ];
      for (const path of others) expect((await call("GET", path, { token: mine })).status).toBe(403);
      expect((await call("PUT", `${VIEW}/mine?view=mine`, { token: mine, body: {} })).status).toBe(403);
      expect((await call("DELETE", `${VIEW}/mine`, { token: mine })).status).toBe(403);
    }
  });

  test("VIE-11 rows, snapshots and events give the view with the token's claims", async () => {
    const { token, call } = await setUp();
    const { token: uk } = await token({ view: "mine" }, { region: "uk" });
    expect(await skus(await call("GET", `${TAB}/rows?view=mine`, { token: uk }))).toEqual(["a", "c"]);
    expect(await skus(await call("GET", `${TAB}/rows?view=mine&where=price<6`, { token: uk }))).toEqual([
      "a",
    ]);
    // A column that the view does not show cannot be asked about either.
    const asked = await call("GET", `${TAB}/rows?view=mine&where=region='uk'`, { token: uk });
    expect(asked.status).toBe(400);
    const snapshot = await call("GET", `${TAB}/snapshot?view=mine`, { token: uk });
    const doc = new Y.Doc();
    Y.applyUpdate(doc, new Uint8Array(await snapshot.arrayBuffer()));
    expect(doc.getArray("log").toJSON()).toEqual([
      [1, ["a", 5]],
      [3, ["c", 7]],
    ]);
    const { token: nobody } = await token({ view: "mine" });
    for (const what of ["rows", "snapshot", "events"]) {
      const response = await call("GET", `${TAB}/${what}?view=mine`, { token: nobody });
      expect([response.status, (await problemOf(response)).type]).toEqual([
        403,
        "urn:sheetwire:problem:missing-claim",
      ]);
    }
  });

  test("VIE-12 only who administers the tab may try claims", async () => {
    const { token, call } = await setUp();
    expect(await skus(await call("GET", `${TAB}/rows?view=mine&claims.region=de`))).toEqual(["b"]);
    expect((await call("GET", `${TAB}/rows?claims.region=de`)).status).toBe(400);
    for (const scope of [{ view: "mine" }, {}, { view: "mine", action: "admin" as const }]) {
      const { token: uk } = await token(scope, { region: "uk" });
      expect((await call("GET", `${TAB}/rows?view=mine&claims.region=de`, { token: uk })).status).toBe(403);
    }
  });

  test("VIE-13 a view defined anew ends its sessions and is another document without the old one's content", async () => {
    const { join, token, call, clock, backend } = await setUp();
    const { token: uk } = await token({ view: "mine" }, { region: "uk" });
    const before = join("shop/Prices@mine", uk);
    await clock.settle();
    const body = { where: "region = claims.region", columns: ["sku"] };
    expect((await call("PUT", `${VIEW}/mine`, { body })).status).toBe(200);
    await clock.settle();
    expect(before.closed).toBe(4404);
    const after = join("shop/Prices@mine", uk);
    await clock.settle();
    expect(after.rows()).toEqual([["a"], ["c"]]);
    expect(after.doc.getMap("meta").get("epoch")).not.toBe(before.doc.getMap("meta").get("epoch"));
    expect(await backend.log.documents("shop/Prices@mine")).toHaveLength(1);
  });
});
