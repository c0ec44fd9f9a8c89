/** Server-sent events of tabs and views through the whole daemon, in virtual time. */
import { describe, expect, test } from "bun:test";
import type { RowsAnswer } from "#contract/rest.ts";
import { createEventStreams } from "../src/registry/api/event-streams.ts";
import { startServer } from "../src/server.ts";
import { readEvents } from "./support/event-reader.ts";
import { createFakeDocuments } from "./support/fake-documents.ts";
import { createSeededRandom } from "./support/seeded-random.ts";
import { createTestRuntime } from "./support/test-runtime.ts";
import { until } from "./support/until.ts";
import { ADMIN, createViewStage, type Row, type ViewStage } from "./support/view-stage.ts";

const EVENTS = "/datasources/shop/tabs/Prices/events";
const ROWS: Row[] = [
  ["a", 5, "uk"],
  ["b", 50, "de"],
];

async function rowsNow({ call }: ViewStage, query = ""): Promise<unknown[]> {
  const { rows } = (await (
    await call("GET", `/datasources/shop/tabs/Prices/rows${query}`)
  ).json()) as RowsAnswer;
  return rows.map(({ $row, ...cells }) => cells);
}

async function listen(stage: ViewStage, query = "", options: Parameters<ViewStage["call"]>[2] = {}) {
  const response = await stage.call("GET", EVENTS + query, options);
  if (response.status !== 200) throw new Error(await response.text());
  const reader = readEvents(response);
  await stage.clock.settle();
  return reader;
}

const after = (id: string) => ({ headers: { "Last-Event-ID": id } });

describe("events", () => {
  test("EVT-1 a stream begins with all rows; then comes each change, once it is durable", async () => {
    const stage = await createViewStage(ROWS);
    const reader = await listen(stage);
    const answer = await (await stage.call("GET", "/datasources/shop/tabs/Prices/rows")).json();
    expect(reader.events).toEqual([{ id: answer.revision, event: "reset", data: answer }]);
    expect(reader.retryMs).toBeGreaterThan(0);
    await stage.write([
      ["c", 1, "fr"],
      ["a", 6, "uk"],
    ]);
    expect(reader.events).toHaveLength(2);
    expect(reader.events[1]).toMatchObject({
      event: "change",
      data: {
        revision: reader.lastEventId,
        added: [{ $row: 3, sku: "c", price: 1, region: "fr" }],
        changed: [{ $row: 1, price: 6 }],
        removed: [2],
      },
    });
  });

  test("EVT-2 applying the changes gives the rows as they are, whatever happened to the tab", async () => {
    const stage = await createViewStage(ROWS);
    await stage.view("low", { where: "price < 50", order: [{ key: "price" }], limit: 5 });
    const [all, low] = [await listen(stage), await listen(stage, "?view=low")];
    const random = createSeededRandom("events");
    let rows = [...ROWS];
    for (let step = 0; step < 60; step++) {
      const at = random.int(rows.length + 1);
      const row: Row = [`s${step}`, random.int(100), "uk"];
      if (step % 4 === 0) rows = rows.toSpliced(at, 0, row);
      else if (step % 4 === 1 && rows.length > 2) rows = rows.toSpliced(at, 1);
      else if (step % 4 === 2)
        rows = rows.map((old, place) => (place === at ? [old[0]!, random.int(100), "de"] : old));
      else rows = [...rows].sort(() => random.float() - 0.5);
      await stage.write(rows);
      expect(all.rows()).toEqual(await rowsNow(stage));
      expect(low.rows()).toEqual(await rowsNow(stage, "?view=low"));
    }
    expect(all.events.filter(({ event }) => event === "reset")).toHaveLength(1);
    expect(low.events.filter(({ event }) => event === "reset")).toHaveLength(1);
  });

  test("EVT-3 who comes back gets exactly what follows, also after a restart and for a view", async () => {
    const first = await createViewStage(ROWS);
    await first.view("uk", { where: "region = claims.region" });
    const query = "?view=uk&claims.region=uk";
    const before = [await listen(first), await listen(first, query)] as const;
    const [tabId, viewId] = before.map(({ lastEventId }) => lastEventId) as [string, string];
    for (const reader of before) await reader.stop();
    const later: Row[] = [
      ["b", 50, "uk"],
      ["a", 7, "uk"],
    ];
    await first.write(later);
    const again = readEvents(await first.call("GET", EVENTS, after(tabId)), before[0]);
    await first.clock.settle();
    expect([again.events.map(({ event }) => event), again.bareIds]).toEqual([["change"], 0]);
    const same = readEvents(await first.call("GET", EVENTS, after(again.lastEventId)), again);
    await first.clock.settle();
    expect([same.events, same.lastEventId, same.bareIds]).toEqual([[], again.lastEventId, 1]);
    await first.daemon.close();

    const second = await createViewStage([...later, ["d", 1, "uk"]], first.backend);
    for (const [id, at] of [
      [tabId, ""],
      [viewId, query],
    ] as const) {
      const resumed = [await listen(second, at, after(id)), await listen(second, at, after(id))];
      for (const { events } of resumed) {
        expect(events.map(({ event }) => event)).toEqual(["change"]);
        expect(events[0]!.data.added).toContainEqual(expect.objectContaining({ sku: "d" }));
      }
    }
    const resumed = readEvents(await second.call("GET", EVENTS, after(again.lastEventId)), again);
    await second.clock.settle();
    expect(resumed.rows()).toEqual(await rowsNow(second));
    expect(resumed.events[0]!.data.changed).toEqual([]);
  });

  test("EVT-4 an id of another history, of the future, or of none is answered with all rows", async () => {
    const stage = await createViewStage(ROWS);
    const { lastEventId } = await listen(stage);
    const [epoch, position] = lastEventId.split("-");
    for (const id of [
      `0${epoch}-1`,
      `${epoch}-${Number(position) + 1}`,
      `${epoch}-0`,
      "nonsense",
      "x".repeat(5_000),
    ]) {
      const reader = await listen(stage, "", after(id));
      expect(reader.events.map(({ event }) => event)).toEqual(["reset"]);
    }
    for (let n = 0; n < 1_100; n++) await stage.write([["a", n, "uk"], ROWS[1]!]);
    await stage.daemon.close();
    const again = await createViewStage(ROWS, stage.backend);
    expect((await listen(again, "", after(lastEventId))).events[0]!.event).toBe("reset");
  });

  test("EVT-5 ?from=now gives changes alone, and an id to resume from", async () => {
    const stage = await createViewStage(ROWS);
    const reader = await listen(stage, "?from=now");
    expect([reader.events, reader.lastEventId]).toEqual([[], (await listen(stage)).lastEventId]);
    await stage.write([["a", 6, "uk"], ROWS[1]!]);
    expect(reader.events.map(({ event }) => event)).toEqual(["change"]);
    for (const query of ["?from=then", "?form=now"]) {
      expect((await stage.call("GET", EVENTS + query)).status).toBe(400);
    }
  });

  test("EVT-6 when a column comes, the rows are given anew, then and to who comes back", async () => {
    const stage = await createViewStage(ROWS);
    const reader = await listen(stage);
    const id = reader.lastEventId;
    await stage.write(
      ROWS.map((row) => [...row, 1]),
      ["sku", "price", "region", "stock"],
    );
    expect(reader.events.map(({ event }) => event)).toEqual(["reset", "reset"]);
    expect(reader.rows()).toEqual(await rowsNow(stage));
    expect((await listen(stage, "", after(id))).events.map(({ event }) => event)).toEqual(["reset"]);
  });

  test("EVT-7 a quiet stream says a comment every 15 s; its document stays loaded until the reader goes", async () => {
    const stage = await createViewStage(ROWS);
    await stage.view("all", {});
    const reader = await listen(stage, "?view=all");
    await stage.clock.advance(300_000);
    expect([reader.heartbeats, reader.events.length]).toEqual([20, 1]);
    await stage.write([["a", 6, "uk"], ROWS[1]!]);
    expect(reader.events).toHaveLength(2);
    await reader.stop();
    await stage.clock.advance(300_000);
    await stage.write([["a", 8, "uk"], ROWS[1]!]);
    // Nobody has the view open, so it is not kept in step.
    const log = await stage.backend.log.read((await stage.backend.log.documents("shop/Prices@"))[0]!, 0);
    expect(JSON.stringify(log.at(-1)!.author)).toContain("view");
    expect(log).toHaveLength(3);
  });

  test("EVT-8 a stream ends with its document, its token's life, its revocation, and the daemon", async () => {
    const stage = await createViewStage(ROWS);
    await stage.view("all", {});
    const [revoked, brief] = [await stage.token({}), await stage.token({}, undefined, { ttl: 60 })];
    const readers = {
      view: await listen(stage, "?view=all"),
      revoked: await listen(stage, "", { token: revoked.token }),
      brief: await listen(stage, "", { token: brief.token }),
      admin: await listen(stage),
    };
    const done = () => Object.entries(readers).flatMap(([name, reader]) => (reader.done ? [name] : []));
    await stage.call("DELETE", "/api/v1/views/shop/Prices/all");
    await stage.clock.settle();
    expect(done()).toEqual(["view"]);
    await stage.call("DELETE", `/api/v1/tokens/${revoked.id}`);
    await stage.clock.settle();
    expect(done()).toEqual(["view", "revoked"]);
    await stage.clock.advance(50_000);
    expect(done()).toEqual(["view", "revoked"]);
    await stage.clock.advance(30_000);
    expect(done()).toEqual(["view", "revoked", "brief"]);
    await stage.daemon.close();
    await stage.clock.settle();
    expect(done()).toEqual(["view", "revoked", "brief", "admin"]);
    const other = await createViewStage(ROWS);
    const last = await listen(other);
    await other.daemon.registry.remove("shop");
    await other.clock.settle();
    expect(last.done).toBe(true);
  });

  test("EVT-9 a reader that does not read is cut off; what it got is whole events, and it resumes", async () => {
    const stage = await createViewStage(ROWS);
    const response = await stage.call("GET", EVENTS);
    const long = "x".repeat(100_000);
    for (let n = 0; n < 15; n++) await stage.write([[`${n}${long}`, n, "uk"], ROWS[1]!]);
    const slow = readEvents(response);
    await stage.clock.settle();
    expect([slow.done, slow.rest]).toEqual([true, ""]);
    expect(slow.events.length).toBeGreaterThan(5);
    expect(slow.events.length).toBeLessThan(15);
    const again = readEvents(await stage.call("GET", EVENTS, after(slow.lastEventId)), slow);
    await stage.clock.settle();
    expect(again.rows()).toEqual(await rowsNow(stage));
    expect(again.events.every(({ event }) => event === "change")).toBe(true);
  });

  test("EVT-10 the token may stand in the address of a stream, of no other request, and is not logged", async () => {
    const stage = await createViewStage(ROWS);
    const { token } = await stage.token({});
    const reader = await listen(stage, `?token=${token}`, { token: null });
    expect(reader.events).toHaveLength(1);
    for (const path of ["/datasources/shop/tabs/Prices/rows", "/datasources/shop", "/events"]) {
      expect((await stage.call("GET", `${path}?token=${ADMIN}`, { token: null })).status).toBe(401);
    }
    const posted = await stage.call("POST", `${EVENTS}?token=${ADMIN}`, { token: null });
    expect(posted.status).toBe(401);
    expect(JSON.stringify(stage.logs)).not.toContain(token);
  });
});

test("EVT-12 streams are bounded in number, and a source counts as watched while one is open", async () => {
  const { clock } = createTestRuntime();
  const documents = createFakeDocuments();
  const made = await documents.create({ source: "shop", tab: "Prices", title: "Prices" });
  if (!made.ok) throw new Error(made.error.tag);
  let watching = 0;
  const streams = createEventStreams({
    documents,
    gate: { current: (grant) => grant, onChange: () => () => {} },
    clock,
    streamsMax: 2,
    watch(source) {
      if (source === "shop") watching++;
      return () => void watching--;
    },
  });
  const target = { source: "shop", tab: "Prices" };
  const reader = { grant: { subject: "admin", scopes: [] }, target, lastEventId: null, fromNow: false };
  const open = [await streams.answer(made.value, reader), await streams.answer(made.value, reader)];
  expect((await streams.answer(made.value, reader)).status).toBe(503);
  expect([streams.size, watching]).toEqual([2, 2]);
  await open[0]!.body!.cancel();
  expect([streams.size, watching, (await streams.answer(made.value, reader)).status]).toEqual([1, 1, 200]);
  streams.close();
  expect([streams.size, watching, clock.pending()]).toEqual([0, 0, 0]);
});

test("EVT-11 over a real port events arrive as they happen, and a reader that leaves ends its stream", async () => {
  const stage = await createViewStage(ROWS);
  const server = startServer({ host: "127.0.0.1", port: 0, serveUi: () => null });
  server.attach(stage.daemon);
  try {
    const leave = new AbortController();
    const url = `http://127.0.0.1:${server.port}${EVENTS}?token=${ADMIN}`;
    const reader = readEvents(await fetch(url, { signal: leave.signal }));
    await until("all rows are there", () => reader.events.length === 1);
    await stage.write([["a", 6, "uk"], ROWS[1]!]);
    await until("the change is there", () => reader.events.length === 2);
    expect(reader.rows()).toEqual(await rowsNow(stage));
    expect(stage.daemon.streams).toBe(1);
    leave.abort();
    await until("the stream has ended", () => stage.daemon.streams === 0);
  } finally {
    await server.stop();
    await stage.daemon.close();
  }
});
