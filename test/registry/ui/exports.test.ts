import { describe, expect, test } from "bun:test";
import type { ExportAnswer, UpdateReport } from "#contract/exports.ts";
import type { Problem } from "#contract/rest.ts";
import { err, ok } from "#contract/result.ts";
import { dataAnswer } from "../../../src/registry/ui/exports/data-answer.ts";
import { isBusy, reportWords, shareWords } from "../../../src/registry/ui/exports/export-words.ts";
import { dataOf, EMPTY_GIVEN, parseJson, placesOf } from "../../../src/registry/ui/exports/given-data.ts";
import { createBody, EMPTY_EXPORT, EMPTY_SHARE } from "../../../src/registry/ui/exports/new-export.ts";
import { createRequestKeys } from "../../../src/registry/ui/exports/request-key.ts";
import { createSamples, updateSamples } from "../../../src/registry/ui/exports/samples.ts";
import { formatRoute, parseRoute, type Route } from "../../../src/registry/ui/shell/routes.ts";
import { fixtureSource } from "../../support/live-page-server.ts";

const tab = { name: "Price list", title: "Prices", rows: 1, columns: 1, revision: "r" };
const places = placesOf([fixtureSource({ id: "demo", name: "Demo", tabs: [tab] })]);
const ORIGIN = "http://h:1";

describe("addresses", () => {
  const routes: readonly [Route, string][] = [
    [{ page: "exports" }, "#/+exports"],
    [{ page: "export", id: "exp-1" }, "#/+exports/exp-1"],
    [{ page: "new-export" }, "#/+exports/+"],
    [
      { page: "new-export", source: "demo", tab: "a/b?c & d", view: "v" },
      "#/+exports/+?source=demo&tab=a%2Fb%3Fc+%26+d&view=v",
    ],
    [{ page: "templates" }, "#/+templates"],
    [{ page: "template", id: "new" }, "#/+templates/new"],
    [{ page: "new-template" }, "#/+templates/+"],
    [{ page: "new-template", from: "table" }, "#/+templates/+?from=table"],
  ];
  test.each(routes)("WEB-4 %o has an address of its own, and the address opens it", (route, hash) => {
    expect(formatRoute(route)).toBe(hash);
    expect(parseRoute(hash)).toEqual(route);
  });
});

describe("the form of an export", () => {
  test("WEB-39 data are JSON as it was typed, or a tab or view; a mistake says where it is", () => {
    expect(dataOf({ ...EMPTY_GIVEN, text: '[{"a": 1}]' }, places)).toEqual(ok([{ a: 1 }]));
    const file = { name: "a.json", text: '[{"b": 2}]' };
    expect(dataOf({ ...EMPTY_GIVEN, text: "[]", file }, [])).toEqual(ok([{ b: 2 }]));
    const live = { ...EMPTY_GIVEN, kind: "live" as const, place: "demo/Price list" };
    expect(dataOf(live, places)).toEqual(ok({ source: "demo", tab: "Price list" }));
    expect(dataOf({ ...live, view: "cheap" }, places)).toEqual(
      ok({ source: "demo", tab: "Price list", view: "cheap" }),
    );
    expect(dataOf(live, [])).toMatchObject({ ok: false, error: { field: "data" } });
    expect(parseJson(" ", "data", "paste it")).toEqual(
      err({ field: "data", problem: "is missing", fix: "paste it" }),
    );
    expect(parseJson("[1,]", "data", "")).toMatchObject({
      ok: false,
      error: { problem: expect.stringContaining("is not JSON: ") },
    });
  });

  test("WEB-39 only what was filled in is sent; a folder's link is as good as its id", () => {
    const form = { ...EMPTY_EXPORT, title: " Prices " };
    expect(createBody(form, [])).toEqual({ template: "table", title: "Prices", data: [] });
    const share = [
      { ...EMPTY_SHARE, who: " ann@example.com ", notify: true },
      { ...EMPTY_SHARE, type: "domain" as const, role: "writer" as const, who: "example.com" },
      { ...EMPTY_SHARE, type: "anyone" as const, who: "left over", notify: true },
    ];
    const folder = "https://drive.google.com/drive/folders/1aB_c-D?usp=sharing";
    const full = { ...form, share, folder, account: "acc", key: " sku ", edits: "keep" as const };
    expect(createBody(full, [])).toEqual({
      template: "table",
      title: "Prices",
      data: [],
      share: [
        { type: "user", role: "reader", email: "ann@example.com", notify: true },
        { type: "domain", role: "writer", domain: "example.com" },
        { type: "anyone", role: "reader" },
      ],
      folder: "1aB_c-D",
      account: "acc",
      key: "sku",
      edits: "keep",
    });
  });

  test("WEB-39 the same form is the same request, another form another, and what was answered is over", () => {
    let drawn = 0;
    const keys = createRequestKeys((bytes) => bytes.fill(++drawn));
    const first = keys.keyOf({ title: "a" });
    expect(first).toBe("01".repeat(16));
    expect(keys.keyOf({ title: "a" })).toBe(first);
    expect(keys.keyOf({ title: "b" })).toBe("02".repeat(16));
    keys.renew();
    expect(keys.keyOf({ title: "b" })).toBe("03".repeat(16));
  });

  test("WEB-39 mistakes of the data are a report; those of the form stand at its fields", () => {
    const problem = (type: string, field: string): Problem => ({
      type: `urn:sheetwire:problem:${type}`,
      title: "t",
      status: 422,
      detail: "Nothing was written: 1 mistakes in the data.",
      errors: [{ field, problem: "is missing", fix: "give it" }],
    });
    const bad = dataAnswer(err({ tag: "Refused", problem: problem("bad-data", "row 2, sku") }), ["data"]);
    expect([bad.report.problems.length, bad.problems.length, bad.message]).toEqual([1, 0, ""]);
    const wrong = dataAnswer(err({ tag: "Refused", problem: problem("invalid", "title") }), ["title"]);
    expect([wrong.report.problems.length, wrong.problems.length, wrong.message]).toEqual([0, 1, ""]);
  });
});

describe("words", () => {
  test("WEB-38 a report tells what there was; a share whom and what", () => {
    const report: UpdateReport = {
      type: "upsert",
      at: "2026-05-01T00:00:00Z",
      added: 1200,
      changed: 0,
      unchanged: 3,
      removed: 0,
      skipped: 1,
      skippedRows: [],
      handEdits: 0,
      handEditCells: [],
    };
    expect(reportWords(report)).toBe("1,200 added, 3 unchanged, 1 skipped");
    expect(reportWords({ ...report, added: 0, unchanged: 0, skipped: 0 })).toBe("nothing to do");
    expect(shareWords({ type: "anyone", role: "commenter" })).toBe("anyone with the link may comment");
    expect(shareWords({ role: "writer", domain: "example.com" })).toBe("all of example.com may edit");
    const busy = (state: ExportAnswer["state"], waitingUpdates = 0) => isBusy({ state, waitingUpdates });
    expect([busy("queued"), busy("done"), busy("done", 1), busy("failed", 1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("code", () => {
  const body = { template: "table", title: "It's", data: [{ a: 1 }] };
  test("WEB-35 an export as curl and on the command line; what that has no option for, with curl alone", () => {
    const { curl, cli } = createSamples(body, ORIGIN);
    expect(curl).toContain(
      `-d '{"template":"table","title":"It'\\''s","data":[{"a":1}]}' ${ORIGIN}/api/v1/export/sheets/create`,
    );
    expect(cli).toBe("sheetwire export create table --title 'It'\\''s' --data data.json --wait");
    const shared = { ...body, share: [{ role: "reader" as const, email: "ann@example.com" }], key: "a" };
    expect(createSamples(shared, ORIGIN).cli).toEndWith("--key a --share reader:ann@example.com --wait");
    expect(createSamples({ ...body, edits: "keep" }, ORIGIN).cli).toBeUndefined();
    expect(
      createSamples({ ...body, data: { source: "demo", tab: "P", view: "v" } }, ORIGIN).cli,
    ).toBeUndefined();
    const live = { data: { source: "demo", tab: "Price list" }, update_type: "replace" as const };
    expect(updateSamples("exp-1", live, ORIGIN).cli).toBe(
      "sheetwire export update exp-1 --type replace --live 'demo/Price list' --wait",
    );
  });

  test("WEB-35 a long body is sent from a file, and the sample says what is in it", () => {
    const data = Array.from({ length: 2000 }, (_, at) => ({ sku: at, note: "x".repeat(20) }));
    const { curl } = createSamples({ ...body, data }, ORIGIN);
    expect(curl).toContain("-d @export.json");
    expect(curl!.length).toBeLessThan(1000);
    expect(curl).toStartWith(
      '# export.json holds the body: {"template":"table","title":"It\'s","data":[{"sku":0,',
    );
  });
});
