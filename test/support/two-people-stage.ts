/**
 * The sample's workbook behind an emulated Google that outlives the daemon, as Google does; the daemon as a process of
 * its own; two people at its web app, each with a token of their own, and a third in the sheet's own grid page.
 */

import type { Browser, Locator, Page } from "playwright-core";
import type { ConflictAnswer } from "#contract/edits-rest.ts";
import type { HistoryEntry } from "#contract/history.ts";
import type { RowAnswer } from "#contract/rest.ts";
import { createEmulator, type Json, sampleWorkbook, serveEmulator } from "../../google-emulator/src/index.ts";
import { launchChromium } from "./browser.ts";
import { openLine } from "./cuttable-line.ts";
import { type DaemonProcess, freePort, startDaemon, TEST_TOKEN, waitFor } from "./daemon-process.ts";
import { tempDir } from "./temp-dir.ts";

export const SOURCE = "shop";
export const TAB = "Price list";
/** Of the sheet, from 0. */
const COLUMNS = ["SKU", "Product", "Category", "Price", "In stock", "Discount", "Sale price", "Updated"];
/** A busy machine of tests is no failure. */
export const PATIENCE_MS = 20_000;
/** Longer than any test looks. */
const HELD_MS = 60_000;
/** All 45 rows are in view, so that every one of them can be looked at. */
const VIEWPORT = { width: 1280, height: 1900 };

export interface PersonAtPage {
  /** Cuts the person off, open sockets too, or lets them come back. */
  connect(isOn: boolean): Promise<void>;
  readonly page: Page;
  /** The cell of the row that has this SKU, whatever its place. */
  cell(sku: string, column: string): Locator;
  type(sku: string, column: string, text: string): Promise<void>;
}

export interface TwoPeopleStage {
  readonly ann: PersonAtPage;
  readonly bob: PersonAtPage;
  /** The sheet's own page. */
  readonly sheet: Page;
  /** What went wrong in the pages of the web app. */
  readonly complaints: string[];
  /** What the person in the sheet does by hand. */
  readonly inSheet: {
    type(sku: string, column: string, text: string): Promise<void>;
    sort(column: string, way: "A-Z" | "Z-A"): Promise<void>;
    addRow(below: string): Promise<number>;
    /** Into a cell by its row's place, from 0: of a row that has no SKU yet. */
    typeAt(row: number, column: string, text: string): Promise<void>;
    removeRow(sku: string): Promise<void>;
  };
  /** What the sheet holds, header first. */
  cells(): Json[][];
  valueInSheet(sku: string, column: string): Json | undefined;
  /** A page of the app for the one who administers it. */
  asAdmin(to: string): Promise<Page>;
  /** From now on Google writes, and keeps the answer to itself for long. */
  holdAnswers(): { writes(): number; letGo(): void };
  kill(): Promise<void>;
  start(): Promise<void>;
  conflicts(): Promise<readonly ConflictAnswer[]>;
  history(): Promise<readonly HistoryEntry[]>;
  /** Waits until sheet, both pages and GET rows tell the same, with nothing on its way or marked. */
  agree(): Promise<readonly RowAnswer[]>;
  stop(): Promise<void>;
}

export async function createTwoPeopleStage(): Promise<TwoPeopleStage> {
  const folder = tempDir();
  const emulator = createEmulator({ nowMs: Date.now, random: Math.random });
  const google = await serveEmulator(emulator, { port: 0 });
  const workbook = emulator.addWorkbook(sampleWorkbook());
  const key = emulator.accounts.registerServiceAccount();
  emulator.share(workbook, key.client_email, "writer");
  const third = emulator.person(workbook);

  const port = freePort();
  const launch = (): Promise<DaemonProcess> =>
    startDaemon({
      dataDir: folder.path,
      port,
      env: { SHEETWIRE_GOOGLE_ENDPOINT: google.url, SHEETWIRE_DEMO: "off" },
    });
  let daemon = await launch();
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(daemon.url + path, {
      method,
      headers: { Authorization: `Bearer ${TEST_TOKEN}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const tabPath = `/datasources/${SOURCE}/tabs/${encodeURIComponent(TAB)}`;
  await ask("POST", "/datasources/register", {
    id: SOURCE,
    name: "Shop",
    type: "googleSheet",
    url: `${google.url}/spreadsheets/d/${workbook}/edit`,
    credentials: { type: "serviceAccount", key },
    pollingInterval: 1_000,
    keyColumns: { [TAB]: "SKU" },
    writable: true,
    conflictPolicy: "ask",
  });

  const browser = await launchChromium();
  const complaints: string[] = [];
  const lines: { stop(): void }[] = [];
  const open: Open = async (token, to) => {
    const line = await openLine(port);
    lines.push(line);
    const context = await browser.newContext({ viewport: VIEWPORT });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${line.port}/#token=${token}&to=${encodeURIComponent(to)}`);
    return {
      page,
      async connect(isOn) {
        if (isOn) line.mend();
        else line.cut();
        // Tells the page; what is open already is cut by the line alone.
        await context.setOffline(!isOn);
      },
    };
  };
  const rows = async (): Promise<readonly RowAnswer[]> =>
    (await ask<{ rows: readonly RowAnswer[] }>("GET", `${tabPath}/rows`)).rows;
  await waitUntil("the source is read", async () => (await rows().catch(() => [])).length > 0);
  const seat = (user: string) => seatPerson(user, ask, open);
  const [ann, bob, sheet] = await Promise.all([
    seat("ann"),
    seat("bob"),
    openSheet(browser, google.url, workbook),
  ]);

  const cells = (): Json[][] => third.read(TAB);
  const placeOf = (sku: string): number => cells().findIndex(([first]) => first === sku);

  return {
    ann,
    bob,
    sheet,
    complaints,
    cells,
    inSheet: handsIn(sheet, cells),
    valueInSheet: (sku, column) => cells()[placeOf(sku)]?.[COLUMNS.indexOf(column)],
    asAdmin: async (to) => (await open(TEST_TOKEN, to)).page,
    holdAnswers() {
      const held = emulator.placeFault({
        match: { path: ":batchUpdate" },
        answer: { kind: "delay", delayMs: HELD_MS },
      });
      return { writes: () => held.hits, letGo: () => emulator.removeFault(held.id) };
    },
    async kill() {
      await daemon.kill("SIGKILL");
    },
    async start() {
      daemon = await launch();
    },
    conflicts: async () =>
      (await ask<{ conflicts: readonly ConflictAnswer[] }>("GET", "/api/v1/conflicts?limit=100")).conflicts,
    history: async () =>
      (await ask<{ entries: readonly HistoryEntry[] }>("GET", `${tabPath}/history?limit=500`)).entries,
    agree: () =>
      agree({
        people: [ann, bob],
        cells,
        rows,
        workbookText: () => third.read(TAB, undefined, "FORMATTED_VALUE"),
      }),
    async stop() {
      await browser.close();
      await daemon.kill("SIGKILL");
      for (const line of lines) line.stop();
      await google.stop();
      folder[Symbol.dispose]();
    },
  };
}

type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>;
type Open = (token: string, to: string) => Promise<Pick<PersonAtPage, "connect" | "page">>;

async function seatPerson(user: string, ask: Ask, open: Open): Promise<PersonAtPage> {
  const scopes = ["read", "write"].map((action) => ({ action, source: SOURCE, tab: TAB }));
  const { token } = await ask<{ token: string }>("POST", "/api/v1/tokens", { name: user, user, scopes });
  const { connect, page } = await open(token, `/${SOURCE}/${encodeURIComponent(TAB)}`);
  await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
  await page.locator(".grid-cell").first().waitFor();
  const cell = (sku: string, column: string): Locator =>
    page
      .locator(".grid-row")
      .filter({ has: page.locator('.grid-cell[data-key="SKU"]').filter({ hasText: sku }) })
      .locator(`.grid-cell[data-key="${column}"]`);
  return {
    connect,
    page,
    cell,
    async type(sku, column, text) {
      // A notice that appears moves the grid: a person looks whether it is the cell that they meant.
      await waitUntil(`${sku} has the focus`, async () => {
        await cell(sku, column).click();
        return cell(sku, column).evaluate((node) => node === document.activeElement);
      });
      await page.keyboard.type(text);
      await page.keyboard.press("Enter");
      // A wish shows at once, wherever the daemon is.
      await cell(sku, column).filter({ hasText: text }).waitFor();
    },
  };
}

async function openSheet(browser: Browser, url: string, workbook: string): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${url}/workbook/${workbook}`);
  await page.waitForSelector('[data-row="1"][data-col="4"]');
  return page;
}

function handsIn(sheet: Page, cells: () => Json[][]): TwoPeopleStage["inSheet"] {
  const at = (row: number, column: string): Locator =>
    sheet.locator(`[data-row="${row}"][data-col="${COLUMNS.indexOf(column)}"]`);
  const rowOf = (sku: string): number => cells().findIndex(([first]) => first === sku);
  /** The page asks once a second what is new: a person looks before they touch a row. */
  const found = async (sku: string): Promise<number> => {
    await waitUntil(`${sku} stands in the sheet's page where it stands in the sheet`, async () => {
      const row = rowOf(sku);
      return row > 0 && (await at(row, "SKU").textContent()) === sku;
    });
    return rowOf(sku);
  };
  const typeAt = async (row: number, column: string, text: string): Promise<void> => {
    await at(row, column).dblclick();
    await sheet.keyboard.press("Control+A");
    await sheet.keyboard.type(text);
    await sheet.keyboard.press("Enter");
    const changed = (): boolean => {
      const now = cells()[row]?.[COLUMNS.indexOf(column)];
      return String(now ?? "") === text;
    };
    await waitUntil(`the sheet holds ${text}`, changed);
  };
  const press = (name: string): Promise<void> => sheet.getByRole("button", { name, exact: true }).click();
  return {
    typeAt,
    type: async (sku, column, text) => typeAt(await found(sku), column, text),
    async sort(column, way) {
      await at(1, column).click();
      const before = JSON.stringify(cells());
      await press(`Sort ${way}`);
      await waitUntil("the sheet is sorted", () => JSON.stringify(cells()) !== before);
    },
    async addRow(below) {
      const row = await found(below);
      await at(row, "SKU").click();
      const height = cells().length;
      await press("Add row");
      await waitUntil("the sheet has the row", () => cells().length === height + 1);
      return row + 1;
    },
    async removeRow(sku) {
      await at(await found(sku), "SKU").click();
      await press("Delete row");
      await waitUntil(`${sku} is gone from the sheet`, () => rowOf(sku) < 0);
    },
  };
}

async function agree(deps: {
  people: readonly PersonAtPage[];
  cells: () => Json[][];
  rows: () => Promise<readonly RowAnswer[]>;
  workbookText: () => Json[][];
}): Promise<readonly RowAnswer[]> {
  let answered: readonly RowAnswer[] = [];
  const trim = (values: readonly unknown[]): string =>
    JSON.stringify(COLUMNS.map((_, index) => String(values[index] ?? "")));
  const inSheet = (): string => deps.cells().slice(1).map(trim).join("\n");
  await waitUntil("sheet, pages and GET rows tell the same", async () => {
    const wanted = inSheet();
    for (const { page } of deps.people) {
      if ((await shownOn(page)) !== shownInSheet(deps.workbookText())) return false;
      if ((await page.locator("[data-mark], [data-row-mark]").count()) > 0) return false;
    }
    // Asked for before the pages, they may lack what has landed until a page was looked at.
    answered = await deps.rows();
    const told = answered.map((row) => trim(COLUMNS.map((key) => row[key]))).join("\n");
    return told === wanted && inSheet() === wanted;
  });
  return answered;
}

/** Texts, since dates and money read otherwise in the app: its cells of text alone. */
const TEXTS = ["SKU", "Product", "Category"];

function shownInSheet(cells: readonly (readonly Json[])[]): string {
  return cells
    .slice(1)
    .map((row) => TEXTS.map((column) => row[COLUMNS.indexOf(column)] ?? "").join("|"))
    .join("\n");
}

async function shownOn(page: Page): Promise<string> {
  return page.evaluate((texts) => {
    const rows = [...document.querySelectorAll<HTMLElement>(".grid-row")].sort(
      (a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")),
    );
    const cell = (row: HTMLElement, key: string) =>
      row.querySelector(`[data-key="${key}"] .cell-text`)?.textContent ?? "";
    return rows.map((row) => texts.map((key) => cell(row, key)).join("|")).join("\n");
  }, TEXTS);
}

export async function waitUntil(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await waitFor(holds, PATIENCE_MS))) throw new Error(`it did not come to be that ${what}`);
}
