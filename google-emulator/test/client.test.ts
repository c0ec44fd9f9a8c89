import { describe, expect, test } from "bun:test";
import { OAuth2Client } from "google-auth-library";
import { drive } from "googleapis/build/src/apis/drive/index.js";
import { sheets } from "googleapis/build/src/apis/sheets/index.js";
import { serveEmulator } from "../src/index.ts";
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
});
