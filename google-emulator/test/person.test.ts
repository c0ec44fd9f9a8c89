import { describe, expect, test } from "bun:test";
import { sampleWorkbook } from "../src/index.ts";
import { testEmulator, withRows } from "./support.ts";

describe("a person at a workbook", () => {
  test("EMU-45 typing, inserting, deleting, moving, sorting and renaming show at once through the API", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [
      ["name", "n"],
      ["b", 2],
      ["a", 1],
    ]);
    const person = emulator.person(id);
    const before = emulator.version(id);
    person.setCell("Sheet1", "C1", "=SUM(B2:B3)");
    person.insertRows("Sheet1", 1);
    person.setCells("Sheet1", "A2", [["c", 3]]);
    person.sortRange("Sheet1", "A2:B", 0);
    person.moveRows("Sheet1", 3, 1, 1);
    person.deleteRows("Sheet1", 2);
    person.renameTab("Sheet1", "Table");
    person.addTab("More");
    const answer = emulator.get(`/v4/spreadsheets/${id}/values/Table`).body;
    expect(answer.values as unknown).toEqual([
      ["name", "n", "5"],
      ["c", "3"],
      ["b", "2"],
    ]);
    expect(person.tabs()).toEqual(["Table", "More"]);
    expect(emulator.version(id)).toBeGreaterThan(before);
  });

  test("EMU-45 a note stays with its cell, whatever is typed there and wherever its row goes", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [["n"], ["b"], ["a"]]);
    const person = emulator.person(id);
    person.setNote("Sheet1", "A2", "is b");
    person.setCell("Sheet1", "A2", "c");
    person.sortRange("Sheet1", "A2:A", 0);
    expect(person.notes("Sheet1", 0)).toEqual(["", "", "is b"]);
    person.insertColumns("Sheet1", 0);
    person.deleteRows("Sheet1", 1);
    expect([person.notes("Sheet1", 0), person.notes("Sheet1", 1)]).toEqual([[], ["", "is b"]]);
    person.setNote("Sheet1", "B2", "");
    expect(person.notes("Sheet1", 1)).toEqual([]);
    expect(person.read("Sheet1")).toEqual([
      ["", "n"],
      ["", "c"],
    ]);
  });

  test("EMU-45 rows moved to where they are stay, wherever else they move none is lost or doubled", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [["a"], ["b"], ["c"], ["d"]]);
    const person = emulator.person(id);
    for (const [at, count, destination, after] of [
      [1, 1, 1, "abcd"],
      [1, 1, 2, "abcd"],
      [0, 2, 1, "abcd"],
      [3, 1, 0, "dabc"],
      [0, 2, 4, "bcda"],
    ] as const) {
      person.moveRows("Sheet1", at, count, destination);
      expect(person.read("Sheet1").join("")).toBe(after);
    }
  });

  test("EMU-46 a person's mistake says what is wrong and changes nothing", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [["a"]]);
    const person = emulator.person(id);
    expect(() => person.setCell("Nope", "A1", 1)).toThrow('No tab "Nope" in "Shop"; there are: Sheet1.');
    expect(() => person.setCell("Sheet1", "A", 1)).toThrow("is no place");
    expect(() => person.deleteTab("Sheet1")).toThrow("at least one tab");
    expect(person.read("Sheet1")).toEqual([["a"]]);
  });

  test("EMU-47 the sample workbook is a price list and a match schedule of forty rows and more, without an error", () => {
    const emulator = testEmulator();
    const id = emulator.addWorkbook(sampleWorkbook());
    const person = emulator.person(id);
    expect(person.tabs()).toEqual(["Price list", "Matches"]);
    for (const tab of person.tabs()) {
      const rows = person.read(tab, undefined, "FORMATTED_VALUE");
      expect(rows.length).toBeGreaterThan(40);
      expect(rows.flat().filter((value) => String(value).startsWith("#"))).toEqual([]);
    }
    expect(person.read("Price list", "G2", "FORMULA")).toEqual([["=ROUND(D2*(1-F2),2)"]]);
    expect(person.read("Price list", "D2:H2", "FORMATTED_VALUE")[0]?.[2]).toMatch(/^\$\d+\.\d\d$|%$/);
  });

  test("EMU-48 the admin endpoints give a test outside the same hands, and refuse what is no JSON", () => {
    const emulator = testEmulator();
    const seed = { title: "From outside", tabs: [{ title: "T", rows: [["a"]] }] };
    const { id } = emulator.call("POST", "/emulator/workbooks", seed).body;
    const person = (action: string, ...args: unknown[]) =>
      emulator.call("POST", `/emulator/workbooks/${id}/person`, { do: action, args });
    expect(person("setCell", "T", "B1", "=1+1").status).toBe(200);
    expect(person("read", "T").body.result as unknown).toEqual([["a", 2]]);
    expect(person("setCell", "Nope", "B1", 1)).toMatchObject({ status: 400 });
    expect(person("fly").body.detail as unknown).toMatch(/^A person can: /);
    const form = { "content-type": "text/plain" };
    expect(emulator.call("POST", `/emulator/workbooks/${id}/person`, { do: "setTitle" }, form).status).toBe(
      400,
    );
    emulator.call("POST", "/emulator/faults", { match: {}, answer: { kind: "html" }, times: 1 });
    expect(emulator.get(`/v4/spreadsheets/${id}`).status).toBe(500);
    const key = emulator.call("POST", "/emulator/accounts", { kind: "serviceAccount" }).body;
    expect(key.type as unknown).toBe("service_account");
  });

  test("EMU-49 an open emulator takes any token and shares everything", () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [["a"]]);
    expect(
      emulator.call("GET", `/v4/spreadsheets/${id}`, undefined, { authorization: "Bearer x" }).status,
    ).toBe(200);
    expect(emulator.call("POST", "/token", { assertion: "anything" }).body.token_type as unknown).toBe(
      "Bearer",
    );
    expect(testEmulator({}).get(`/v4/spreadsheets/${id}`).status).toBe(403);
  });
});
