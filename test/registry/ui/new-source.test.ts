import { describe, expect, test } from "bun:test";
import { otherProblems, problemsOf } from "../../../src/registry/ui/parts/form-problems.ts";
import { changedSource, updateBody } from "../../../src/registry/ui/sources/changed-source.ts";
import {
  EMPTY_SOURCE,
  registerBody,
  serviceAccountAddress,
  settingsBody,
} from "../../../src/registry/ui/sources/new-source.ts";
import { parseColumns } from "../../../src/registry/ui/sources/parse-columns.ts";
import {
  DEFAULT_OPTIONS,
  optionsBody,
  shownOptions,
} from "../../../src/registry/ui/sources/workbook-options.ts";
import { fixtureSource } from "../../support/live-page-server.ts";

const KEY = { client_email: "bot@p.iam.gserviceaccount.com", private_key: "pem" };
const form = { ...EMPTY_SOURCE, name: " Prices ", url: " https://h/x ", secret: JSON.stringify(KEY) };

describe("a new source", () => {
  test("WEB-3 a pasted key file becomes a service account, seconds become milliseconds", () => {
    expect(registerBody({ ...form, interval: "2.5" })).toEqual({
      ok: true,
      value: {
        name: "Prices",
        type: "googleSheet",
        url: "https://h/x",
        credentials: { type: "serviceAccount", key: KEY },
        pollingInterval: 2500,
      },
    });
  });

  test("WEB-3 an API key or this machine's account are taken as well", () => {
    const credentials = (part: Partial<typeof form>): unknown => {
      const body = registerBody({ ...form, ...part });
      return body.ok && body.value.credentials;
    };
    expect(credentials({ access: "apiKey", secret: " k " })).toEqual({ type: "apiKey", key: "k" });
    expect(credentials({ access: "ambient" })).toEqual({ type: "ambient" });
  });

  test.each([
    ["", "is empty"],
    ["{", "is not JSON"],
    ["[1]", "is not JSON"],
  ])("WEB-3 a key file of %p is told before anything is sent", (secret, problem) => {
    const body = registerBody({ ...form, secret });
    expect(body).toMatchObject({ ok: false, error: [{ field: "credentials", problem }] });
  });

  test("WEB-3 a problem is shown at its field, one of no field elsewhere", () => {
    const url = { field: "url", problem: "is not a link", fix: "give one" };
    const key = { field: "credentials.key.private_key", problem: "is missing", fix: "paste it" };
    const type = { field: "type", problem: "is odd", fix: "change it" };
    const all = [url, key, type];
    expect(problemsOf(all, "url")).toEqual([url]);
    expect(problemsOf(all, "credentials")).toEqual([{ ...key, problem: "private_key is missing" }]);
    const sentence = { field: "credentials.type", problem: "This daemon has none", fix: "give one" };
    expect(problemsOf([sentence], "credentials")).toEqual([sentence]);
    expect(otherProblems(all, ["url", "credentials"])).toEqual([type]);
  });

  test("WEB-15 key columns are read line by line, and a line that is none is told", () => {
    const body = (keyColumns: string) => registerBody({ ...form, access: "ambient", keyColumns });
    expect(body(" Prices = SKU \n\nStock=a = b")).toMatchObject({
      value: { keyColumns: { Prices: "SKU", Stock: "a = b" } },
    });
    expect(body("Prices")).toMatchObject({ error: [{ field: "keyColumns" }] });
    expect(body("")).not.toHaveProperty("value.keyColumns");
  });

  test.each([
    ["none", undefined],
    ["bearer", { type: "bearer", token: "s" }],
    ["basic", { type: "basic", username: "u", password: " s " }],
    ["apiKey", { type: "apiKey", key: "s", in: "query", name: "k" }],
  ] as const)("WEB-15 a feed's sign-in of %p makes its part of the request", (signIn, auth) => {
    const feed = { ...form, kind: "external", signIn, signInSecret: " s ", username: "u" } as const;
    const body = registerBody({ ...feed, keyIn: "query", keyName: "k" });
    expect(body.ok && body.value.auth).toEqual(auth);
    expect(body.ok && body.value.credentials).toBeUndefined();
  });

  test("WEB-15 a header line without a colon is told, and not repeated", () => {
    const body = registerBody({ ...form, kind: "external", headers: "s3cret" });
    expect(body).toMatchObject({ ok: false, error: [{ field: "headers" }] });
    expect(JSON.stringify(body)).not.toContain("s3cret");
  });

  test("WEB-15 a feed's tabs, columns, pages and OAuth 2 make their parts of the request", () => {
    const body = registerBody({
      ...form,
      kind: "external",
      feedTabs: [
        {
          title: " Items ",
          rowsPath: "$.items",
          keyField: "id",
          columns: "id\nprice.amount = Price : number",
        },
        { title: "Shops", rowsPath: "$.shops", keyField: "", columns: "" },
      ],
      pages: "cursor",
      nextPath: "$.next",
      pageParameter: "cursor",
      pagesMax: "9",
      signIn: "oauth2",
      signInSecret: " s ",
      tokenUrl: "https://h/token",
      clientId: "c",
    });
    expect(body).toMatchObject({
      value: {
        tabs: [
          {
            title: "Items",
            rowsPath: "$.items",
            keyField: "id",
            columns: [{ path: "id" }, { path: "price.amount", name: "Price", type: "number" }],
          },
          { title: "Shops", rowsPath: "$.shops" },
        ],
        pagination: { type: "cursor", path: "$.next", parameter: "cursor", pagesMax: 9 },
        auth: { type: "oauth2", tokenUrl: "https://h/token", clientId: "c", clientSecret: "s" },
      },
    });
    expect(body).not.toHaveProperty("value.rowsPath");
  });

  test("WEB-15 only a last part that is a type counts as one, and a line without a path is told", () => {
    const columns = (text: string) => parseColumns(text, "columns");
    expect(columns("@xml:lang\n$['a = b'] = B : text")).toEqual({
      ok: true,
      value: [{ path: "@xml:lang" }, { path: "$['a = b']", name: "B", type: "text" }],
    });
    expect(columns(" = B : text")).toMatchObject({ ok: false, error: { field: "columns" } });
  });

  test("WEB-17 of an edited source only what differs is sent, and what was emptied is removed", () => {
    const before = changedSource({
      ...fixtureSource({ id: "s", name: "Shop", description: "d" }),
      keyColumns: { Prices: "SKU" },
      tabsWanted: ["Prices", "Stock!B3:F"],
    });
    expect(updateBody(before, before)).toEqual({ ok: true, value: {} });
    const after = {
      ...before,
      description: "",
      tabsWanted: "Prices",
      keyColumns: "",
      writable: "yes",
    } as const;
    expect(updateBody(before, after)).toEqual({
      ok: true,
      value: {
        description: null,
        tabs: ["Prices"],
        keyColumns: null,
        writable: true,
        conflictPolicy: "sheet",
      },
    });
  });

  test("WEB-47 how a source signs in is replaced only where it was asked for, headers one by one", () => {
    const before = changedSource({
      ...fixtureSource({ id: "f", name: "Feed", type: "external", url: "https://h/feed" }),
      auth: { type: "bearer", hint: "abcd" },
      headerHints: { "X-Team": "shop", "X-Old": "gone" },
    });
    expect(updateBody(before, { ...before, signInSecret: "not asked for" })).toEqual({ ok: true, value: {} });
    const after = {
      ...before,
      newSignIn: "yes",
      signInSecret: "new",
      headers: "X-Team: till\nX-Old:",
    } as const;
    expect(updateBody(before, after)).toEqual({
      ok: true,
      value: { auth: { type: "bearer", token: "new" }, headers: { "X-Team": "till", "X-Old": null } },
    });
    expect(updateBody(before, { ...before, newSignIn: "yes", signIn: "none" })).toEqual({
      ok: true,
      value: { auth: null },
    });
    const workbook = changedSource(fixtureSource({ id: "s", name: "Shop" }));
    const keyed = { ...workbook, newSignIn: "yes", access: "apiKey", secret: " key " } as const;
    expect(updateBody(workbook, keyed)).toEqual({
      ok: true,
      value: { credentials: { type: "apiKey", key: "key" } },
    });
  });

  test("WEB-47 a feed's form shows all that it takes, so that nothing is sent unless it was changed", () => {
    const source = {
      ...fixtureSource({ id: "f", name: "Feed", type: "external", url: "https://h/feed" }),
      format: "json",
      tabsWanted: [
        {
          title: "Items",
          rowsPath: "$.items",
          keyField: "id",
          columns: [{ path: "price.amount", name: "Price", type: "number" }, { path: "id" }],
        },
      ],
      pagination: { type: "page", parameter: "p", first: 0, pagesMax: 4 },
      emptyPolicy: "accept",
      bytesMax: 1_000,
      events: "https://h/events",
      writable: true,
    } as const;
    const before = changedSource(source);
    expect(updateBody(before, before)).toEqual({ ok: true, value: {} });
    expect(settingsBody(before)).toMatchObject({
      ok: true,
      value: {
        tabs: source.tabsWanted,
        pagination: source.pagination,
        emptyPolicy: "accept",
        bytesMax: 1_000,
        events: source.events,
      },
    });
    const after = { ...before, pages: "none", bytesMax: "", feedWrites: "document" } as const;
    expect(updateBody(before, after)).toEqual({
      ok: true,
      value: { pagination: null, bytesMax: null, write: { type: "document" } },
    });
    expect(updateBody(before, { ...before, feedWrites: "no" })).toEqual({
      ok: true,
      value: { writable: null },
    });
  });

  test("WEB-48 header rows, hidden parts, formulas and rules of columns come back as they were given", () => {
    const settings = {
      headerRow: { Prices: 3, Notes: "none" },
      hidden: { tabs: true, rows: false },
      formulas: true,
      writes: {
        protectedCells: true,
        newRows: "top",
        columns: {
          Prices: { Cost: { direction: "read-only" }, Price: { conflictPolicy: "ask" } },
        },
      },
    } as const;
    const shown = shownOptions({ ...fixtureSource({ id: "s", name: "Shop" }), ...settings });
    expect(optionsBody(shown, true)).toEqual({ ok: true, value: settings });
    expect(optionsBody({ ...DEFAULT_OPTIONS, columnRules: "A / x = y = new-rows, client" }, true)).toEqual({
      ok: true,
      value: { writes: { columns: { A: { "x = y": { direction: "new-rows", conflictPolicy: "client" } } } } },
    });
    expect(optionsBody(DEFAULT_OPTIONS, true)).toEqual({ ok: true, value: {} });
    // Nobody writes there: no rule for it is sent.
    expect(optionsBody({ ...DEFAULT_OPTIONS, newRows: "top" }, false)).toEqual({ ok: true, value: {} });
  });

  test("WEB-48 a row or a rule that is none is told at its field, with what to write instead", () => {
    const wrong = { ...DEFAULT_OPTIONS, headerRow: "third", columnRules: "Prices / Cost = never" };
    expect(optionsBody(wrong, true)).toMatchObject({
      ok: false,
      error: [{ field: "headerRow" }, { field: "writes" }],
    });
    const feed = { ...EMPTY_SOURCE, kind: "external", feedWrites: "rows", feedRequests: "PATCH" } as const;
    expect(registerBody(feed)).toMatchObject({ ok: false, error: [{ field: "write" }] });
    const requests = { cell: { method: "PATCH", url: "https://h/items/{key}" } };
    const good = { ...feed, feedRequests: JSON.stringify(requests) };
    expect(registerBody(good)).toMatchObject({
      ok: true,
      value: { writable: true, write: { type: "rows", ...requests } },
    });
  });

  test("WEB-3 the address to share the workbook with is read from the key file", () => {
    expect(serviceAccountAddress(form.secret)).toBe(KEY.client_email);
    expect(serviceAccountAddress("{")).toBeNull();
  });
});
