import { describe, expect, test } from "bun:test";
import { testEmulator, withRows } from "./support.ts";

const SHEET = "application/vnd.google-apps.spreadsheet";

describe("Drive", () => {
  test("EMU-39 files are created, found by query, renamed, put in the bin, copied and deleted", () => {
    const emulator = testEmulator();
    const created = emulator.call("POST", "/drive/v3/files", { name: "Prices", mimeType: SHEET }).body;
    expect(created as unknown).toEqual({
      kind: "drive#file",
      id: created.id,
      name: "Prices",
      mimeType: SHEET,
    });
    withRows(emulator, []);
    const found = (q: string): unknown =>
      (
        emulator.get(`/drive/v3/files?q=${encodeURIComponent(q)}&fields=files(name)`).body.files as never as {
          name: string;
        }[]
      ).map((file) => file.name);
    expect(found("name = 'Prices' and trashed = false")).toEqual(["Prices"]);
    expect(found(`mimeType='${SHEET}' and (name contains 'pri' or name contains 'sho')`)).toHaveLength(2);
    expect(emulator.get("/drive/v3/files?q=nonsense").status).toBe(400);
    const url = `/drive/v3/files/${created.id}`;
    emulator.call("PATCH", url, { name: "New", trashed: true });
    expect(
      emulator.get(`/v4/spreadsheets/${created.id}?fields=properties.title`).body.properties
        ?.title as unknown,
    ).toBe("New");
    expect(found("not trashed = true")).toEqual(["Shop"]);
    emulator.person(String(created.id)).setCell("Sheet1", "A1", "x");
    const copy = emulator.call("POST", `${url}/copy`, { name: null }).body;
    expect(copy.name as unknown).toBe("Copy of New");
    emulator.person(String(created.id)).setCell("Sheet1", "A1", "y");
    expect(emulator.person(String(copy.id)).read("Sheet1")).toEqual([["x"]]);
    expect(emulator.call("DELETE", url).status).toBe(204);
    expect(emulator.get(url).status).toBe(404);
  });

  test("EMU-40 a change moves modifiedTime, a page token goes on where the page ended", () => {
    const emulator = testEmulator();
    const [first, second] = [withRows(emulator, []), withRows(emulator, [])];
    emulator.nowMs += 5000;
    emulator.person(first!).setCell("Sheet1", "A1", "x");
    const modified = emulator.get(`/drive/v3/files/${first}?fields=modifiedTime`).body
      .modifiedTime as unknown;
    expect(modified).toBe(new Date(emulator.nowMs).toISOString());
    const page = emulator.get("/drive/v3/files?pageSize=1&orderBy=modifiedTime desc").body;
    expect(page.files?.[0]?.id as unknown).toBe(first);
    const next = emulator.get(
      `/drive/v3/files?pageSize=1&pageToken=${encodeURIComponent(String(page.nextPageToken))}`,
    ).body;
    expect(next.files?.[0]?.id as unknown).toBe(second);
    expect(next.nextPageToken as unknown).toBeUndefined();
  });

  test("EMU-41 Drive's errors list errors and hide what is not shared; Sheets' carry a status", () => {
    const emulator = testEmulator({});
    const id = withRows(emulator, []);
    const headers = { authorization: `Bearer ${emulator.accounts.issueToken("ann@example.com")}` };
    const drive = emulator.call("GET", `/drive/v3/files/${id}`, undefined, headers).body.error;
    expect(drive as unknown).toEqual({
      code: 404,
      message: `File not found: ${id}.`,
      errors: [
        {
          message: `File not found: ${id}.`,
          domain: "global",
          reason: "notFound",
          location: "fileId",
          locationType: "parameter",
        },
      ],
    });
    const sheets = emulator.call("GET", `/v4/spreadsheets/${id}`, undefined, headers).body.error;
    expect(sheets as unknown).toEqual({
      code: 403,
      message: "The caller does not have permission",
      status: "PERMISSION_DENIED",
    });
    emulator.share(id, "ann@example.com", "reader");
    expect(emulator.call("DELETE", `/drive/v3/files/${id}`, undefined, headers).status).toBe(403);
  });

  test("EMU-42 permissions share a workbook and take the share back", () => {
    const emulator = testEmulator({});
    const owner = { authorization: `Bearer ${emulator.accounts.issueToken("owner@example.com")}` };
    const ann = { authorization: `Bearer ${emulator.accounts.issueToken("ann@example.com")}` };
    const id = withRows(emulator, []);
    const url = `/drive/v3/files/${id}/permissions`;
    const made = emulator.call(
      "POST",
      url,
      { type: "user", role: "reader", emailAddress: "ann@example.com" },
      owner,
    );
    expect(made.body.role as unknown).toBe("reader");
    const read = (): number => emulator.call("GET", `/v4/spreadsheets/${id}`, undefined, ann).status;
    expect(read()).toBe(200);
    expect(emulator.call("GET", url, undefined, owner).body.permissions as unknown).toHaveLength(2);
    expect(emulator.call("DELETE", `${url}/${made.body.id}`, undefined, owner).status).toBe(204);
    expect(read()).toBe(403);
  });
});
