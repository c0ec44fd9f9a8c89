import { describe, expect, test } from "bun:test";
import { JWT } from "google-auth-library";
import { GoogleSpreadsheet } from "google-spreadsheet";
import { createFetch } from "../src/index.ts";
import { type TestEmulator, testEmulator, withRows } from "./support.ts";

/** A document as an application opens it: the key file of a service account, Google's own addresses. */
function documentOf(emulator: TestEmulator, id: string): GoogleSpreadsheet {
  const key = emulator.accounts.registerServiceAccount();
  emulator.share(id, key.client_email, "writer");
  const fetch = createFetch(emulator);
  const auth = new JWT({
    email: key.client_email,
    key: key.private_key,
    scopes: ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive.file"],
    transporterOptions: { fetchImplementation: fetch as typeof globalThis.fetch },
  });
  const document = new GoogleSpreadsheet(id, auth);
  Object.assign(document, {
    sheetsApi: document.sheetsApi.extend({ fetch }),
    driveApi: document.driveApi.extend({ fetch }),
  });
  return document;
}

/** Tokens are signed with the real time, so the emulator's clock must agree. */
function emulatorNow(): TestEmulator {
  const emulator = testEmulator({});
  emulator.nowMs = Date.now();
  return emulator;
}

describe("google-spreadsheet", () => {
  test("EMU-54 rows are read, added, saved and deleted, tabs added, renamed, sized and deleted", async () => {
    const emulator = emulatorNow();
    const id = withRows(
      emulator,
      [
        ["sku", "price", "stock"],
        ["a", 5, true],
        ["b", "=B2*2", false],
      ],
      "Prices",
    );
    const document = documentOf(emulator, id);
    await document.loadInfo();
    expect([document.title, document.sheetCount]).toEqual(["Shop", 1]);
    const sheet = document.sheetsByTitle.Prices!;
    const rows = await sheet.getRows<{ sku: string; price: string }>();
    expect(rows.map((row) => [row.get("sku"), row.get("price")])).toEqual([
      ["a", "5"],
      ["b", "10"],
    ]);
    rows[0]!.set("price", "7.5");
    await rows[0]!.save();
    await sheet.addRows([
      { sku: "c", price: 3 },
      { sku: "d", price: 4 },
    ]);
    await rows[1]!.delete();
    expect(emulator.person(id).read("Prices")).toEqual([
      ["sku", "price", "stock"],
      ["a", 7.5, true],
      ["c", 3],
      ["d", 4],
    ]);
    const added = await document.addSheet({ title: "New", headerValues: ["x", "y"] });
    await added.addRow({ x: "1", y: "2" });
    await added.updateProperties({ title: "Newer" });
    await added.resize({ rowCount: 50, columnCount: 4 });
    expect(added.rowCount).toBe(50);
    await document.updateProperties({ title: "Renamed" });
    await added.delete();
    expect(emulator.person(id).tabs()).toEqual(["Prices"]);
    await sheet.clearRows();
    expect(emulator.person(id).read("Prices")).toEqual([["sku", "price", "stock"]]);
  });

  test("EMU-54 cells are loaded with formats and formulas, changed, saved, merged; headers and copies work", async () => {
    const emulator = emulatorNow();
    const id = withRows(emulator, [["a", "$5.00"], ["=B1+1"]]);
    const other = withRows(emulator, []);
    const document = documentOf(emulator, id);
    await document.loadInfo();
    const sheet = document.sheetsByIndex[0]!;
    await sheet.loadCells("A1:C3");
    expect(sheet.getCell(0, 1).formattedValue).toBe("$5.00");
    expect([sheet.getCellByA1("A2").formula, sheet.getCellByA1("A2").value]).toEqual(["=B1+1", 6]);
    sheet.getCell(0, 0).value = "changed";
    sheet.getCell(0, 0).textFormat = { bold: true };
    sheet.getCell(2, 2).formula = "=A2*2";
    sheet.getCell(1, 1).note = "a note";
    await sheet.saveUpdatedCells();
    expect(emulator.person(id).read("Sheet1")).toEqual([["changed", 5], [6], ["", "", 12]]);
    await sheet.loadCells("A1:C3");
    expect(sheet.getCell(0, 0).textFormat?.bold).toBe(true);
    expect(sheet.getCell(1, 1).note).toBe("a note");
    await sheet.mergeCells({ startRowIndex: 4, endRowIndex: 6, startColumnIndex: 0, endColumnIndex: 2 });
    await sheet.insertDimension("ROWS", { startIndex: 0, endIndex: 1 }, false);
    await sheet.setHeaderRow(["one", "two"]);
    expect(sheet.headerValues).toEqual(["one", "two"]);
    await sheet.duplicate({ title: "Twin", index: 1, id: 77 });
    emulator.share(other, "anyone", "writer");
    await sheet.copyToSpreadsheet(other);
    expect(emulator.person(other).tabs()).toEqual(["Sheet1", "Copy of Sheet1"]);
    await document.loadInfo();
    expect(Object.keys(document.sheetsByTitle)).toEqual(["Sheet1", "Twin"]);
    const csv = await sheet.downloadAsCSV();
    expect(new TextDecoder().decode(csv as ArrayBuffer).split("\r\n")[0]).toBe("one,two,");
  });

  test("EMU-54 shares are listed and set, an unknown document is its error", async () => {
    const emulator = emulatorNow();
    const id = withRows(emulator, []);
    const document = documentOf(emulator, id);
    await document.share("bob@example.com", { role: "reader" });
    const permissions = await document.listPermissions();
    expect(permissions.map((one) => ("emailAddress" in one ? one.emailAddress : one.type))).toContain(
      "bob@example.com",
    );
    const lost = new GoogleSpreadsheet("none", document.auth);
    Object.assign(lost, { sheetsApi: lost.sheetsApi.extend({ fetch: createFetch(emulator) }) });
    expect(lost.loadInfo()).rejects.toThrow("404");
  });
});
