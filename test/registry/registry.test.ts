import { describe, expect, test } from "bun:test";
import { createMemoryStore, type MemoryStore } from "../../src/backend/memory.ts";
import { createStage, problemOf, shop, source } from "./stage.ts";

describe("registering", () => {
  test("REG-10 a registered source is answered with its settings and served by an actor", async () => {
    const { call, supervisor } = createStage();
    const response = await call("POST", "/datasources/register", {
      ...shop,
      tabs: ["Prices"],
      keyColumns: { Prices: "SKU" },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe("/datasources/shop");
    const answer = await source(response);
    expect(answer).toEqual({
      id: "shop",
      name: "Shop",
      type: "googleSheet",
      url: "https://sheets.test/d/1",
      pollingInterval: 5_000,
      state: "loading",
      tabs: [],
      tabsWanted: ["Prices"],
      keyColumns: { Prices: "SKU" },
      createdAt: "2030-01-01T00:00:00.000Z",
      updatedAt: "2030-01-01T00:00:00.000Z",
    });
    expect(supervisor.told).toEqual(["start shop"]);
    expect(await source(await call("GET", "/datasources/shop"))).toEqual(answer);
    expect(await (await call("GET", "/datasources")).json()).toEqual([answer]);
  });

  test("REG-11 without an id one is made from the name, numbered when it is taken", async () => {
    for (const [name, id] of [
      ["Café Prices, 2026!", "cafe-prices-2026"],
      ["  --Preise__ÄÖ--  ", "preise-ao"],
      ["価格表", "source"],
      ["🎉", "source"],
      [`${"x".repeat(55)} y`, "x".repeat(55)],
    ]) {
      const { call } = createStage();
      const body = { ...shop, id: undefined, name };
      expect((await source(await call("POST", "/datasources/register", body))).id).toBe(id!);
      expect((await source(await call("POST", "/datasources/register", body))).id).toBe(`${id}-2`);
      expect((await source(await call("POST", "/datasources/register", body))).id).toBe(`${id}-3`);
    }
  });

  test("REG-12 an id that is taken is refused with 409, and nothing changes; at once only one gets it", async () => {
    const { call, supervisor } = createStage();
    const attempts = await Promise.all(
      ["A", "B", "C"].map((name) => call("POST", "/datasources/register", { ...shop, name })),
    );
    expect(attempts.map(({ status }) => status)).toEqual([201, 409, 409]);
    expect(await problemOf(attempts[1]!)).toMatchObject({
      type: "urn:sheetwire:problem:duplicate",
      errors: [{ field: "id", problem: '"shop" is taken' }],
    });
    expect((await source(await call("GET", "/datasources/shop"))).name).toBe("A");
    expect(supervisor.told).toEqual(["start shop"]);
  });
});

describe("updating", () => {
  const full = {
    ...shop,
    description: "Prices",
    pollingInterval: 60_000,
    apiKey: "key-0123456789",
    headers: { "X-A": "header-a-value", "X-B": "header-b-value" },
    tabs: ["Prices"],
  };

  test("REG-13 an update changes what it names, keeps the rest and its secrets, and tells the actor", async () => {
    const { call, supervisor, clock } = createStage();
    await call("POST", "/datasources/register", full);
    await clock.advance(1_000);
    const answer = await source(await call("PUT", "/datasources/shop/update", { id: "shop", name: "Store" }));
    expect(answer).toMatchObject({
      name: "Store",
      description: "Prices",
      pollingInterval: 60_000,
      createdAt: "2030-01-01T00:00:00.000Z",
      updatedAt: "2030-01-01T00:00:01.000Z",
    });
    expect(supervisor.told).toEqual(["start shop", "update shop"]);
    const { name: _, description: __, ...settings } = full;
    expect(supervisor.running.get("shop")).toEqual(settings as never);
  });

  test("REG-14 null removes what may be absent, or puts its default back; headers are merged by name", async () => {
    const { call, supervisor } = createStage();
    await call("POST", "/datasources/register", full);
    const body = {
      description: null,
      pollingInterval: null,
      apiKey: null,
      tabs: null,
      headers: { "X-A": null, "X-C": "c" },
    };
    const answer = await source(await call("PUT", "/datasources/shop/update", body));
    expect(answer.pollingInterval).toBe(5_000);
    for (const gone of ["description", "apiKeyHint", "tabsWanted"]) expect(answer).not.toHaveProperty(gone);
    expect(supervisor.running.get("shop")).toEqual({
      id: "shop",
      type: "googleSheet",
      url: "https://sheets.test/d/1",
      pollingInterval: 5_000,
      headers: { "X-B": "header-b-value", "X-C": "c" },
    });
    await call("PUT", "/datasources/shop/update", { headers: { "X-B": null, "X-C": null } });
    expect(supervisor.running.get("shop")).not.toHaveProperty("headers");
    await call("PUT", "/datasources/shop/update", { headers: { "X-D": "d" } });
    await call("PUT", "/datasources/shop/update", { headers: null });
    expect(supervisor.running.get("shop")).not.toHaveProperty("headers");
  });

  test("REG-15 the id and the type of a source cannot be changed", async () => {
    const { call } = createStage();
    await call("POST", "/datasources/register", shop);
    const response = await call("PUT", "/datasources/shop/update", {
      id: "store",
      type: "external",
      name: "Store",
    });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors!.map(({ field }) => field)).toEqual(["id", "type"]);
    expect((await source(await call("GET", "/datasources/shop"))).name).toBe("Shop");
  });

  test("REG-16 updates of one source take effect one after the other, none is lost", async () => {
    const { call, supervisor } = createStage();
    await call("POST", "/datasources/register", shop);
    await Promise.all([
      call("PUT", "/datasources/shop/update", { name: "One" }),
      call("PUT", "/datasources/shop/update", { pollingInterval: 7_000 }),
      call("PUT", "/datasources/shop/update", { writable: true }),
    ]);
    const answer = await source(await call("GET", "/datasources/shop"));
    expect(answer).toMatchObject({ name: "One", pollingInterval: 7_000, writable: true });
    expect(supervisor.running.get("shop")).toMatchObject({ pollingInterval: 7_000, writable: true });
  });
});

describe("deleting", () => {
  test("REG-17 deleting ends the actor, erases its data and the record; afterwards the source is unknown", async () => {
    const { call, supervisor, store, metrics } = createStage();
    await call("POST", "/datasources/register", { ...shop, apiKey: "key-0123456789" });
    metrics.sourcePoll("shop", "changed");
    metrics.sourcePoll("club", "changed");
    const response = await call("DELETE", "/datasources/shop/delete");
    expect(response.status).toBe(204);
    expect(supervisor.told).toEqual(["start shop", "erase shop"]);
    expect(keptOf(store)).toEqual([]);
    const series = await metrics.text();
    expect(series).toContain('source="club"');
    expect(series).not.toContain('source="shop"');
    expect((await call("GET", "/datasources/shop")).status).toBe(404);
    expect((await call("DELETE", "/datasources/shop/delete")).status).toBe(404);
  });

  test("REG-18 while a source is being deleted nobody sees it; who registers its id anew waits for the end", async () => {
    const { call, supervisor, clock } = createStage();
    await call("POST", "/datasources/register", shop);
    const end = Promise.withResolvers<void>();
    supervisor.beforeStop = () => end.promise;
    const deletion = call("DELETE", "/datasources/shop/delete");
    const registration = call("POST", "/datasources/register", shop);
    await clock.settle();
    expect((await call("GET", "/datasources/shop")).status).toBe(404);
    expect(await (await call("GET", "/datasources")).json()).toEqual([]);
    expect(supervisor.told).toEqual(["start shop", "erase shop"]);
    end.resolve();
    expect((await deletion).status).toBe(204);
    expect((await registration).status).toBe(201);
    expect(supervisor.told).toEqual(["start shop", "erase shop", "start shop"]);
  });

  test("REG-19 a deletion that a crash cut short is finished at the next start", async () => {
    const store = createMemoryStore();
    const before = createStage({ store });
    await before.call("POST", "/datasources/register", shop);
    before.supervisor.beforeStop = () => new Promise(() => {});
    void before.call("DELETE", "/datasources/shop/delete");
    await before.clock.settle();

    const after = createStage({ store });
    await after.registry.start();
    expect(after.supervisor.told).toEqual(["erase shop"]);
    expect(keptOf(store)).toEqual([]);
  });
});

/** The audit outlives what it tells of. */
function keptOf({ keys }: MemoryStore): string[] {
  return [...keys.keys()].filter((key) => !key.startsWith("audit"));
}

describe("running", () => {
  test("REG-20 at its start the daemon gives every source its actor, with its secrets in the clear", async () => {
    const store = createMemoryStore();
    const before = createStage({ store });
    await before.call("POST", "/datasources/register", { ...shop, apiKey: "key-0123456789" });
    await before.call("POST", "/datasources/register", { ...shop, id: "club" });

    const after = createStage({ store });
    expect(after.registry.started()).toBe(false);
    await after.registry.start();
    expect(after.registry.started()).toBe(true);
    expect(after.supervisor.told).toEqual(["start club", "start shop"]);
    expect(after.supervisor.running.get("shop")).toEqual(before.supervisor.running.get("shop")!);
  });

  test("REG-21 an answer shows the actor's state, times, tabs, problem and notices", async () => {
    const { call, supervisor } = createStage();
    await call("POST", "/datasources/register", shop);
    const tabs = [{ name: "Prices", title: "Prices 2026", rows: 3, columns: 2, revision: "r1" }];
    const problem = { code: "unreachable", message: "No answer.", fix: "Wait." };
    supervisor.statuses.set("shop", {
      state: "failing",
      tabs,
      problem,
      notices: ["A chart is left out."],
      lastPollAt: Date.UTC(2030, 0, 2),
      lastChangeAt: Date.UTC(2030, 0, 3),
      nextPollAt: Date.UTC(2030, 0, 4),
    });
    expect(await source(await call("GET", "/datasources/shop"))).toMatchObject({
      state: "failing",
      tabs,
      error: problem,
      notices: ["A chart is left out."],
      lastPollAt: "2030-01-02T00:00:00.000Z",
      lastChangeAt: "2030-01-03T00:00:00.000Z",
      nextPollAt: "2030-01-04T00:00:00.000Z",
    });
    expect(await (await call("GET", "/datasources/shop/tabs")).json()).toEqual(tabs);
  });

  test("REG-91 an answer shows how a source is read, and its workbook", async () => {
    const { call, supervisor } = createStage();
    const read = {
      headerRow: { Prices: 3, Raw: "none" },
      hidden: { tabs: true, rows: false },
      formulas: true,
    };
    const workbook = { title: "Shop", timeZone: "Europe/Berlin", locale: "de_DE" };
    await call("POST", "/datasources/register", { ...shop, ...read });
    supervisor.statuses.set("shop", { workbook });
    expect(await source(await call("GET", "/datasources/shop"))).toMatchObject({ ...read, workbook });
    expect(supervisor.running.get("shop")).toMatchObject(read);
    await call("PUT", "/datasources/shop/update", { headerRow: "none", hidden: null, formulas: null });
    const after = await source(await call("GET", "/datasources/shop"));
    expect(after.headerRow).toBe("none");
    expect(after).not.toHaveProperty("hidden");
    expect(after).not.toHaveProperty("formulas");
  });

  test("REG-22 a person pauses, resumes and hastens a source", async () => {
    const { call, supervisor } = createStage();
    await call("POST", "/datasources/register", shop);
    const statuses = [];
    for (const what of ["pause", "resume", "poll"]) {
      statuses.push((await call("POST", `/datasources/shop/${what}`)).status);
      expect((await call("POST", `/datasources/club/${what}`)).status).toBe(404);
    }
    expect(statuses).toEqual([200, 200, 202]);
    expect(supervisor.told).toEqual(["start shop", "pause shop", "resume shop", "wake shop"]);
  });

  test("REG-23 when the storage refuses, the answer is 503 and neither record nor actor changes", async () => {
    const { call, store, supervisor } = createStage();
    await call("POST", "/datasources/register", shop);
    store.refusal = "the disk is full";
    for (const [method, path, body] of [
      ["POST", "/datasources/register", { ...shop, id: "club" }],
      ["PUT", "/datasources/shop/update", { name: "Store" }],
      ["DELETE", "/datasources/shop/delete", undefined],
    ] as const) {
      const response = await call(method, path, body);
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("5");
      expect((await problemOf(response)).detail).toContain("the disk is full");
    }
    store.refusal = null;
    expect(supervisor.told).toEqual(["start shop"]);
    expect(await (await call("GET", "/datasources")).json()).toMatchObject([{ id: "shop", name: "Shop" }]);
  });
});
