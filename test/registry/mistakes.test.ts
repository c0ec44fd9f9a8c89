import { describe, expect, test } from "bun:test";
import type { FieldProblem } from "#contract/rest.ts";
import { createStage, problemOf, shop } from "./stage.ts";

interface Mistake {
  /** What the person sent: laid over a good body, or a whole body as text. */
  readonly sent: Record<string, unknown> | string;
  readonly errors: readonly (readonly [field: string, problem: string, fix: string])[];
}

const good = { id: "club", name: "Club", type: "googleSheet", url: "https://sheets.test/d/2" };

const FORM: Record<string, Mistake> = {
  "no name": { sent: { name: undefined }, errors: [["name", "is missing", "give a name"]] },
  "an empty name": { sent: { name: "  " }, errors: [["name", "is empty", "give a name"]] },
  "a number as name": { sent: { name: 7 }, errors: [["name", "7 is not text", "give a name"]] },
  "a name too long": {
    sent: { name: "x".repeat(201) },
    errors: [["name", "is 201 characters long; at most 200 are allowed", "give a name"]],
  },
  "a misspelt field": {
    sent: { name: undefined, nmae: "Club" },
    errors: [
      ["name", "is missing", "give a name"],
      ["nmae", "is not a field of this request", 'did you mean "name"?'],
    ],
  },
  "a field in another spelling": {
    sent: { polling_interval: 5000 },
    errors: [["polling_interval", "is not a field", 'did you mean "pollingInterval"?']],
  },
  "a field that is nothing like ours": {
    sent: { color: "red" },
    errors: [["color", "is not a field", "leave it out; the fields are id, name,"]],
  },
  "an interval as text": {
    sent: { pollingInterval: "fast" },
    errors: [["pollingInterval", '"fast" is not a whole number', "give milliseconds from 500 to 86400000"]],
  },
  "an interval too short": {
    sent: { pollingInterval: 499 },
    errors: [["pollingInterval", "499 is below 500", "give milliseconds from 500"]],
  },
  "an interval too long": {
    sent: { pollingInterval: 86_400_001 },
    errors: [["pollingInterval", "86400001 is above 86400000", "to 86400000"]],
  },
  "half a millisecond": {
    sent: { pollingInterval: 1000.5 },
    errors: [["pollingInterval", "1000.5 is not a whole number", "such as 5000"]],
  },
  "an unknown type": {
    sent: { type: "gogleSheet" },
    errors: [["type", '"gogleSheet" is not known', 'use "googleSheet", "external"']],
  },
  "a type that has no driver": {
    sent: { type: "external" },
    errors: [["type", 'this daemon has no driver for "external"', "use one of: googleSheet"]],
  },
  "no link": { sent: { url: "my sheet" }, errors: [["url", "is not a link", "begins with https://"]] },
  "a link of another kind": {
    sent: { url: "file:///etc/passwd" },
    errors: [["url", "is not a link", "begins with https://"]],
  },
  "a password in the link": {
    sent: { url: "https://me:secret@sheets.test/" },
    errors: [["url", "holds a user name or password", "give it in apiKey, credentials or headers"]],
  },
  "a link that the driver refuses": {
    sent: { url: "https://sheets.test/not-a-workbook" },
    errors: [["url", "is not a workbook's link", "copy it from the browser"]],
  },
  "an id with a space": {
    sent: { id: "my club" },
    errors: [["id", '"my club" holds characters that are not allowed here', "use 1 to 64 of a to z"]],
  },
  "credentials without a type": {
    sent: { credentials: { key: "k" } },
    errors: [
      [
        "credentials.type",
        "is missing",
        'use "serviceAccount", "apiKey", "account", "serviceAccountFile", "ambient"',
      ],
    ],
  },
  "credentials of an unknown type": {
    sent: { credentials: { type: "password" } },
    errors: [["credentials.type", '"password" is not known', 'use "serviceAccount"']],
  },
  "credentials as text": {
    sent: { credentials: "AIza..." },
    errors: [["credentials", "this string is not an object", "give an object such as"]],
  },
  "a service account without its key": {
    sent: { credentials: { type: "serviceAccount", key: { client_email: "a@b.test" } } },
    errors: [["credentials.key.private_key", "is missing", "copy private_key from the key file"]],
  },
  "a field too many in credentials": {
    sent: { credentials: { type: "apiKey", key: "k", secret: "s" } },
    errors: [["credentials.secret", "is not a field", "leave it out; the fields are type, key"]],
  },
  "headers as a list": {
    sent: { headers: ["X-A: b"] },
    errors: [["headers", "a list is not an object", "give an object such as"]],
  },
  "a header that is a number": {
    sent: { headers: { "X-A": 1 } },
    errors: [["headers.X-A", "this number is not text", "give the header's value as text"]],
  },
  "a header's name with a space": {
    sent: { headers: { "X A": "b" } },
    errors: [["headers.X A", "is not a header's name", "use letters, digits"]],
  },
  "a header with a line break": {
    sent: { headers: { "X-A": "b\r\nX-B: c" } },
    errors: [["headers.X-A", "holds a line break", "keep to one line"]],
  },
  "a header row that is no row": {
    sent: { headerRow: 0 },
    errors: [["headerRow", "0 is below 1", 'use "first", "none" or the number of the row']],
  },
  "a header row by a word of its own": {
    sent: { headerRow: "third" },
    errors: [["headerRow", '"third" is not known', 'use "first", "none" or the number of the row']],
  },
  "a header row of another form": {
    sent: { headerRow: true },
    errors: [
      ["headerRow", "true is not text or a whole number or an object", 'an object such as {"Prices": 3}'],
    ],
  },
  "header rows of tabs": {
    sent: { headerRow: { Prices: 3, Stock: "last", Log: "none", Raw: [1] } },
    errors: [
      ["headerRow.Stock", '"last" is not known', 'use "first", "none"'],
      ["headerRow.Raw", "a list is not text or a whole number", 'use "first", "none"'],
    ],
  },
  "hidden parts that do not exist": {
    sent: { hidden: { columns: true, rows: "no" } },
    errors: [
      ["hidden.columns", "is not a field of this request", "the fields are tabs, rows"],
      ["hidden.rows", '"no" is not true or false', "use true or false"],
    ],
  },
  "formulas by a word": {
    sent: { formulas: "yes" },
    errors: [["formulas", '"yes" is not true or false', "use true or false"]],
  },
  "no tabs at all": { sent: { tabs: [] }, errors: [["tabs", "is empty", "leave it out for all"]] },
  "a tab twice": {
    sent: { tabs: ["Prices", "Stock", "Prices"] },
    errors: [["tabs[2]", "appears twice", "name each one once"]],
  },
  "a tab that is null": {
    sent: { tabs: ["Prices", null] },
    errors: [["tabs[1]", "null is not text", "give a title"]],
  },
  "a key column that is no header": {
    sent: { keyColumns: { Prices: 3 } },
    errors: [["keyColumns.Prices", "3 is not text", "give the header of the column"]],
  },
  "yes instead of true": {
    sent: { writable: "yes" },
    errors: [["writable", '"yes" is not true or false', "use true or false"]],
  },
  "an unknown policy": {
    sent: { conflictPolicy: "me" },
    errors: [["conflictPolicy", '"me" is not known', 'use "sheet", "client", "latest", "ask"']],
  },
  "null for a field": { sent: { apiKey: null }, errors: [["apiKey", "null is not text", "give the key"]] },
  "a list as body": { sent: "[]", errors: [["body", "a list is not an object", ""]] },
  "null as body": { sent: "null", errors: [["body", "null is not an object", ""]] },
  "a body with a prototype": {
    sent: '{"name": "x", "type": "googleSheet", "url": "https://a.test", "__proto__": {"id": "y"}}',
    errors: [["__proto__", "is not a field", "leave it out"]],
  },
};

describe("mistakes in a body", () => {
  for (const [what, { sent, errors }] of Object.entries(FORM)) {
    test(`REG-27 REG-90 each mistake is answered 400 with its field, the problem and a fix: ${what}`, async () => {
      const { call, supervisor, store } = createStage();
      const response = await call(
        "POST",
        "/datasources/register",
        typeof sent === "string" ? sent : { ...good, ...sent },
      );
      expect(response.status).toBe(400);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      const answer = await problemOf(response);
      expect(answer).toMatchObject({ type: "urn:sheetwire:problem:invalid", status: 400 });
      expectErrors(answer.errors, errors);
      expect(store.keys.size).toBe(0);
      expect(supervisor.told).toEqual([]);
    });
  }

  test("REG-28 an update with a mistake applies nothing of the rest", async () => {
    const { call, supervisor } = createStage();
    await call("POST", "/datasources/register", shop);
    const before = await (await call("GET", "/datasources/shop")).text();
    for (const body of [
      { name: "Store", pollingInterval: "fast" },
      { name: "Store", url: "https://sheets.test/not-a-workbook" },
      { name: "Store", nmae: "x" },
      { name: null },
      { url: null },
      { name: "Store", headers: { "X A": "b" } },
    ]) {
      const response = await call("PUT", "/datasources/shop/update", body);
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors).toHaveLength(1);
    }
    expect(await (await call("GET", "/datasources/shop")).text()).toBe(before);
    expect(supervisor.told).toEqual(["start shop"]);
  });

  test("REG-29 all mistakes of a body are named at once", async () => {
    const { call } = createStage();
    const body = {
      nmae: "x",
      type: "sheet",
      url: "x",
      pollingInterval: "fast",
      credentials: { type: "key" },
    };
    const { errors } = await problemOf(await call("POST", "/datasources/register", body));
    const fields = ["name", "nmae", "type", "url", "pollingInterval", "credentials.type"];
    expect(errors!.map(({ field }) => field).sort()).toEqual(fields.sort());
  });

  test("REG-30 a source that does not exist is answered 404, whatever the body", async () => {
    const { call } = createStage();
    for (const [method, path, body] of [
      ["GET", "/datasources/none", undefined],
      ["PUT", "/datasources/none/update", { name: "x" }],
      ["PUT", "/datasources/none/update", { nmae: "x" }],
      ["DELETE", "/datasources/none/delete", undefined],
      ["GET", "/datasources/none/tabs", undefined],
      ["GET", "/datasources/none/tabs/Prices/rows", undefined],
    ] as const) {
      const response = await call(method, path, body);
      expect(response.status).toBe(404);
      expect(await problemOf(response)).toMatchObject({
        type: "urn:sheetwire:problem:unknown-source",
        detail: expect.stringContaining('"none"'),
      });
    }
  });
});

function expectErrors(actual: readonly FieldProblem[] | undefined, expected: Mistake["errors"]): void {
  expect(actual?.map(({ field }) => field)).toEqual(expected.map(([field]) => field));
  expected.forEach(([, problem, fix], index) => {
    expect(actual![index]!.problem).toContain(problem);
    expect(actual![index]!.fix).toContain(fix);
  });
}
