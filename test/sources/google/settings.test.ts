import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import type { Credentials } from "#contract/rest.ts";
import { createGoogleDriver } from "../../../src/sources/google/google-driver.ts";
import { parseWorkbookLink } from "../../../src/sources/google/workbook-link.ts";
import type { SourceSettings } from "../../../src/sources/source.ts";
import { ENDPOINT, settings, WORKBOOK_ID } from "./test-source.ts";

const driver = createGoogleDriver({ endpoint: `${ENDPOINT}/` });
const problemFields = (more: Partial<SourceSettings>): string[] =>
  driver.check(settings(more)).map(({ field, problem, fix }) => {
    expect(problem).not.toBe("");
    expect(fix).not.toBe("");
    return field;
  });

describe("settings", () => {
  test("GOO-1 the link may open any tab, belong to any account, or be the id alone", () => {
    for (const link of [
      `https://docs.google.com/spreadsheets/d/${WORKBOOK_ID}/edit#gid=12`,
      `https://docs.google.com/spreadsheets/d/${WORKBOOK_ID}`,
      `  https://docs.google.com/spreadsheets/u/1/d/${WORKBOOK_ID}/edit?usp=sharing`,
      `https://docs.google.com/a/example.org/spreadsheets/d/${WORKBOOK_ID}/htmlview`,
      `https://drive.google.com/file/d/${WORKBOOK_ID}/view`,
      `https://drive.google.com/open?id=${WORKBOOK_ID}`,
      WORKBOOK_ID,
    ]) {
      expect(parseWorkbookLink(link)).toEqual({ ok: true, value: WORKBOOK_ID });
    }
    expect(parseWorkbookLink(`${ENDPOINT}/spreadsheets/d/demo/edit`, ENDPOINT)).toEqual({
      ok: true,
      value: "demo",
    });
  });

  test("GOO-1 anything else is refused with the problem and the fix", () => {
    for (const url of [
      "",
      "Prices",
      "https://example.org/feed.json",
      `${ENDPOINT}/`,
      "https://docs.google.com/document",
      "https://docs.google.com/spreadsheets/d/e/2PACX-1vAbcdefghijklmnop/pubhtml",
      `ftp://docs.google.com/spreadsheets/d/${WORKBOOK_ID}`,
    ]) {
      expect(problemFields({ url })).toEqual(["url"]);
    }
    expect(parseWorkbookLink(`${ENDPOINT}/spreadsheets/d/demo/edit`).ok).toBe(false);
  });

  test("GOO-2 a service account and an API key are good credentials", () => {
    expect(problemFields({})).toEqual([]);
    expect(problemFields({ credentials: { type: "apiKey", key: "AIzaSyFake" } })).toEqual([]);
    const { credentials: _, ...without } = settings();
    expect(driver.check({ ...without, apiKey: "AIzaSyFake" })).toEqual([]);
    const { key } = settings().credentials as Extract<Credentials, { type: "serviceAccount" }>;
    const escaped = { ...key, private_key: key.private_key.replaceAll("\n", "\\n") };
    expect(problemFields({ credentials: { type: "serviceAccount", key: escaped } })).toEqual([]);
  });

  test("GOO-2 credentials that cannot work are refused by field", () => {
    const { credentials: _, ...without } = settings();
    expect(driver.check(without).map((problem) => problem.field)).toEqual(["credentials"]);
    const serviceAccount = (client_email: string, private_key: string): string[] => {
      return problemFields({ credentials: { type: "serviceAccount", key: { client_email, private_key } } });
    };
    expect(serviceAccount("nobody", "secret")).toEqual([
      "credentials.key.client_email",
      "credentials.key.private_key",
    ]);
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const pem = curve.export({ type: "pkcs8", format: "pem" }).toString();
    expect(serviceAccount("robot@example.org", pem)).toEqual(["credentials.key.private_key"]);
    expect(problemFields({ credentials: { type: "apiKey", key: "two words" } })).toEqual(["credentials.key"]);
    expect(problemFields({ credentials: { type: "ambient" } })).toEqual(["credentials.type"]);
    expect(problemFields({ credentials: { type: "account", id: "me" } })).toEqual(["credentials.id"]);
    const halfKey = { type: "serviceAccount" } as unknown as Credentials;
    expect(problemFields({ credentials: halfKey })).toHaveLength(2);
  });

  test("GOO-3 tabs names at least one tab, and keyColumns only tabs among them", () => {
    expect(problemFields({ tabs: [] })).toEqual(["tabs"]);
    expect(problemFields({ tabs: ["A"], keyColumns: { A: "id", B: "id" } })).toEqual(["keyColumns.B"]);
    expect(problemFields({ keyColumns: { B: "id" } })).toEqual([]);
  });
});
