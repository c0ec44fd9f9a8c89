/** The real daemon as a process, killed with SIGKILL while it exports to an emulator of Google beside it. */
import { expect, test } from "bun:test";
import type { ExportAnswer } from "#contract/exports.ts";
import { createEmulator, serveEmulator } from "../../google-emulator/src/index.ts";
import { freePort, startDaemon, TEST_TOKEN, waitFor } from "../support/daemon-process.ts";
import { tempDir } from "../support/temp-dir.ts";

const ROWS = 50_000;
const HEADERS = {
  authorization: `Bearer ${TEST_TOKEN}`,
  "content-type": "application/json",
  "idempotency-key": "once",
};
/** Who dies before the workbook is there looks for it for 30 s (EXP-33) before another one is made. */
const PATIENCE_MS = 90_000;

test("EXP-5 the daemon's process, killed with -9 three times on the way, exports 50,000 rows exactly", async () => {
  using dir = tempDir();
  const emulator = createEmulator({ nowMs: Date.now, random: Math.random, quota: null });
  const served = await serveEmulator(emulator, { port: 0, hostname: "127.0.0.1" });
  const options = {
    dataDir: dir.path,
    port: freePort(),
    env: { SHEETWIRE_GOOGLE_ENDPOINT: served.url, SHEETWIRE_DEMO: "off", SHEETWIRE_LOG_LEVEL: "warn" },
  };
  let daemon = await startDaemon(options);
  try {
    const key = emulator.accounts.registerServiceAccount();
    const book = emulator.addWorkbook({ title: "Any", tabs: [{ title: "Any" }] });
    emulator.share(book, key.client_email, "reader");
    const ask = async (method: string, path: string, body?: unknown): Promise<ExportAnswer> => {
      const init = {
        method,
        headers: HEADERS,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      };
      const answer = await fetch(`${daemon.url}${path}`, init);
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as ExportAnswer;
    };
    await ask("POST", "/datasources/register", {
      id: "any",
      name: "Any",
      type: "googleSheet",
      url: `${served.url}/spreadsheets/d/${book}`,
      credentials: { type: "serviceAccount", key },
    });
    const data = Array.from({ length: ROWS }, (_, at) => ({
      sku: `k${at}`,
      price: at,
      name: `Name of ${at}`,
      note: "x".repeat(100),
    }));
    const { id } = await ask("POST", "/api/v1/export/sheets/create", {
      template: "table",
      title: "Large",
      key: "sku",
      account: "source:any",
      data,
    });
    const path = `/api/v1/export/sheets/${id}/status`;
    let seen = -1;
    let kills = 0;
    const done = await waitFor(async () => {
      const { state, progress } = await ask("GET", path);
      if (kills < 3 && progress && progress.rowsWritten > seen) {
        seen = progress.rowsWritten;
        // At its first sight and then each time that it is further: always amid its work.
        await daemon.kill("SIGKILL");
        kills++;
        daemon = await startDaemon(options);
      }
      return state === "done";
    }, PATIENCE_MS);
    expect([done, kills]).toEqual([true, 3]);
    const books = emulator.workbookIds().filter((one) => one !== book);
    expect(books.length).toBe(1);
    const rows = emulator.person(books[0]!).read("Table").slice(1);
    expect(rows.length).toBe(ROWS);
    expect(rows.findIndex(([sku, price], at) => sku !== `k${at}` || price !== at)).toBe(-1);
    expect((await ask("GET", path)).lastUpdate).toMatchObject({ type: "create", added: ROWS });
  } finally {
    await daemon.kill("SIGKILL");
    await served.stop();
  }
}, 110_000);
