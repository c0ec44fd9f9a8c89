/** Exports over REST, through a whole daemon and an emulated Google. */
import { describe, expect, test } from "bun:test";
import type { CreateExportBody, ExportAnswer } from "#contract/exports.ts";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import { createDaemon } from "../../src/daemon.ts";
import { createDrivers } from "../../src/sources/drivers.ts";
import { createEmulated } from "../sources/google/emulated.ts";
import { ENDPOINT } from "../sources/google/test-source.ts";

const TOKEN = "the-admin-token-of-the-test";
const ROOT = "/api/v1/export/sheets";
const BODY: CreateExportBody = {
  template: "table",
  title: "Trees",
  key: "sku",
  account: "source:shop",
  data: [
    { sku: "a", price: 1 },
    { sku: "b", price: 2 },
  ],
};

async function setUp() {
  const stage = createEmulated({
    tabs: [
      {
        title: "Prices",
        rows: [
          ["sku", "price"],
          ["a", 1],
          ["b", 2],
        ],
      },
    ],
  });
  const store = createMemoryStore();
  const backend = createMemoryBackend({ store });
  const daemon = await createDaemon({
    runtime: stage.runtime,
    backend,
    drivers: createDrivers({ google: { endpoint: ENDPOINT } }),
    secrets: { adminToken: TOKEN, masterKey: new Uint8Array(32).fill(7) },
    publish: () => {},
    version: "test",
  });
  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const request = new Request(`http://daemon.test${path}`, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await daemon.handle(request, "127.0.0.1");
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? null : JSON.parse(text) };
  }
  const made = await daemon.registry.register({
    id: "shop",
    name: "Shop",
    type: "googleSheet",
    url: `${ENDPOINT}/spreadsheets/d/${stage.id}`,
    credentials: stage.credentials,
    keyColumns: { Prices: "sku" },
    pollingInterval: 1_000,
  });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  await stage.clock.advance(2_000);
  /** A bearer of a token of its own. */
  async function bearer(name: string, scopes: object[]): Promise<Record<string, string>> {
    return (await tokenOf({ name, scopes })).headers;
  }
  async function tokenOf(body: object) {
    const token = await call("POST", "/api/v1/tokens", body);
    const headers: Record<string, string> = { Authorization: `Bearer ${token.body.token}` };
    return { id: String(token.body.id), headers };
  }
  async function pass(): Promise<void> {
    for (let look = 0; look < 20; look++) await stage.clock.advance(2_000);
  }
  async function done(id: string): Promise<ExportAnswer> {
    for (let look = 0; look < 100; look++) {
      const { body } = await call("GET", `${ROOT}/${id}/status`);
      if (["done", "failed", "structure-changed", "cancelled"].includes(body.state)) return body;
      await stage.clock.advance(2_000);
    }
    throw new Error("it is not done");
  }
  const books = () => stage.emulator.workbookIds().filter((id) => id !== stage.id);
  return { ...stage, stage, backend, daemon, call, bearer, tokenOf, pass, done, books };
}

describe("exports over REST", () => {
  test("EXP-23 create answers 202 with an id, the status tells how far it is, update goes on", async () => {
    const { call, done, books, emulator } = await setUp();
    const created = await call("POST", `${ROOT}/create`, { ...BODY, conversation_id: "talk" });
    expect(created.status).toBe(202);
    expect(created.headers.get("location")).toBe(`${ROOT}/${created.body.id}/status`);
    expect(created.body).toMatchObject({ state: "queued", conversation_id: "talk", subject: "admin" });
    const first = await done(created.body.id);
    expect(first).toMatchObject({
      state: "done",
      link: expect.stringContaining(books()[0]!),
      last_sync: expect.any(String),
      lastUpdate: { type: "create", added: 2 },
    });
    const update = { update_type: "upsert", data: [{ sku: "b", price: 9 }] };
    expect((await call("POST", `${ROOT}/${first.id}/update`, update)).status).toBe(202);
    expect((await done(first.id)).lastUpdate).toMatchObject({ type: "upsert", changed: 1 });
    expect(emulator.person(books()[0]!).read("Table").slice(1)).toEqual([
      ["a", 1],
      ["b", 9],
    ]);
    expect((await call("GET", `${ROOT}?conversation_id=talk`)).body.length).toBe(1);
    expect((await call("GET", `${ROOT}?conversation_id=other`)).body).toEqual([]);
  });

  test("EXP-24 a request that comes again with its key makes nothing anew; the key fits no other request", async () => {
    const { call, done, books } = await setUp();
    const key = { "Idempotency-Key": "once" };
    const [one, two] = await Promise.all([1, 2].map(() => call("POST", `${ROOT}/create`, BODY, key)));
    expect([one!.status, two!.status, two!.body.id]).toEqual([202, 202, one!.body.id]);
    await done(one!.body.id);
    expect((await call("POST", `${ROOT}/create`, BODY, key)).body.id).toBe(one!.body.id);
    expect(books().length).toBe(1);
    const other = await call("POST", `${ROOT}/create`, { ...BODY, title: "Other" }, key);
    expect([other.status, other.body.type]).toEqual([422, "urn:sheetwire:problem:key-reused"]);
  });

  test("EXP-25 mistakes are told with row and field before anything is written", async () => {
    const { call, books } = await setUp();
    const wrong = await call("POST", `${ROOT}/create`, {
      template: "tabel",
      titel: "x",
      share: [{ role: "boss" }],
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      "data",
      "share[0].role",
      "titel",
      "title",
    ]);
    const unknown = await call("POST", `${ROOT}/create`, { ...BODY, template: "tabel" });
    expect([unknown.status, unknown.body.errors[0].field]).toEqual([400, "template"]);
    const data = await call("POST", `${ROOT}/create`, {
      ...BODY,
      template: "price_list",
      data: [{ sku: "a", price: "dear" }],
    });
    expect(data.status).toBe(422);
    expect(data.body.errors[0].field).toContain("row 1");
    const upsert = await call("POST", `${ROOT}/exp-none/update`, { update_type: "upsert", data: [] });
    expect([upsert.status, upsert.body.type]).toEqual([404, "urn:sheetwire:problem:unknown-export"]);
    expect(books()).toEqual([]);
  });

  test("EXP-26 an export is its subject's; others do not learn of it, an administrator sees all", async () => {
    const { call, bearer } = await setUp();
    const ann = await bearer("ann", [{ action: "write" }, { action: "admin", source: "shop" }]);
    const bob = await bearer("bob", [{ action: "write" }]);
    const reader = await bearer("reader", [{ action: "read" }]);
    const { body } = await call("POST", `${ROOT}/create`, BODY, ann);
    expect((await call("GET", ROOT, undefined, ann)).body.map(({ id }: { id: string }) => id)).toEqual([
      body.id,
    ]);
    expect((await call("GET", ROOT, undefined, bob)).body).toEqual([]);
    expect((await call("GET", ROOT)).body.length).toBe(1);
    const update = { update_type: "append", data: [] };
    for (const [method, path, sent] of [
      ["GET", "/status"],
      ["POST", "/update", update],
      ["POST", "/cancel"],
      ["POST", "/retry"],
      ["DELETE", ""],
    ] as const) {
      expect([path, (await call(method, `${ROOT}/${body.id}${path}`, sent, bob)).status]).toEqual([
        path,
        404,
      ]);
    }
    expect((await call("GET", ROOT, undefined, reader)).status).toBe(403);
    // Credentials of a source are for who administers it; data that are live for who may read them.
    expect((await call("POST", `${ROOT}/create`, BODY, bob)).status).toBe(403);
    const live = { ...BODY, data: { source: "shop", tab: "Prices" } };
    const writer = await bearer("writer", [{ action: "write", source: "other" }]);
    expect((await call("POST", `${ROOT}/create`, live, writer)).status).toBe(403);
  });

  test("EXP-27 the workbook is shared by role and address", async () => {
    const { call, done, books, emulator, net } = await setUp();
    const share = [
      { role: "writer", email: "ann@example.com" },
      { role: "reader", domain: "example.org" },
      { role: "commenter", type: "group", email: "team@example.com", notify: true },
      { role: "reader", type: "anyone" },
    ];
    const { body } = await call("POST", `${ROOT}/create`, { ...BODY, share });
    await done(body.id);
    const url = `${ENDPOINT}/v4/spreadsheets/${books()[0]}?fields=spreadsheetId`;
    const statusFor = (email: string) =>
      emulator.handle({
        method: "GET",
        url,
        headers: { authorization: `Bearer ${emulator.accounts.issueToken(email)}` },
        body: "",
      }).status;
    expect(["ann@example.com", "joe@example.org", "stranger@example.net"].map(statusFor)).toEqual([
      200, 200, 200,
    ]);
    const shares = net.requests.filter((request) => request.url.includes("/permissions"));
    expect(shares.map((request) => JSON.parse(String(request.body)))).toEqual([
      { type: "user", role: "writer", emailAddress: "ann@example.com" },
      { type: "domain", role: "reader", domain: "example.org" },
      { type: "group", role: "commenter", emailAddress: "team@example.com" },
      { type: "anyone", role: "reader" },
    ]);
    expect(shares.map((request) => new URL(request.url).searchParams.get("sendNotificationEmail"))).toEqual([
      "false",
      "false",
      "true",
      "false",
    ]);
  });

  test("EXP-28 deleting erases record and data; the workbook stays, or goes to the trash where asked", async () => {
    const { call, done, books, backend, clock } = await setUp();
    const ids: string[] = [];
    for (const title of ["One", "Two"]) {
      const { body } = await call("POST", `${ROOT}/create`, { ...BODY, title });
      ids.push((await done(body.id)).id);
    }
    expect((await call("DELETE", `${ROOT}/${ids[0]}`)).status).toBe(204);
    expect((await call("DELETE", `${ROOT}/${ids[1]}?file=trash`)).status).toBe(204);
    expect((await call("GET", `${ROOT}/${ids[0]}/status`)).status).toBe(404);
    await clock.settle();
    // What is in the trash is not counted.
    expect(books().length).toBe(1);
    expect((await backend.kv.list("export")).map(({ key }) => key)).toEqual([]);
    const audit = (await call("GET", "/api/v1/audit?action=export")).body;
    expect(JSON.stringify(audit)).toContain(`export/${ids[1]}`);
  });

  test("EXP-29 an export of a live tab follows it", async () => {
    const { call, done, books, emulator, person, clock } = await setUp();
    const { body } = await call("POST", `${ROOT}/create`, {
      ...BODY,
      data: { source: "shop", tab: "Prices" },
    });
    const first = await done(body.id);
    expect(first.live).toEqual({ source: "shop", tab: "Prices" });
    const copy = emulator.person(books()[0]!);
    copy.setCell("Table", "C1", "Ours");
    person.setCell("Prices", "B2", 77);
    person.setCells("Prices", "A4", [["c", 3]]);
    for (let look = 0; look < 20; look++) await clock.advance(2_000);
    expect(copy.read("Table")).toEqual([
      ["sku", "price", "Ours"],
      ["a", 77],
      ["b", 2],
      ["c", 3],
    ]);
    const later = await done(body.id);
    expect(Date.parse(later.last_sync!)).toBeGreaterThan(Date.parse(first.last_sync!));
  });

  test("EXP-34 a live export whose data do not fit any more says so until they do", async () => {
    const { call, done, books, emulator, person, clock } = await setUp();
    const data = { source: "shop", tab: "Prices" };
    const { body } = await call("POST", `${ROOT}/create`, { ...BODY, data, key: "sku" });
    await done(body.id);
    const copy = emulator.person(books()[0]!);
    const before = copy.read("Table");
    person.setCells("Prices", "A4", [["a", 3]]);
    for (let look = 0; look < 20; look++) await clock.advance(2_000);
    const told = await done(body.id);
    expect(told.state).toBe("done");
    expect(told.follow?.problem).toMatchObject({
      code: "data-misfit",
      message: expect.stringContaining("row 3"),
    });
    expect(copy.read("Table")).toEqual(before);
    person.setCell("Prices", "A4", "c");
    for (let look = 0; look < 20; look++) await clock.advance(2_000);
    const later = await done(body.id);
    expect(later.follow).toBeUndefined();
    expect(copy.read("Table").at(-1)).toEqual(["c", 3]);
  });

  test("EXP-37 an account is for who may write everywhere, a source's for who administers it", async () => {
    const { call, bearer, tokenOf, done } = await setUp();
    const ambient = { ...BODY, account: "ambient" };
    const at = { source: "shop", tab: "Prices" };
    for (const scopes of [
      [{ action: "write", source: "shop" }],
      [{ action: "write", ...at }],
      [{ action: "admin", source: "shop" }],
      [{ action: "read" }, { action: "write", ...at }],
    ]) {
      const narrow = await bearer("narrow", scopes);
      const refused = await call("POST", `${ROOT}/create`, ambient, narrow);
      expect([scopes, refused.status]).toEqual([scopes, 403]);
      expect(refused.body.detail).toContain('"write" on the daemon as a whole');
    }
    expect((await call("GET", ROOT)).body).toEqual([]);
    const wide = await bearer("wide", [{ action: "write" }]);
    // Not for want of a right: this daemon has no such account.
    expect((await call("POST", `${ROOT}/create`, ambient, wide)).status).toBe(400);
    const own = await tokenOf({ name: "own", scopes: [{ action: "admin", source: "shop" }] });
    const made = await call("POST", `${ROOT}/create`, BODY, own.headers);
    expect(made.status).toBe(202);
    await done(made.body.id);
    // Narrowed since: it is still seen, and nothing is written by it.
    await call("PUT", `/api/v1/tokens/${own.id}`, { scopes: [{ action: "write", source: "shop" }] });
    const path = `${ROOT}/${made.body.id}`;
    const update = { update_type: "append", data: [{ sku: "c", price: 3 }] };
    expect((await call("GET", `${path}/status`, undefined, own.headers)).status).toBe(200);
    expect((await call("POST", `${path}/update`, update, own.headers)).status).toBe(403);
    expect((await call("POST", `${path}/retry`, undefined, own.headers)).status).toBe(403);
    expect((await call("DELETE", `${path}?file=trash`, undefined, own.headers)).status).toBe(403);
    expect((await done(made.body.id)).lastUpdate).toMatchObject({ type: "create" });
  });

  test("EXP-38 the limits of exports name themselves and the cure", async () => {
    const { call, bearer } = await setUp();
    const scopes = [{ action: "admin", source: "shop" }];
    const ann = await bearer("ann", scopes);
    const mails = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        role: "reader",
        email: `p${at}@example.com`,
        notify: true,
      }));
    for (const share of [mails(50), mails(49)]) {
      expect((await call("POST", `${ROOT}/create`, { ...BODY, share }, ann)).status).toBe(202);
    }
    // Of the account, whoever asks, and whatever was deleted since.
    const [first] = (await call("GET", ROOT, undefined, ann)).body;
    await call("DELETE", `${ROOT}/${first.id}`, undefined, ann);
    const bob = await bearer("bob", scopes);
    const more = await call("POST", `${ROOT}/create`, { ...BODY, share: mails(2) }, bob);
    expect([more.status, more.body.type]).toEqual([429, "urn:sheetwire:problem:too-many-exports"]);
    expect(more.body.detail).toBe(
      '100 mails an hour go out for the account source:shop, and 1 are left: try again later, or leave "notify" out.',
    );
    expect((await call("POST", `${ROOT}/create`, { ...BODY, share: mails(1) }, bob)).status).toBe(202);
    const shares = await call("POST", `${ROOT}/create`, { ...BODY, share: mails(51) }, bob);
    expect([shares.status, shares.body.errors[0].field]).toEqual([400, "share"]);
  });

  for (const [how, { method, sent }] of [
    ["revoked", { method: "DELETE", sent: undefined }],
    ["narrowed", { method: "PUT", sent: { scopes: [{ action: "write" }] } }],
    ["expired", { method: "PUT", sent: { ttl: 1 } }],
  ] as const) {
    test(`EXP-39 a live export whose token is ${how} is not updated any more, and says why`, async () => {
      const { call, tokenOf, pass, done, books, emulator, person } = await setUp();
      const scopes = [
        { action: "read", source: "shop" },
        { action: "admin", source: "shop" },
      ];
      const alice = { name: "Alice", user: "alice", scopes };
      const { id, headers } = await tokenOf(alice);
      const data = { source: "shop", tab: "Prices" };
      const { body } = await call("POST", `${ROOT}/create`, { ...BODY, data }, headers);
      await done(body.id);
      const copy = emulator.person(books()[0]!);
      person.setCell("Prices", "B2", 5);
      await pass();
      expect(copy.read("Table", "B2")).toEqual([[5]]);
      expect((await call(method, `/api/v1/tokens/${id}`, sent)).status).toBeLessThan(300);
      person.setCell("Prices", "B2", 77);
      await pass();
      expect(copy.read("Table", "B2")).toEqual([[5]]);
      expect((await done(body.id)).follow?.problem).toMatchObject({ code: "no-right" });
      // An administrator's right is not lent; a token of hers that may read brings it back.
      expect((await call("POST", `${ROOT}/${body.id}/retry`)).status).toBe(409);
      const renewed = await tokenOf(alice);
      expect((await call("POST", `${ROOT}/${body.id}/retry`, undefined, renewed.headers)).status).toBe(200);
      await pass();
      expect(copy.read("Table", "B2")).toEqual([[77]]);
      expect((await done(body.id)).follow).toBeUndefined();
    });
  }

  test("EXP-40 what was cancelled, or never failed, is not tried again, and the answer says why", async () => {
    const { call, done, clock } = await setUp();
    const { body } = await call("POST", `${ROOT}/create`, BODY);
    expect((await call("POST", `${ROOT}/${body.id}/cancel`)).body.state).toBe("cancelled");
    const again = await call("POST", `${ROOT}/${body.id}/retry`);
    expect([again.status, again.body.type]).toEqual([409, "urn:sheetwire:problem:export-not-ready"]);
    expect(again.body.detail).toBe("The export was cancelled, and what waited is gone: make a new export.");
    await clock.advance(10_000);
    expect((await call("GET", `${ROOT}/${body.id}/status`)).body.state).toBe("cancelled");
    const other = await call("POST", `${ROOT}/create`, { ...BODY, title: "Other" });
    await done(other.body.id);
    const done2 = await call("POST", `${ROOT}/${other.body.id}/retry`);
    expect([done2.status, done2.body.detail]).toEqual([409, expect.stringContaining("nothing to try again")]);
  });
});
