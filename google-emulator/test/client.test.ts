import { describe, expect, test } from "bun:test";
import { JWT, OAuth2Client } from "google-auth-library";
import { drive } from "googleapis/build/src/apis/drive/index.js";
import { sheets } from "googleapis/build/src/apis/sheets/index.js";
import { createFetch, serveEmulator } from "../src/index.ts";
import { testEmulator, withRows } from "./support.ts";

describe("the googleapis client", () => {
  test("EMU-43 Google's own client reads, writes, batches and lists against a served emulator, and sees its errors", async () => {
    const emulator = testEmulator({});
    const id = withRows(
      emulator,
      [
        ["sku", "price"],
        ["a", 5],
      ],
      "It's / new",
    );
    const served = await serveEmulator(emulator, { port: 0 });
    try {
      const auth = new OAuth2Client();
      auth.setCredentials({ access_token: emulator.accounts.issueToken("ann@example.com") });
      emulator.share(id, "ann@example.com", "writer");
      const api = sheets({ version: "v4", auth, rootUrl: served.url });
      const range = "'It''s / new'!A1:B2";
      const read = await api.spreadsheets.values.get({
        spreadsheetId: id,
        range,
        valueRenderOption: "UNFORMATTED_VALUE",
      });
      expect(read.data.values).toEqual([
        ["sku", "price"],
        ["a", 5],
      ]);
      await api.spreadsheets.values.update({
        spreadsheetId: id,
        range,
        valueInputOption: "RAW",
        requestBody: { values: [["SKU"]] },
      });
      const batch = await api.spreadsheets.batchUpdate({
        spreadsheetId: id,
        requestBody: { requests: [{ addSheet: { properties: { title: "Two" } } }] },
      });
      expect(batch.data.replies?.[0]?.addSheet?.properties?.title).toBe("Two");
      const several = await api.spreadsheets.values.batchGet({ spreadsheetId: id, ranges: [range, "Two"] });
      expect(several.data.valueRanges?.[0]?.values?.[0]).toEqual(["SKU", "price"]);
      const files = await drive({ version: "v3", auth, rootUrl: served.url }).files.list({
        q: "trashed = false",
      });
      expect(files.data.files?.map((file) => file.id)).toEqual([id]);
      const failed = await api.spreadsheets
        .get({ spreadsheetId: "nowhere" })
        .catch((error: { status?: number }) => error.status);
      expect(failed).toBe(404);
    } finally {
      await served.stop();
    }
  });

  test("EMU-43 a session with a service account's key file: charts, metadata, filters, files, shares, exports", async () => {
    const emulator = testEmulator({});
    emulator.nowMs = Date.now();
    const key = emulator.accounts.registerServiceAccount();
    const auth = new JWT({
      email: key.client_email,
      key: key.private_key,
      scopes: ["https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/spreadsheets"],
      transporterOptions: { fetchImplementation: createFetch(emulator) as typeof globalThis.fetch },
    });
    const api = sheets({ version: "v4", auth });
    const files = drive({ version: "v3", auth });
    const created = await api.spreadsheets.create({ requestBody: { properties: { title: "Made" } } });
    const spreadsheetId = created.data.spreadsheetId!;
    const appended = await api.spreadsheets.values.append({
      spreadsheetId,
      range: "Sheet1!A1",
      valueInputOption: "USER_ENTERED",
      requestBody: {
        values: [
          ["sku", "price"],
          ["a", "$5.00"],
          ["b", "=B2*2"],
        ],
      },
    });
    expect(appended.data.updates?.updatedCells).toBe(6);
    const source = {
      sourceRange: { sources: [{ sheetId: 0, startRowIndex: 0, endRowIndex: 3, endColumnIndex: 1 }] },
    };
    const batch = await api.spreadsheets.batchUpdate({
      spreadsheetId,
      fields: "replies(addChart.chart.chartId)",
      requestBody: {
        requests: [
          { addChart: { chart: { spec: { pieChart: { domain: source, series: source } } } } },
          {
            createDeveloperMetadata: {
              developerMetadata: {
                metadataKey: "row",
                metadataValue: "a",
                visibility: "DOCUMENT",
                location: { dimensionRange: { sheetId: 0, dimension: "ROWS", startIndex: 1, endIndex: 2 } },
              },
            },
          },
          {
            insertRange: { range: { sheetId: 0, startRowIndex: 1, endRowIndex: 2 }, shiftDimension: "ROWS" },
          },
        ],
      },
    });
    expect(batch.data.replies?.[0]?.addChart?.chart?.chartId).toBeGreaterThan(0);
    const row = { developerMetadataLookup: { metadataKey: "row" } };
    const found = await api.spreadsheets.developerMetadata.search({
      spreadsheetId,
      requestBody: { dataFilters: [row] },
    });
    expect(found.data.matchedDeveloperMetadata?.[0]?.developerMetadata?.metadataValue).toBe("a");
    const filtered = await api.spreadsheets.values.batchGetByDataFilter({
      spreadsheetId,
      requestBody: { dataFilters: [{ a1Range: "A3:B4" }], valueRenderOption: "FORMULA" },
    });
    expect(filtered.data.valueRanges?.[0]?.valueRange?.values).toEqual([
      ["a", 5],
      ["b", "=B3*2"],
    ]);
    const copied = await files.files.copy({ fileId: spreadsheetId, requestBody: { name: "Copy" } });
    const moved = await api.spreadsheets.sheets.copyTo({
      spreadsheetId,
      sheetId: 0,
      requestBody: { destinationSpreadsheetId: copied.data.id! },
    });
    expect(moved.data.title).toBe("Copy of Sheet1");
    await files.permissions.create({
      fileId: spreadsheetId,
      requestBody: { type: "user", role: "writer", emailAddress: "ann@example.com" },
    });
    const listed = await files.files.list({
      q: "name contains 'cop' and 'me' in owners and trashed = false",
      orderBy: "name",
      fields: "files(id, name)",
    });
    expect(listed.data.files).toEqual([{ id: copied.data.id!, name: "Copy" }]);
    const uploaded = await files.files.create({
      requestBody: { name: "Uploaded", mimeType: "application/vnd.google-apps.spreadsheet" },
      media: { mimeType: "text/csv", body: 'a,b\n1,"x, y"\n' },
    });
    const text = await files.files.export({ fileId: uploaded.data.id!, mimeType: "text/csv" });
    expect(text.data).toBe('a,b\r\n1,"x, y"');
  });
});
