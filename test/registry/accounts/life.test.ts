/** The life of a connected account: its sources, its tokens, its end at Google and here, and its return. */
import { describe, expect, test } from "bun:test";
import { ANN, createStage, SECRET } from "./stage.ts";

const HOUR = 3_600_000;

describe("an account and its sources", () => {
  test("GAC-12 a source is read with its account, and the account says which sources those are", async () => {
    const { connect, register, accounts, source, clock } = await createStage();
    const { id } = await connect();
    expect((await register("shop", id)).status).toBe(201);
    expect((await register("stock", id)).status).toBe(201);
    await clock.advance(10_000);
    expect(await source("shop")).toMatchObject({
      state: "live",
      tabs: [{ title: "Prices", rows: 1 }],
      credentials: { type: "account", hint: id },
    });
    expect((await accounts())[0]!.sources).toEqual(["shop", "stock"]);
  });

  test("GAC-14 an account that nobody connected, or that cannot write, is refused with field, problem and fix", async () => {
    const { connect, register, call } = await createStage();
    const { id } = await connect();
    for (const [account, settings, field, fix] of [
      ["google-0123456789abcdef", {}, "credentials.id", "GET /api/v1/accounts"],
      [ANN, {}, "credentials.id", "GET /api/v1/accounts"],
      [id, { writable: true }, "writable", '"scope": "spreadsheets"'],
    ] as const) {
      const refused = await register(`shop-${field.length}-${account.length}`, account, settings);
      const { errors } = await refused.json();
      expect([refused.status, errors.length, errors[0].field]).toEqual([400, 1, field]);
      expect(errors[0].fix).toContain(fix);
    }
    expect(await (await call("GET", "/datasources")).json()).toEqual([]);
    const writer = await connect("bob@example.com", { scope: "spreadsheets" });
    expect((await register("shop", writer.id, { writable: true })).status).toBe(201);
  });

  test("GAC-21 where the account sees only workbooks given to it, a missing one is told with that reason", async () => {
    const { connect, register, emulator, source, clock } = await createStage();
    const { id } = await connect(ANN, { scope: "drive.file" });
    await register("shop", id);
    emulator.removeWorkbook("workbook-of-shop");
    await clock.advance(20_000);
    const { state, error } = await source("shop");
    expect([state, error?.code]).toEqual(["failed", "not-found"]);
    expect(error?.fix).toContain("drive.file");
  });
});

describe("tokens", () => {
  test("GAC-15 one refresh serves all sources of an account, a minute before the token's end, whatever the wall clock says", async () => {
    const { connect, register, clock, asked, source, accounts } = await createStage();
    const { id } = await connect();
    for (const name of ["a", "b", "c", "d"]) await register(name, id, { pollingInterval: 20_000 });
    await clock.advance(HOUR - 120_000);
    expect(asked("/token")).toBe(1);
    clock.jumpWall(-5 * HOUR);
    await clock.advance(120_000);
    expect(asked("/token")).toBe(2);
    clock.jumpWall(10 * HOUR);
    await clock.advance(HOUR / 2);
    expect(asked("/token")).toBe(2);
    for (const name of ["a", "b", "c", "d"]) expect((await source(name)).state).toBe("live");
    expect((await accounts())[0]!.lastRefreshAt).toBeString();
  });

  test("GAC-15 a token that Google refuses early is replaced once for all sources, amid their polls", async () => {
    const { connect, register, clock, asked, source, emulator } = await createStage();
    const { id } = await connect();
    for (const name of ["a", "b", "c", "d"]) await register(name, id);
    await clock.advance(10_000);
    emulator.accounts.expireTokens(ANN);
    await clock.advance(10_000);
    expect(asked("/token")).toBe(2);
    for (const name of ["a", "b", "c", "d"]) expect((await source(name)).state).toBe("live");
  });

  test("GAC-16 a refresh token that Google replaces is kept, over a full disk and a restart", async () => {
    const { connect, register, clock, asked, source, emulator, store, restart } = await createStage();
    const { id } = await connect();
    await register("shop", id);
    emulator.consents.rotateRefreshTokens = true;
    await clock.advance(HOUR);
    await restart();
    await clock.advance(HOUR);
    store.refusal = "no space left";
    await clock.advance(HOUR + 60_000);
    store.refusal = null;
    await clock.advance(10_000);
    await restart();
    await clock.advance(10_000);
    expect((await source("shop")).state).toBe("live");
    expect(asked("/token")).toBeGreaterThanOrEqual(5);
  });

  test("GAC-19 trouble at Google's token endpoint ends no account", async () => {
    const { connect, register, clock, accounts, source, emulator } = await createStage();
    const { id } = await connect();
    await register("shop", id);
    await clock.advance(10_000);
    for (const answer of [
      { kind: "html" },
      { kind: "reset", applied: false },
      { kind: "garbage" },
      { kind: "answer", status: 401, body: { error: "invalid_client", error_description: "Unauthorized" } },
    ] as const) {
      const { id: fault } = emulator.placeFault({ match: { path: "/token" }, answer });
      emulator.accounts.expireTokens(ANN);
      await clock.advance(20_000);
      const state = answer.kind === "answer" ? "failed" : "failing";
      expect([answer.kind, (await source("shop")).state]).toEqual([answer.kind, state]);
      expect((await accounts())[0]!.state).toBe("connected");
      emulator.removeFault(fault);
      await clock.advance(6 * 60_000);
      expect((await source("shop")).state).toBe("live");
    }
  });

  test("GAC-13 no answer, page, log line or stored key shows a token, a code, a state, a verifier or the app's secret", async () => {
    const stage = await createStage();
    const { begin, consent, open, register, clock, emulator, requests, answers, logs, store } = stage;
    emulator.consents.rotateRefreshTokens = true;
    const back = consent(await begin());
    await open(back);
    const { id } = (await stage.accounts())[0]!;
    await register("shop", id);
    await clock.advance(HOUR);
    await stage.restart();
    emulator.accounts.revoke(ANN);
    await clock.advance(HOUR);
    await open(back);
    await stage.call("DELETE", `/api/v1/accounts/${id}?force=true`);

    const sent = requests.flatMap(({ body, headers }) => [
      ...new URLSearchParams(typeof body === "string" ? body : "").values(),
      headers.authorization?.slice("Bearer ".length) ?? "",
    ]);
    const secrets = new Set(
      sent.filter((text) => /^(1\/\/|ya29|4\/0A|GOCSPX)/.test(text) || text.length === 43),
    );
    secrets.add(new URL(back).searchParams.get("state")!);
    expect(secrets.has(SECRET)).toBe(true);
    expect(secrets.size).toBeGreaterThan(6);
    const seen = [...answers.slice(1), JSON.stringify(logs), JSON.stringify([...store.keys])].join("\n");
    expect([...secrets].filter((secret) => seen.includes(secret))).toEqual([]);
    expect(logs.map(({ message }) => message)).toContain("account ended");
  });

  test("GAC-13 the refresh token is sealed: with another master key the account is to be connected again", async () => {
    const { connect, restart, accounts } = await createStage();
    await connect();
    await restart({
      secrets: { adminToken: "the-admin-token-of-the-test", masterKey: new Uint8Array(32).fill(8) },
    });
    const [account] = await accounts();
    expect(account).toMatchObject({ state: "reconnect", error: { code: "reconnect-account" } });
    expect((await connect()).state).toBe("connected");
  });
});

describe("an account's end", () => {
  test("GAC-17 revoked at Google, the account is to be reconnected, its sources say so, and Google is left in peace", async () => {
    const { connect, register, clock, accounts, source, emulator, requests, restart } = await createStage();
    const { id } = await connect();
    await register("shop", id);
    await register("stock", id);
    await clock.advance(10_000);
    emulator.accounts.revoke(ANN);
    await clock.advance(10_000);
    for (const name of ["shop", "stock"]) {
      const { state, error, tabs } = await source(name);
      expect([state, error?.code, tabs.length]).toEqual(["failed", "reconnect-account", 1]);
      expect(error?.message).toStartWith("Reconnect this account");
      expect(error?.fix).toContain(`{"account": "${id}"} to POST /api/v1/accounts/google/connect`);
      expect(error?.fix).toContain(ANN);
    }
    expect((await accounts())[0]).toMatchObject({ state: "reconnect", error: { code: "reconnect-account" } });
    const before = requests.length;
    await restart();
    await clock.advance(HOUR);
    expect(requests.length).toBe(before);
    expect((await accounts())[0]!.state).toBe("reconnect");
  });

  test("GAC-18 once the same Google user has connected it again its sources heal by themselves within ten seconds", async () => {
    const { connect, register, clock, source, emulator } = await createStage();
    const { id } = await connect();
    await register("shop", id);
    await clock.advance(10_000);
    emulator.accounts.revoke(ANN);
    await clock.advance(60_000);
    const other = await connect("bob@example.com");
    await clock.advance(10_000);
    expect([other.id === id, (await source("shop")).state]).toEqual([false, "failed"]);
    emulator.person("workbook-of-shop").setCell("Prices", "A3", "b");
    expect((await connect(ANN, { account: id })).id).toBe(id);
    await clock.advance(10_000);
    expect(await source("shop")).toMatchObject({ state: "live", tabs: [{ rows: 2 }] });
  });

  test("GAC-18 another Google user does not take the place of the one who is asked for", async () => {
    const { connect, begin, consent, open, accounts } = await createStage();
    const { id } = await connect();
    const url = await begin({ account: id });
    expect(new URL(url).searchParams.get("login_hint")).toBe(ANN);
    const page = await open(consent(url, { emulator_user: "mallory@example.com" }));
    expect([page.status, await page.text()]).toEqual([400, expect.stringContaining("sign in as the same")]);
    expect((await accounts()).map(({ email }) => email)).toEqual([ANN]);
  });

  test("GAC-20 an account that sources are read with is disconnected only by force; it is revoked and erased", async () => {
    const { connect, register, call, accounts, source, clock, store, asked } = await createStage();
    const { id } = await connect();
    await register("shop", id);
    await clock.advance(10_000);
    const refused = await call("DELETE", `/api/v1/accounts/${id}`);
    expect(refused.status).toBe(409);
    expect((await refused.json()).errors).toMatchObject([{ field: "sources.shop" }]);
    expect(asked("/revoke")).toBe(0);
    const gone = await call("DELETE", `/api/v1/accounts/${id}?force=true`);
    expect(await gone.json()).toEqual({ id, revoked: true, sources: ["shop"] });
    expect(await accounts()).toEqual([]);
    expect([...store.keys.keys()].filter((key) => key.startsWith("account/"))).toEqual([]);
    await clock.advance(10_000);
    expect(await source("shop")).toMatchObject({ state: "failed", error: { code: "reconnect-account" } });
    expect((await call("DELETE", `/api/v1/accounts/${id}`)).status).toBe(404);
    expect((await connect(ANN, { account: id })).sources).toEqual(["shop"]);
    await clock.advance(10_000);
    expect((await source("shop")).state).toBe("live");
  });

  test("GAC-20 where Google cannot be told, the account is erased all the same and the person hears where to end it", async () => {
    const { connect, call, accounts, emulator } = await createStage();
    const { id } = await connect();
    emulator.placeFault({ match: { path: "/revoke" }, answer: { kind: "html" } });
    const gone = await (await call("DELETE", `/api/v1/accounts/${id}`)).json();
    expect(gone).toMatchObject({ id, revoked: false, fix: expect.stringContaining("myaccount.google.com") });
    expect(await accounts()).toEqual([]);
    expect((await call("POST", "/api/v1/accounts/google/connect", { account: id })).status).toBe(404);
  });
});
