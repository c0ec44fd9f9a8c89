import { describe, expect, test } from "bun:test";
import { testEmulator, withRows } from "./support.ts";

describe("protected ranges", () => {
  test("EMU-59 refuse everybody but the owner and their editors, however the change is made", () => {
    const emulator = testEmulator({ quota: null });
    const id = withRows(emulator, [["locked", "free"], ["locked too"], ["free"]]);
    const as = (email: string) => {
      emulator.share(id, email, email.startsWith("owner") ? "owner" : "writer");
      const headers = { authorization: `Bearer ${emulator.accounts.issueToken(email)}` };
      return {
        put: (range: string, value: string) =>
          emulator.call(
            "PUT",
            `/v4/spreadsheets/${id}/values/${range}?valueInputOption=RAW`,
            { values: [[value]] },
            headers,
          ),
        batch: (request: unknown) =>
          emulator.call("POST", `/v4/spreadsheets/${id}:batchUpdate`, { requests: [request] }, headers),
      };
    };
    const [owner, ann, bob] = [as("owner@example.com"), as("ann@example.com"), as("bob@example.com")];
    const range = { sheetId: 0, startRowIndex: 0, endRowIndex: 2, startColumnIndex: 0, endColumnIndex: 1 };
    const added = owner.batch({
      addProtectedRange: { protectedRange: { range, editors: { users: ["ann@example.com"] } } },
    });
    const protectedRangeId = added.body.replies?.[0]?.addProtectedRange?.protectedRange?.protectedRangeId;
    const before = emulator.person(id).read("Sheet1");
    const rows = { sheetId: 0, dimension: "ROWS", startIndex: 1, endIndex: 2 };
    const version = emulator.get(`/drive/v3/files/${id}?fields=version`).status;
    expect(version).toBe(403);
    for (const refused of [
      bob.put("A1", "mine"),
      bob.batch({ deleteDimension: { range: rows } }),
      bob.batch({ sortRange: { range: { sheetId: 0 }, sortSpecs: [{ dimensionIndex: 0 }] } }),
      bob.batch({ deleteProtectedRange: { protectedRangeId } }),
      bob.batch({ findReplace: { find: "locked", replacement: "x", allSheets: true } }),
    ]) {
      expect(refused.status).toBe(400);
      expect(String(refused.body.error?.message)).toContain("protected cell or object");
    }
    expect(emulator.person(id).read("Sheet1")).toEqual(before);
    expect(bob.put("B1", "changed").status).toBe(200);
    expect(bob.batch({ insertDimension: { range: { ...rows, startIndex: 0, endIndex: 1 } } }).status).toBe(
      200,
    );
    expect(ann.put("A2", "by ann").status).toBe(200);
    expect(owner.put("A3", "by owner").status).toBe(200);
    expect(emulator.person(id).read("Sheet1")).toEqual([[], ["by ann", "changed"], ["by owner"], ["free"]]);
  });
});
