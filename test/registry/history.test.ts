import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { HistoryAnswer, HistoryDiffAnswer, RestoreAnswer } from "#contract/history.ts";
import type { Scope } from "../../src/access/grant.ts";
import type { Arrival } from "../../src/actors/edits/edit-desk.ts";
import type { Delta } from "../../src/model/delta.ts";
import { spliceOrder } from "../../src/model/order.ts";
import { createHistoryStage, NO_DELTA, table } from "../history/stage.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

const TAB = "/datasources/shop/tabs/Prices";
const COLUMNS = ["SKU", "Price", "Stock"];
type Rows = { rows: { $row: number; SKU: string; Price: number; Stock: number }[]; revision: string };

let under: Awaited<ReturnType<typeof createHistoryStage>>;
let stage: Stage;
/** When the rows were A 1 1, B 2 2, C 3 3. */
let firstMs: number;

beforeEach(async () => {
  under = await createHistoryStage();
  stage = createStage({ real: under });
  await stage.call("POST", "/datasources/register", shop);
  await under.poll(
    table(
      [
        ["A", 1, 1],
        ["B", 2, 2],
        ["C", 3, 3],
      ],
      COLUMNS,
    ),
    {
      tag: "sheet",
      afterMs: under.clock.nowMs() - 2_000,
      beforeMs: under.clock.nowMs(),
    },
  );
  firstMs = under.clock.nowMs();
  await under.clock.advance(10_000);
  const edits = [
    { id: "e1", by: "token:x", atMs: firstMs + 9_000, row: 1, slot: 1, cause: "request:1" },
    { id: "e2", by: "token:x", atMs: firstMs + 9_000, row: 2, slot: 2, cause: "request:1" },
  ];
  await under.apply(
    {
      ...NO_DELTA,
      cells: [
        [1, 1, 100],
        [2, 2, 200],
      ],
    },
    { tag: "edits", edits },
  );
  await under.clock.advance(10_000);
  await under.poll(
    table(
      [
        ["A", 100, 1],
        ["C", 3, 3],
        ["D", 4, 4],
      ],
      COLUMNS,
    ),
  );
  await under.clock.advance(10_000);
});
afterEach(() => under.end());

const iso = (ms: number): string => new Date(ms).toISOString();
const get = async <T>(path: string): Promise<T> => (await stage.call("GET", TAB + path)).json() as Promise<T>;

const ADMIN = { subject: "admin", scopes: [{ action: "admin" as const }] };

async function as(scopes: readonly Scope[], method: string, path: string, body?: object) {
  const made = await stage.tokenStore.create({ name: "t", scopes, user: null, expiresAt: null }, ADMIN);
  if (!made.ok) throw new Error("no token");
  return stage.call(method, path, body, { Authorization: `Bearer ${made.value.token}` });
}

/** What the source makes of a restore's edits. */
async function carryOut(arrivals: readonly Arrival[]): Promise<void> {
  for (const { wish } of arrivals) {
    if (typeof wish === "string") throw new Error(wish);
    const { order, nextRow } = (await under.open()).baseline();
    const next = [...order];
    let delta: Partial<Delta> = {};
    if (wish.tag === "cell") delta = { cells: [[wish.row, wish.slot, wish.value]] };
    else if (wish.tag === "remove") {
      delta = { removed: [wish.row] };
      next.splice(next.indexOf(wish.row), 1);
    } else {
      const values = COLUMNS.map((_, slot) => wish.values[slot] ?? null);
      delta = { added: [[nextRow, values]] };
      next.splice(wish.after == null ? 0 : next.indexOf(wish.after) + 1, 0, nextRow);
    }
    const origin = Int32Array.from(next, (row) => order.indexOf(row));
    await under.apply({ ...NO_DELTA, ...delta, order: spliceOrder(order.length, next, origin) });
  }
}

describe("the history over REST", () => {
  test("HIS-20 tells entries newest first, by page, or all as NDJSON, with keys of columns and whose they were", async () => {
    const all = await get<HistoryAnswer>("/history");
    const cell = all.entries.find(({ kind }) => kind === "cell");
    expect(cell).toEqual({
      id: expect.any(String),
      at: iso(firstMs + 10_000),
      origin: "edit",
      by: "token:x",
      edit: "e2",
      madeAt: iso(firstMs + 9_000),
      cause: "request:1",
      kind: "cell",
      row: 2,
      slot: 2,
      column: "Stock",
      before: 2,
      after: 200,
    });
    expect(all.entries.at(-1)).toMatchObject({
      kind: "columns",
      origin: "sheet",
      notBefore: iso(firstMs - 2_000),
    });
    const paged = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const page: HistoryAnswer = await get(`/history?limit=2${next === "" ? "" : `&cursor=${next}`}`);
      paged.push(...page.entries);
      next = page.next;
    }
    expect(paged).toEqual([...all.entries]);
    const ndjson = await stage.call("GET", `${TAB}/history`, undefined, { Accept: "application/x-ndjson" });
    const lines = (await ndjson.text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([...all.entries]);
    const gone = await get<HistoryAnswer>("/history?row=2");
    expect(gone.entries.map(({ kind }) => kind)).toEqual(["removed", "cell", "added"]);
    expect((await get<HistoryAnswer>("/history?column=Price")).entries.length).toBe(1);
    expect((await get<HistoryAnswer>("/history?by=token:x")).entries.length).toBe(2);
    expect((await get<HistoryAnswer>(`/history?to=${iso(firstMs + 1)}`)).entries.length).toBe(5);
  });

  test("HIS-21 gives the rows as they were at a time, in the shape of the rows, filtered like them", async () => {
    const then = await get<Rows>(`/history/at?time=${iso(firstMs)}`);
    expect(then.rows).toEqual([
      { $row: 1, SKU: "A", Price: 1, Stock: 1 },
      { $row: 2, SKU: "B", Price: 2, Stock: 2 },
      { $row: 3, SKU: "C", Price: 3, Stock: 3 },
    ]);
    expect(then.revision).toBe(iso(firstMs));
    const some = await get<Rows>(`/history/at?time=${iso(firstMs + 10_000)}&where=Stock > 2&columns=Stock`);
    expect(some.rows as unknown[]).toEqual([
      { $row: 2, Stock: 200 },
      { $row: 3, Stock: 3 },
    ]);
    const now = await get<Rows>(`/history/at?time=${iso(under.clock.nowMs())}`);
    expect(now.rows).toEqual((await get<Rows>("/rows")).rows);
  });

  test("HIS-22 gives what differs between two times", async () => {
    await stage.clock.advance(60_000);
    const diff = await get<HistoryDiffAnswer>(`/history/diff?from=${iso(firstMs)}`);
    expect(diff).toMatchObject({
      added: [{ row: 4, values: ["D", 4, 4] }],
      removed: [{ row: 2, values: ["B", 2, 2] }],
      changed: [{ row: 1, slot: 1, column: "Price", before: 1, after: 100 }],
      reordered: false,
    });
    const none = await get<HistoryDiffAnswer>(`/history/diff?from=${iso(firstMs)}&to=${iso(firstMs + 1)}`);
    expect([none.added, none.removed, none.changed]).toEqual([[], [], []]);
  });

  test("HIS-23 a question that is not understood, or of a time before all, is refused and says what to give", async () => {
    for (const [path, field] of [
      ["/history?row=x", "row"],
      ["/history?column=Prise", "column"],
      ["/history?limit=0", "limit"],
      ["/history?cursor=1", "cursor"],
      ["/history?from=yesterday", "from"],
      ["/history?since=2030", "since"],
      ["/history/at", "time"],
      ["/history/at?time=x", "time"],
      [`/history/at?time=${iso(0)}&limit=x`, "limit"],
      ["/history/diff", "from"],
      [`/history/diff?from=${iso(5)}&to=${iso(4)}`, "from"],
    ] as const) {
      const answer = await stage.call("GET", TAB + path);
      const { status, errors } = await problemOf(answer);
      expect([path, status, errors?.[0]?.field]).toEqual([path, 400, field]);
    }
    expect((await stage.call("GET", "/datasources/shop/tabs/None/history")).status).toBe(404);
    expect((await stage.call("GET", "/datasources/none/tabs/Prices/history")).status).toBe(404);
  });
});

describe("restore", () => {
  const restore = async (body: object, headers = {}): Promise<RestoreAnswer> =>
    (await stage.call("POST", `${TAB}/restore`, body, headers)).json() as Promise<RestoreAnswer>;

  test("HIS-24 a preview tells the edits and makes none; a restore makes them on what stands there, via restore", async () => {
    const body = { cell: { row: 1, column: "Price" }, to: iso(firstMs) };
    const edits = [{ row: 1, column: "Price", from: 100, to: 1 }];
    expect(await restore({ ...body, preview: true })).toEqual({ edits, skipped: [] });
    expect(stage.desk.arrivals).toEqual([]);
    const done = await restore(body);
    expect(done.edits).toEqual(edits);
    expect(done.receipts).toMatchObject([{ key: "1:1", state: "received" }]);
    expect(stage.desk.arrivals).toMatchObject([
      {
        source: "shop",
        tab: "Prices",
        key: "1:1",
        wish: { tag: "cell", row: 1, slot: 1, value: 1, base: 100 },
        subject: "admin",
        via: "restore",
        cause: done.restore!,
      },
    ]);
  });

  test("HIS-25 a tab comes back as it was by edits: cells, rows that went as new ones, rows that came go", async () => {
    const done = await restore({ tab: true, to: iso(firstMs) });
    expect(done.edits).toEqual([
      { row: 1, column: "Price", from: 100, to: 1 },
      { add: { SKU: "B", Price: 2, Stock: 2 }, after: 1, was: 2 },
      { remove: 4 },
    ]);
    await carryOut(stage.desk.arrivals);
    const values = ({ rows }: Rows) => rows.map(({ $row: _, ...row }) => row);
    const then = await get<Rows>(`/history/at?time=${iso(firstMs)}`);
    expect(values(await get<Rows>("/rows"))).toEqual(values(then));
    expect((await restore({ tab: true, to: iso(firstMs), preview: true })).edits!.length).toBe(2);
  });

  test("HIS-26 a row comes back whole, one that came since goes, and what cannot be is told", async () => {
    expect((await restore({ row: 2, to: iso(firstMs), preview: true })).edits).toEqual([
      { add: { SKU: "B", Price: 2, Stock: 2 }, after: 1, was: 2 },
    ]);
    expect((await restore({ row: 4, to: iso(firstMs), preview: true })).edits).toEqual([{ remove: 4 }]);
    const never = await restore({ row: 99, to: iso(firstMs), preview: true });
    expect([never.edits, never.skipped!.length]).toEqual([[], 1]);
    const gone = await restore({ cell: { row: 2, column: "Stock" }, to: iso(firstMs), preview: true });
    expect([gone.edits, gone.skipped]).toMatchObject([[], [{ row: 2, column: "Stock" }]]);
  });

  test("HIS-27 a batch is taken back where nobody has changed it since", async () => {
    const plan = await restore({ batch: "request:1", preview: true });
    expect(plan.edits).toEqual([{ row: 1, column: "Price", from: 100, to: 1 }]);
    expect(plan.skipped).toMatchObject([{ row: 2 }]);
    await under.apply({ ...NO_DELTA, cells: [[1, 1, 101]] });
    const later = await restore({ batch: "request:1", preview: true });
    expect(later.edits).toEqual([]);
    expect(later.skipped).toContainEqual({ row: 1, column: "Price", why: "It was changed since." });
    expect((await stage.call("POST", `${TAB}/restore`, { batch: "none" })).status).toBe(400);
  });

  test("HIS-28 a restore that is asked for again under its key makes nothing twice", async () => {
    const body = { tab: true, to: iso(firstMs) };
    const first = await restore(body, { "Idempotency-Key": "k" });
    const again = await restore(body, { "Idempotency-Key": "k" });
    const { restore: name, receipts } = first;
    expect(again).toEqual({ restore: name!, receipts: receipts! });
    expect(stage.desk.arrivals.length).toBe(3);
    const other = await stage.call(
      "POST",
      `${TAB}/restore`,
      { ...body, tab: undefined, row: 2 },
      { "Idempotency-Key": "k" },
    );
    expect(other.status).toBe(422);
  });

  test("HIS-28 a restore that was claimed and not taken is made as it was planned, on what stood there then", async () => {
    const body = { cell: { row: 1, column: "Price" }, to: iso(firstMs) };
    stage.desk.refusal = "no space left on device";
    const path = `${TAB}/restore`;
    expect((await stage.call("POST", path, body, { "Idempotency-Key": "k" })).status).toBe(503);
    stage.desk.refusal = null;
    await under.apply({ ...NO_DELTA, cells: [[1, 1, 55]] });
    await restore(body, { "Idempotency-Key": "k" });
    expect(stage.desk.arrivals).toMatchObject([{ key: "1:1", wish: { value: 1, base: 100 } }]);
  });

  test("HIS-29 a body with mistakes is refused with the field and makes nothing", async () => {
    for (const [body, field] of [
      [{}, "body"],
      [{ tab: true }, "to"],
      [{ tab: true, row: 1, to: iso(0) }, "body"],
      [{ tab: true, to: "then" }, "to"],
      [{ batch: "x", to: iso(0) }, "to"],
      [{ cell: { row: 1, column: "Prise" }, to: iso(firstMs) }, "cell.column"],
      [{ row: "1", to: iso(firstMs) }, "row"],
      [{ rows: 1 }, "rows"],
    ] as const) {
      const { status, errors } = await problemOf(await stage.call("POST", `${TAB}/restore`, body));
      expect([body, status, errors?.[0]?.field]).toEqual([body, 400, field]);
    }
    expect(stage.desk.arrivals).toEqual([]);
  });

  test("HIS-30 the tab's history needs the right to read the tab; a restore to write it as well; a view's token has neither", async () => {
    const at = { source: "shop", tab: "Prices" };
    const body = { row: 2, to: iso(firstMs) };
    const status = async (scopes: readonly Scope[], method: string, path: string, sent?: object) =>
      (await as(scopes, method, TAB + path, sent)).status;
    for (const path of [
      "/history",
      `/history/at?time=${iso(firstMs)}`,
      `/history/diff?from=${iso(firstMs)}`,
    ]) {
      expect([path, await status([{ action: "read", ...at }], "GET", path)]).toEqual([path, 200]);
      expect([path, await status([{ action: "read", ...at, view: "v" }], "GET", path)]).toEqual([path, 403]);
      expect([path, await status([{ action: "write", ...at }], "GET", path)]).toEqual([path, 403]);
    }
    expect(await status([{ action: "read", ...at }], "POST", "/restore", body)).toBe(403);
    expect(await status([{ action: "write", ...at }], "POST", "/restore", { ...body, preview: true })).toBe(
      403,
    );
    expect(await status([{ action: "write", ...at }], "POST", "/restore", body)).toBe(403);
    expect(stage.desk.arrivals).toEqual([]);
    const both: readonly Scope[] = [
      { action: "write", ...at },
      { action: "read", ...at },
    ];
    expect(await status(both, "POST", "/restore", body)).toBe(202);
  });
});
