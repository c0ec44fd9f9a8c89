import { beforeEach, describe, expect, test } from "bun:test";
import type { ConflictAnswer, DeadLetterAnswer, EditsAnswer } from "#contract/edits-rest.ts";
import type { Column } from "#contract/layout.ts";
import type { Scope } from "../../src/access/grant.ts";
import { checkEdit } from "../../src/model/edit-check.ts";
import { createFakeBooks } from "../support/fake-desk.ts";
import { createStage, problemOf, type Stage, shop } from "./stage.ts";

const COLUMNS: readonly Column[] = [
  { slot: 0, header: "SKU", key: "SKU", type: "text" },
  { slot: 3, header: "Price", key: "Price", type: "number" },
];
const PATH = "/datasources/shop/tabs/Prices/edits";
const one = { edits: [{ row: 1, column: "Price", value: 7, base: 5 }] };

let stage: Stage;
const books = { conflicts: [] as ConflictAnswer[], letters: [] as DeadLetterAnswer[] };

beforeEach(async () => {
  books.conflicts = [conflict("c1", "shop"), conflict("c2", "club"), conflict("c3", "shop")];
  books.letters = [letter("d1", "shop"), letter("d2", "club")];
  stage = createStage({ books: createFakeBooks(books.conflicts, books.letters) });
  await stage.call("POST", "/datasources/register", shop);
  await stage.documents.create({ source: "shop", tab: "Prices", title: "Prices" });
  const held = stage.documents.held.get("shop/Prices")!;
  held.baseline = { ...held.baseline, columns: COLUMNS };
});

function conflict(id: string, source: string): ConflictAnswer {
  const at = "2030-01-01T00:00:00.000Z";
  const sides = { base: 1, mine: 2, theirs: 3 };
  return {
    ...sides,
    id,
    source,
    tab: "Prices",
    row: 1,
    slot: 3,
    by: "token:x",
    at,
    seenAt: at,
    reason: "changed",
    kept: "nobody",
    state: "open",
  };
}

function letter(id: string, source: string): DeadLetterAnswer {
  const at = "2030-01-01T00:00:00.000Z";
  return {
    id,
    source,
    tab: "Prices",
    key: "1:3",
    mine: 2,
    by: "token:x",
    at,
    parkedAt: at,
    tries: 5,
    why: "?",
  };
}

async function bearer(scopes: readonly Scope[]): Promise<Record<string, string>> {
  const by = { subject: "admin", scopes: [{ action: "admin" as const }] };
  const made = await stage.tokenStore.create({ name: "t", scopes, user: null, expiresAt: null }, by);
  if (!made.ok) throw new Error(made.error.tag);
  return { Authorization: `Bearer ${made.value.token}` };
}

const receipts = async (response: Response): Promise<EditsAnswer["receipts"]> =>
  ((await response.json()) as EditsAnswer).receipts;

describe("edits over REST", () => {
  test("REG-110 edits become wishes of the bearer by the columns' keys, each with a receipt", async () => {
    const body = {
      edits: [...one.edits, { add: { SKU: "B-2", Price: null }, after: 1 }, { remove: 4 }],
    };
    const answer = await stage.call("POST", PATH, body);
    expect(answer.status).toBe(202);
    const [cell, added, removed] = stage.desk.arrivals;
    expect(cell).toMatchObject({
      source: "shop",
      tab: "Prices",
      key: "1:3",
      wish: { tag: "cell", row: 1, slot: 3, value: 7, base: 5 },
      subject: "admin",
      via: "rest",
    });
    expect(added).toMatchObject({ wish: { tag: "add", values: { 0: "B-2", 3: null }, after: 1 } });
    expect(added!.key).toBe(`+${(added!.wish as { name: string }).name}`);
    expect(removed).toMatchObject({ key: "-4", wish: { tag: "remove", row: 4 } });
    expect((await receipts(answer)).map(({ id }) => id)).toEqual(stage.desk.arrivals.map(({ id }) => id));
  });

  test("REG-118 ISO dates and times become what their column holds; what is none of it is left to be refused", async () => {
    const held = stage.documents.held.get("shop/Prices")!;
    const types = ["date", "datetime", "time", "text"] as const;
    const columns = types.map((type, slot) => ({ slot, header: type, key: type, type }));
    held.baseline = { ...held.baseline, columns };
    const given = async (column: string, value: string): Promise<unknown> => {
      await stage.call("POST", PATH, { edits: [{ row: 1, column, value, base: value }] });
      const wish = stage.desk.arrivals.at(-1)!.wish as { value: unknown; base: unknown };
      expect(wish.base).toEqual(wish.value);
      return wish.value;
    };
    const taken: readonly (readonly [column: string, value: string, days: number])[] = [
      ["date", "2026-05-01", 46_143],
      ["date", "1899-12-31", 1],
      ["datetime", "2026-05-01T12:00", 46_143.5],
      ["datetime", "2026-05-01 18:00:00", 46_143.75],
      ["datetime", "2026-05-01", 46_143],
      ["time", "06:00", 0.25],
    ];
    for (const [column, value, days] of taken) expect(await given(column, value)).toBe(days);
    const left: readonly (readonly [column: string, value: string])[] = [
      ["date", "2026-02-30"],
      ["date", "01/05/2026"],
      ["date", "06:00"],
      ["datetime", "2026-05-01T12:00Z"],
      ["datetime", "2026-05-01T12:00+02:00"],
      ["time", "2026-05-01"],
      ["text", "2026-05-01"],
    ];
    for (const [column, value] of left) expect(await given(column, value)).toBe(value);
    await stage.call("POST", PATH, { edits: [{ add: { date: "2026-05-01", text: "2026-05-01" } }] });
    expect(stage.desk.arrivals.at(-1)!.wish).toMatchObject({ values: { 0: 46_143, 3: "2026-05-01" } });
  });

  test("REG-118 a text that is no date is refused with a date that would be taken", () => {
    const column = { slot: 0, header: "Due", key: "Due", type: "date" } as const;
    const held = stage.documents.held.get("shop/Prices")!;
    const baseline = { ...held.baseline, columns: [column], nextSlot: 1, nextRow: 2 };
    const tab = { name: "Prices", title: "Prices", baseline, isProvisional: () => false };
    const wish = { tag: "cell", row: 1, slot: 0, value: "soon" } as const;
    expect(checkEdit(wish, tab, { writable: true })!.why).toMatch(
      /^Column "Due" holds dates, and "soon" is a text: give one such as 2026-05-01 /,
    );
  });

  test("REG-111 every mistake of a body is named, and then nothing is taken", async () => {
    const mistakes: readonly (readonly [body: unknown, field: string, fix: RegExp])[] = [
      [{}, "edits", /./],
      [{ edits: [] }, "edits", /1 to 1000/],
      [{ edits: [{ row: 1, column: "Prise", value: 1 }] }, "edits[0].column", /did you mean "Price"/],
      [{ edits: [{ add: { Stock: 1 } }] }, "edits[0].add.Stock", /use one of: SKU, Price/],
      [{ edits: [{ remove: 0 }] }, "edits[0].remove", /./],
      [{ edits: [{ row: 1, column: "Price", value: [1] }] }, "edits[0].value", /./],
      [{ edits: [{ row: 1, column: "Price", formula: "A1" }] }, "edits[0].formula", /begin it with "="/],
      [{ edits: [...one.edits, ...one.edits] }, "edits[1]", /leave one of them out/],
    ];
    for (const [body, field, fix] of mistakes) {
      const answer = await stage.call("POST", PATH, body);
      expect(answer.status).toBe(400);
      const { errors = [] } = await problemOf(answer);
      expect(errors.map((error) => error.field)).toContain(field);
      expect(errors.find((error) => error.field === field)!.fix).toMatch(fix);
    }
    expect(stage.desk.arrivals).toEqual([]);
  });

  test("REG-112 a request that comes again under its key is taken once; the key on another one is refused", async () => {
    const key = { "Idempotency-Key": "k-1" };
    const first = await stage.call("POST", PATH, one, key);
    const again = await stage.call("POST", PATH, one, key);
    expect(await receipts(again)).toEqual(await receipts(first));
    expect(stage.desk.arrivals).toHaveLength(1);
    const other = await stage.call("POST", PATH, { edits: [{ remove: 1 }] }, key);
    expect([other.status, (await problemOf(other)).type]).toEqual([422, "urn:sheetwire:problem:key-reused"]);
    await stage.call("POST", PATH, one);
    await stage.call("POST", PATH, one);
    expect(stage.desk.arrivals).toHaveLength(3);
  });

  test("REG-113 with ?wait= the answer comes when all is decided: 200; a receipt is asked for by its id", async () => {
    const [made] = await receipts(await stage.call("POST", PATH, one));
    expect((await stage.call("GET", `${PATH}/${made!.id}?wait=5`)).status).toBe(200);
    expect(stage.desk.waits).toEqual([5_000]);
    stage.desk.receipts.set(made!.id, { ...made!, state: "confirmed", value: 7 });
    expect(await (await stage.call("GET", `${PATH}/${made!.id}`)).json()).toMatchObject({
      state: "confirmed",
    });
    const key = { "Idempotency-Key": "k" };
    const [mine] = await receipts(await stage.call("POST", PATH, one, key));
    stage.desk.receipts.set(mine!.id, { ...mine!, state: "refused", why: "It is read only." });
    expect((await stage.call("POST", `${PATH}?wait=9`, one, key)).status).toBe(200);
    expect((await stage.call("POST", `${PATH}?wait=31`, one)).status).toBe(400);
    const unknown = await stage.call("GET", `${PATH}/none`);
    expect([unknown.status, (await problemOf(unknown)).type]).toEqual([
      404,
      "urn:sheetwire:problem:unknown-edit",
    ]);
  });

  test("REG-121 a request that comes again is answered by the first's edits, whatever the columns are by now", async () => {
    const key = { "Idempotency-Key": "k-columns" };
    const first = await receipts(await stage.call("POST", PATH, one, key));
    const held = stage.documents.held.get("shop/Prices")!;
    const [sku, price] = COLUMNS as [Column, Column];
    for (const columns of [[sku], [sku, { ...price, slot: 4 }]]) {
      held.baseline = { ...held.baseline, columns };
      const again = await stage.call("POST", PATH, one, key);
      expect([again.status, await receipts(again)]).toEqual([202, first]);
    }
    expect(stage.desk.arrivals).toHaveLength(1);
  });

  test("REG-121 a request that was claimed and not taken is taken as it was meant the first time", async () => {
    const key = { "Idempotency-Key": "k-refused" };
    stage.desk.refusal = "no space left on device";
    expect((await stage.call("POST", PATH, one, key)).status).toBe(503);
    stage.desk.refusal = null;
    const held = stage.documents.held.get("shop/Prices")!;
    held.baseline = { ...held.baseline, columns: [{ ...COLUMNS[1]!, slot: 9 }] };
    const again = await receipts(await stage.call("POST", PATH, one, key));
    expect(stage.desk.arrivals).toMatchObject([{ id: again[0]!.id, key: "1:3", wish: { slot: 3 } }]);
  });

  test("REG-119 a receipt is told in its own tab, to its author and to who administers the tab", async () => {
    await stage.documents.create({ source: "shop", tab: "Stock", title: "Stock" });
    const [author, other, stock, admin] = await Promise.all([
      bearer([{ action: "write", source: "shop" }]),
      bearer([{ action: "write", source: "shop" }]),
      bearer([{ action: "write", source: "shop", tab: "Stock" }]),
      bearer([{ action: "admin", source: "shop", tab: "Prices" }]),
    ]);
    const [made] = await receipts(await stage.call("POST", PATH, one, author));
    const status = async (tab: string, who: Record<string, string>) =>
      (await stage.call("GET", `/datasources/shop/tabs/${tab}/edits/${made!.id}?wait=1`, undefined, who))
        .status;
    expect(await status("Prices", author)).toBe(200);
    expect(await status("Prices", admin)).toBe(200);
    expect(await status("Prices", other)).toBe(404);
    expect(await status("Stock", author)).toBe(404);
    expect(await status("Stock", stock)).toBe(404);
  });

  test("REG-120 who may write without reading learns no value of receipts, conflicts and dead letters but its own", async () => {
    const scope = { source: "shop", tab: "Prices" } as const;
    const blind = await bearer([{ action: "write", ...scope }]);
    const sighted = await bearer([
      { action: "write", ...scope },
      { action: "read", ...scope },
    ]);
    const values = (body: object): object =>
      Object.fromEntries(
        Object.entries(body).filter(([name]) => ["value", "theirs", "base", "mine"].includes(name)),
      );
    for (const [who, told] of [
      [blind, {}],
      [sighted, { value: 7, theirs: 5 }],
    ] as const) {
      const key = { ...who, "Idempotency-Key": "k" };
      const [made] = await receipts(await stage.call("POST", PATH, one, key));
      stage.desk.receipts.set(made!.id, { ...made!, state: "conflict", value: 7, theirs: 5 });
      const [again] = await receipts(await stage.call("POST", PATH, one, key));
      expect(values(again!)).toEqual(told);
      expect(values(await (await stage.call("GET", `${PATH}/${made!.id}`, undefined, who)).json())).toEqual(
        told,
      );
    }
    const resolution = { choice: "value" as const, value: 9, by: "token:y", at: "2030-01-01T00:00:00.000Z" };
    books.conflicts[0] = { ...books.conflicts[0]!, state: "resolved", resolution };
    for (const [who, told, letter] of [
      [blind, {}, {}],
      [sighted, { base: 1, mine: 2, theirs: 3 }, { mine: 2 }],
    ] as const) {
      const get = async (path: string) => (await stage.call("GET", `/api/v1/${path}`, undefined, who)).json();
      const one = await get("conflicts/c1");
      expect([values(one), values(one.resolution)]).toEqual([told, who === blind ? {} : { value: 9 }]);
      expect(values((await get("conflicts")).conflicts[0])).toEqual(told);
      expect(values(await get("deadletters/d1"))).toEqual(letter);
      expect(values((await get("deadletters")).deadLetters[0])).toEqual(letter);
    }
    const resolve = await stage.call("POST", "/api/v1/conflicts/c3/resolve", { choice: "theirs" }, blind);
    expect([resolve.status, values(await resolve.json())]).toEqual([200, {}]);
  });

  test("REG-120 its own wish is told to who may not read", async () => {
    const blind = await bearer([{ action: "write", source: "shop", tab: "Prices" }]);
    await stage.call("POST", PATH, one, blind);
    const by = stage.desk.arrivals[0]!.subject;
    books.conflicts[0] = { ...books.conflicts[0]!, by };
    books.letters[0] = { ...books.letters[0]!, by };
    const get = async (path: string) => (await stage.call("GET", `/api/v1/${path}`, undefined, blind)).json();
    const found = await get("conflicts/c1");
    expect([found.mine, "theirs" in found, "base" in found]).toEqual([2, false, false]);
    expect((await get("deadletters/d1")).mine).toBe(2);
  });

  test("REG-114 where the storage refuses, the answer says that nothing was taken", async () => {
    stage.desk.refusal = "no space left on device";
    const answer = await stage.call("POST", PATH, one);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  });

  test("REG-115 conflicts and dead letters are for those who may write their tab, by pages", async () => {
    const mine = await bearer([{ action: "write", source: "shop", tab: "Prices" }]);
    const ids = async (path: string, who = {}) => {
      const body = await (await stage.call("GET", path, undefined, who)).json();
      return [(body.conflicts ?? body.deadLetters).map(({ id }: { id: string }) => id), body.next];
    };
    expect(await ids("/api/v1/conflicts")).toEqual([["c1", "c2", "c3"], undefined]);
    expect(await ids("/api/v1/conflicts?limit=2")).toEqual([["c1", "c2"], "2"]);
    expect(await ids("/api/v1/conflicts?limit=2", mine)).toEqual([["c1", "c3"], undefined]);
    expect(await ids("/api/v1/deadletters", mine)).toEqual([["d1"], undefined]);
    for (const path of ["/api/v1/conflicts/c2", "/api/v1/deadletters/d2"]) {
      expect((await stage.call("GET", path, undefined, mine)).status).toBe(404);
      expect((await stage.call("GET", path)).status).toBe(200);
    }
    const refused = await stage.call("POST", "/api/v1/conflicts/c2/resolve", { choice: "mine" }, mine);
    expect(refused.status).toBe(404);
    expect((await stage.call("GET", "/api/v1/conflicts?state=done&limit=0")).status).toBe(400);
  });

  test("REG-116 a conflict is resolved once, by the bearer, with one of three choices", async () => {
    const path = "/api/v1/conflicts/c1/resolve";
    for (const body of [{}, { choice: "none" }, { choice: "value" }, { choice: "mine", value: 3 }]) {
      expect([body, (await stage.call("POST", path, body)).status]).toEqual([body, 400]);
    }
    const answer = await stage.call("POST", path, { choice: "value", value: 9 });
    expect(await answer.json()).toMatchObject({
      state: "resolved",
      resolution: { choice: "value", value: 9, by: "admin" },
    });
    const again = await stage.call("POST", path, { choice: "mine" });
    expect([again.status, (await problemOf(again)).type]).toEqual([
      409,
      "urn:sheetwire:problem:already-resolved",
    ]);
  });

  test("REG-117 a dead letter is tried again or given up", async () => {
    const again = await stage.call("POST", "/api/v1/deadletters/d1/requeue");
    expect([again.status, (await again.json()).state]).toEqual([202, "received"]);
    expect((await stage.call("DELETE", "/api/v1/deadletters/d1")).status).toBe(204);
    expect((await stage.call("GET", "/api/v1/deadletters/d1")).status).toBe(404);
  });
});
