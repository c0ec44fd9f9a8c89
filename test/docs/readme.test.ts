/** The README's examples, run as they are printed by somebody who starts from nothing. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { EditsAnswer } from "#contract/edits-rest.ts";
import type { ExportAnswer } from "#contract/exports.ts";
import type { HistoryAnswer, RestoreAnswer } from "#contract/history.ts";
import type { PreviewAnswer, RowsAnswer, SourceAnswer } from "#contract/rest.ts";
import type { CreatedTokenAnswer } from "#contract/tokens.ts";
import type { ViewAnswer } from "#contract/views.ts";
import { launchChromium } from "../support/browser.ts";
import { waitFor } from "../support/daemon-process.ts";
import { blocksOf, createBlockBook } from "./blocks.ts";
import { createReader, MODULES, type Reader } from "./reader.ts";
import type { Running } from "./running.ts";
import { printsAll } from "./walk.ts";

/** Blocks that are not run as they are, with the reason. */
const NOT_RUN: readonly (readonly [block: RegExp, why: string])[] = [
  [/^npm start$/, "the reader starts the same daemon on a free port"],
  [/^(SHEETWIRE_\w+=\S+ )+npm start$/, "the reader starts its daemon with these settings"],
  [/^npm test /, "it would run this test in itself, and benchmarks; each command has tests of its own"],
];
const CHANGE_MS_MAX = 10_000;
/** Polls of registered sources are 5 s apart. */
const POLL_MS_MAX = 20_000;

const all = blocksOf("README.md");
const run = all.filter(({ code }) => !NOT_RUN.some(([block]) => block.test(code.trim())));
const book = createBlockBook(run);
const ownSheet = book.take("YOUR_SHEET");
const feedServer = book.take('stock.json"))');
const preview = book.take("/datasources/preview");
const mint = book.take("/api/v1/tokens");
const page = book.take("<!doctype html>");
const pageServer = book.take('readFileSync("page.html")');
const sdk = book.take("prices.subscribe(");
const setUp = book.take("tokens make");
const runIt = book.take("npx bun app/program.ts");
const yjs = book.take('doc.getArray<unknown[]>("log")');
const sdkEdit = book.take("prices.set(");
const yjsEdit = book.take("edits.set(");
const restEdit = book.take("/edits?wait=10");
const history = book.take("/history?row=2");
const exported = book.take("/api/v1/export/sheets/create");
const commands = book.take("npx sheetwire get");
const reading = book.take("curl -sN");
const view = book.take("/api/v1/views");

let reader: Reader;
let browser: Browser;

beforeAll(async () => {
  const start = all.find(({ code }) => code.endsWith(" npm start\n"))!;
  const settings = [...start.code.matchAll(/(SHEETWIRE_\w+)=(\S+)/g)];
  reader = await createReader(Object.fromEntries(settings.map(([, key, value]) => [key, value])));
  const tab = "http://127.0.0.1:8787/datasources/demo/tabs/Price%20list";
  await eventually(async () => (await ask(`${tab}/rows`)).includes("TE-100"));
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await reader?.[Symbol.asyncDispose]();
});

/** As the README asks, from the reader's shell. */
const ask = (url: string): Promise<string> =>
  reader.shell(`curl -s -H "Authorization: Bearer $(cat data/admin-token)" "${url}"`);

async function eventually(holds: () => boolean | Promise<boolean>, ms = CHANGE_MS_MAX): Promise<void> {
  expect(await waitFor(holds, ms)).toBe(true);
}

/** Saves a program where the README says, with the token that its own step made, and runs it as it says. */
async function program(code: string): Promise<Running> {
  const lines = (await madeReady()).trim().split("\n");
  expect(code).toContain("YOUR_TOKEN");
  reader.write("app/program.ts", code.replaceAll("YOUR_TOKEN", lines.at(-1)!));
  return reader.background(runIt.code);
}

let ready: Promise<string> | undefined;
/** Once, as the README says. */
function madeReady(): Promise<string> {
  ready ??= reader.shell(setUp.code);
  return ready;
}

/** The block, with the token that the README's own request for one was answered. */
async function withToken(code: string): Promise<string> {
  expect(code).toContain("YOUR_TOKEN");
  const made = JSON.parse(await reader.shell(mint.code)) as CreatedTokenAnswer;
  return code.replaceAll("YOUR_TOKEN", made.token);
}

test("DOC-1 every code block of the README is run, or stands on a list with the reason why not", () => {
  expect(book.left()).toEqual([]);
  for (const [block] of NOT_RUN) expect(all.filter(({ code }) => block.test(code.trim()))).not.toEqual([]);
});

describe("sources", () => {
  test("DOC-2 one's own sheet is registered by its link and a service account's key", async () => {
    const prices = [
      ["SKU", "Price"],
      ["A-1", 3],
    ];
    const seed = { title: "Shop", tabs: [{ title: "Prices", rows: prices }] };
    const sheet = await reader.google<{ id: string }>("workbooks", seed);
    const key = await reader.google<{ client_email: string }>("accounts", {
      kind: "serviceAccount",
      email: "shop@emulated-project.iam.gserviceaccount.com",
    });
    await reader.google(`workbooks/${sheet.id}/share`, { who: key.client_email, role: "reader" });
    reader.write("key.json", JSON.stringify(key));
    const link = `${reader.googleUrl}/spreadsheets/d/${sheet.id}`;
    const code = ownSheet.code.replaceAll("https://docs.google.com/spreadsheets/d/YOUR_SHEET", link);
    const answer = await reader.shell(code);
    expect(JSON.parse(answer) as SourceAnswer).toMatchObject({ id: "shop", name: "Shop" });
    const tab = "http://127.0.0.1:8787/datasources/shop/tabs/Prices/rows";
    await eventually(async () => (await ask(tab)).includes('"SKU":"A-1","Price":3'), POLL_MS_MAX);
  }, 60_000);

  test("DOC-3 a feed is previewed, registered by the same body, and followed", async () => {
    const server = reader.background(feedServer.code);
    let shown: PreviewAnswer | undefined;
    await eventually(async () => {
      shown = JSON.parse(await reader.shell(preview.code)) as PreviewAnswer;
      return shown.error === undefined;
    });
    expect(shown!.tabs[0]!.rows).toEqual([
      ["TE-100", 7],
      ["TE-107", 0],
    ]);
    expect(JSON.parse(await ask("http://127.0.0.1:8787/datasources/stock"))).toMatchObject({ status: 404 });

    await reader.shell(preview.code.replace("/datasources/preview", "/datasources/register"));
    const tab = `http://127.0.0.1:8787/datasources/stock/tabs/${shown!.tabs[0]!.title}/rows`;
    await eventually(async () => (await ask(tab)).includes('"id":"TE-100","left":7'), POLL_MS_MAX);
    reader.write("stock.json", '{ "items": [{ "id": "TE-100", "left": 6 }, { "id": "TE-107", "left": 0 }] }');
    await eventually(async () => (await ask(tab)).includes('"id":"TE-100","left":6'), POLL_MS_MAX);
    await server.stop();
  }, 60_000);
});

describe("pages and apps", () => {
  test("DOC-4 the token of the example reads its tab and nothing else", async () => {
    const made = JSON.parse(await reader.shell(mint.code)) as CreatedTokenAnswer;
    const asked = (tab: string): Promise<string> =>
      reader.shell(
        `curl -s -o answer -w "%{http_code}" -H "Authorization: Bearer ${made.token}" "http://127.0.0.1:8787/datasources/demo/tabs/${tab}/rows"`,
      );
    expect(await asked("Price%20list")).toBe("200");
    expect(await asked("Matches")).toBe("403");
  });

  test("DOC-5 the plain web page at a listed origin shows the rows and each change", async () => {
    reader.write("page.html", await withToken(page.code));
    const server = reader.background(pageServer.code);
    const opened = await reader.open(browser, "http://127.0.0.1:3000");
    const items = opened.locator("li");
    await items.filter({ hasText: "Larkspur 2: 89.95" }).waitFor({ timeout: CHANGE_MS_MAX });
    const count = await items.count();
    await reader.type("D2", "90.25");
    await items.filter({ hasText: "Larkspur 2: 90.25" }).waitFor({ timeout: CHANGE_MS_MAX });
    expect(await items.count()).toBe(count);
    expect(await items.first().textContent()).toBe("Larkspur 2: 90.25");

    const inserted = "Larkspur 1: 70";
    await reader.insertRow(1, ["TE-001", "Larkspur 1", "Tents", "$70.00"]);
    await items.filter({ hasText: inserted }).waitFor({ timeout: CHANGE_MS_MAX });
    expect(await items.first().textContent()).toBe(inserted);
    await reader.deleteRow(1);
    await items.filter({ hasText: inserted }).waitFor({ state: "detached", timeout: CHANGE_MS_MAX });
    expect(await items.count()).toBe(count);
    await server.stop();
  }, 60_000);

  test("DOC-6 the SDK's example prints the first row, then each change", async () => {
    await madeReady();
    reader.write("app/program.ts", await withToken(sdk.code));
    const app = reader.background(runIt.code);
    await eventually(() => /SKU: "TE-100"/.test(app.output()));
    await reader.type("B2", "Larkspur 2 SDK");
    await eventually(() => /changed [\s\S]*Product: "Larkspur 2 SDK"/.test(app.output()));
    await app.stop();
  }, 60_000);

  test("DOC-6 the stock Yjs client's example folds the rows and their changes", async () => {
    await madeReady();
    reader.write("app/program.ts", await withToken(yjs.code));
    const app = reader.background(runIt.code);
    await eventually(() => app.output().includes('"TE-100"'));
    await reader.type("B2", "Larkspur 2 Yjs");
    await eventually(() => app.output().includes('"Larkspur 2 Yjs"'));
    await app.stop();
  }, 60_000);

  test("DOC-6 the examples in TypeScript are right for its checker", async () => {
    for (const [name, { code }] of Object.entries({ sdk, yjs, sdkEdit, yjsEdit }))
      reader.write(`${MODULES}/${name}.ts`, code);
    expect(await reader.typeErrors()).toBe("");
  }, 60_000);
});

describe("a shell", () => {
  test("DOC-7 rows come as JSON with a limit and as CSV, then events as soon as a cell changes", async () => {
    const reads = reader.background(reading.code);
    await eventually(() => reads.output().includes("\nid: "));
    const output = reads.output();
    const end = output.indexOf("Date,");
    expect((JSON.parse(output.slice(0, end)) as RowsAnswer).rows).toHaveLength(3);
    expect(output.slice(end)).toStartWith("Date,Time,Home,Away,Venue,Home score,Away score,Status");
    await reader.type("B3", "Larkspur 3 events");
    await eventually(() => reads.output().includes('"Product":"Larkspur 3 events"'));
    expect(reads.output()).not.toContain("event: reset");
    await reads.stop();
  }, 60_000);

  test("DOC-7 a view is made and its rows are read", async () => {
    const output = await reader.shell(view.code);
    const second = output.indexOf('{"revision"');
    expect(JSON.parse(output.slice(0, second)) as ViewAnswer).toMatchObject({
      document: "demo/Price%20list@bargains",
    });
    const shown = JSON.parse(output.slice(second)) as RowsAnswer;
    expect(shown.columns.map(({ key }) => key)).toEqual(["Product", "Price"]);
    expect(shown.rows.length).toBeGreaterThan(2);
    const prices = shown.rows.map(({ Price }) => Price as number);
    expect(prices).toEqual(prices.filter((price) => price < 60).sort((left, right) => left - right));
  });
});

describe("editing, history, exports", () => {
  const stock = async (): Promise<string> => {
    const rows = "http://127.0.0.1:8787/datasources/demo/tabs/Price%20list/rows?columns=SKU,In%20stock";
    return ask(`${rows}&where=SKU='TE-107'`.replaceAll("'", "%27"));
  };

  test("DOC-10 DOC-11 the SDK's edit and the stock Yjs client's are confirmed, and stand in the sheet", async () => {
    const withSdk = await program(sdkEdit.code);
    await printsAll(sdkEdit.code, () => withSdk);
    expect(await stock()).toContain('"In stock":20');
    const withYjs = await program(yjsEdit.code);
    await printsAll(yjsEdit.code, () => withYjs);
    expect(await stock()).toContain('"In stock":21');
  }, 60_000);

  test("DOC-10 of the request's two edits one is confirmed and one a conflict, and the history tells the first", async () => {
    const { receipts } = JSON.parse(await reader.shell(restEdit.code)) as EditsAnswer;
    expect(receipts.map(({ state }) => state)).toEqual(["confirmed", "conflict"]);
    const answer = JSON.parse(await reader.shell(history.code)) as RestoreAnswer;
    expect(answer.edits).toEqual([{ row: 2, column: "In stock", from: 22, to: 21 }]);
    const { entries } = JSON.parse(await reader.shell("cat newest.json")) as HistoryAnswer;
    expect(entries).toMatchObject([{ kind: "cell", before: 21, after: 22, by: "admin" }]);
  }, 60_000);

  test("DOC-10 the download is a workbook, and the export ends up done", async () => {
    const { id } = JSON.parse(await reader.shell(exported.code)) as ExportAnswer;
    expect(await reader.shell("head -c 2 prices.xlsx")).toBe("PK");
    const status = `http://127.0.0.1:8787/api/v1/export/sheets/${id}/status`;
    await eventually(async () => (await ask(status)).includes('"state":"done"'));
  }, 60_000);

  test("DOC-10 the commands find the daemon, read, write and copy it", async () => {
    const output = await reader.shell(commands.code);
    expect(output).toContain("demo");
    expect(await stock()).toContain('"In stock":23');
    expect(await reader.shell("cat prices.ts")).toContain("export interface DemoPriceList");
    expect(await reader.shell("ls backup-of-today")).toContain("data.mdb");
  }, 60_000);
});
