import { describe, expect, test } from "bun:test";
import type { HandEdits, UpdateType } from "#contract/exports.ts";
import type { DataObject, TemplateBody } from "#contract/templates.ts";
import { planExport } from "../../src/exports/plan-export.ts";
import { createExportStage, tablePlan } from "./stage.ts";

const ROWS: DataObject[] = [
  { sku: "a", price: 1, name: "Ash" },
  { sku: "b", price: 2, name: "Birch" },
  { sku: "c", price: 3, name: "Cedar" },
  { sku: "d", price: 4, name: "Dogwood" },
];

interface Options {
  readonly rows?: readonly DataObject[];
  readonly edits?: HandEdits;
  readonly key?: string | null;
  readonly template?: TemplateBody & { readonly version: number };
}

type Made = Awaited<ReturnType<typeof made>>;

async function made({ rows = ROWS, edits = "overwrite", key = "sku", template }: Options = {}) {
  const stage = createExportStage();
  const exports = stage.start();
  const planOf = (data: readonly DataObject[]) => {
    if (!template) return tablePlan(data, key);
    const planned = planExport(template, data, { title: "Made" });
    if (!planned.ok) throw new Error(JSON.stringify(planned.error));
    return planned.value;
  };
  await exports.create(stage.newExport(planOf(rows), { edits }));
  const { file } = await stage.rest(exports);
  const id = file!.id;
  const person = stage.emulator.person(id);
  let count = 0;
  async function update(type: UpdateType, next: readonly DataObject[]) {
    const asked = await exports.update("exp-1", { id: `u${++count}`, type, plan: planOf(next) });
    if (!asked.ok) throw new Error(JSON.stringify(asked.error));
    return stage.rest(exports);
  }
  const shown = () => stage.get<Shown>(id, "?includeGridData=true");
  return { stage, exports, person, update, id, shown, sheetId: shown().sheets[0]!.properties.sheetId };
}

interface Shown {
  readonly namedRanges?: readonly { readonly name: string; readonly range: Range }[];
  readonly sheets: readonly {
    readonly properties: { readonly sheetId: number };
    readonly basicFilter?: { readonly range: Range };
    readonly bandedRanges?: readonly { readonly range: Range }[];
    readonly conditionalFormats?: readonly { readonly ranges: readonly Range[] }[];
    readonly charts?: readonly { readonly spec: object }[];
    readonly data: readonly {
      readonly rowData: readonly {
        readonly values?: readonly {
          readonly userEnteredFormat?: object;
          readonly dataValidation?: object;
        }[];
      }[];
      readonly columnMetadata: readonly { readonly pixelSize: number }[];
    }[];
  }[];
}
interface Range {
  readonly startRowIndex?: number;
  readonly endRowIndex: number;
}

/** What people do to a sheet: a column of their own, its width, other columns' places, sorting, a new header, sharing. */
function byHand({ stage, person, id, sheetId }: Made): void {
  person.insertColumns("Items", 1);
  person.setCells("Items", "B1", [["Our notes"], ["first"], ["second"], ["third"], ["fourth"]]);
  stage.batchUpdate(id, {
    updateDimensionProperties: {
      range: { sheetId, dimension: "COLUMNS", startIndex: 1, endIndex: 2 },
      properties: { pixelSize: 333 },
      fields: "pixelSize",
    },
  });
  // sku, notes, price, name become name, sku, notes, price.
  person.moveColumns("Items", 3, 1, 0);
  person.sortRange("Items", "A2:D5", 3, true);
  person.setCell("Items", "D1", "Price in EUR");
  person.renameTab("Items", "Trees");
  stage.emulator.share(id, "ann@example.com", "writer");
}

describe("updating a sheet that people changed by hand", () => {
  test("EXP-8 replace changes, adds and removes rows by key, and keeps file, sharing, extra columns, widths, places and order", async () => {
    const all = await made();
    byHand(all);
    const record = await all.update("replace", [
      { sku: "a", price: 1, name: "Ash" },
      { sku: "b", price: 2.5, name: "Birch" },
      { sku: "e", price: 5, name: "Elm" },
      { sku: "c", price: 3, name: "Cedar" },
    ]);
    expect(all.person.read("Trees")).toEqual([
      ["Name", "Sku", "Our notes", "Price in EUR"],
      ["Dogwood", "d", "fourth", 4],
      ["Cedar", "c", "third", 3],
      ["Birch", "b", "second", 2.5],
      ["Ash", "a", "first", 1],
      ["Elm", "e", "", 5],
    ]);
    expect(record.lastUpdate).toMatchObject({ added: 1, changed: 1, unchanged: 2, removed: 0, skipped: 1 });
    expect(record.lastUpdate!.skippedRows).toEqual([
      { tab: "Trees", row: "d", why: expect.stringContaining("what people wrote beside it") },
    ]);
    expect(all.shown().sheets[0]!.data[0]!.columnMetadata[2]!.pixelSize).toBe(333);
    expect(all.stage.emulator.workbookIds()).toEqual([all.id]);
    // Without a word beside it a row goes; the one that stayed is still known as ours.
    all.person.setCell("Trees", "C2", "");
    const again = await all.update("replace", [{ sku: "a", price: 1, name: "Ash" }]);
    expect(again.lastUpdate).toMatchObject({ added: 0, changed: 0, unchanged: 1, removed: 2, skipped: 2 });
    expect(all.person.read("Trees").map(([, sku]) => sku)).toEqual(["Sku", "c", "b", "a"]);
    const { permissions } = JSON.parse(
      String(
        all.stage.emulator.handle({
          method: "GET",
          url: `http://google.test/drive/v3/files/${all.id}?fields=permissions(emailAddress,role)`,
          headers: { authorization: `Bearer ${all.stage.emulator.accounts.issueToken(all.stage.email)}` },
          body: "",
        }).body,
      ),
    );
    expect(permissions).toContainEqual({ emailAddress: "ann@example.com", role: "writer" });
  });

  test("EXP-9 append finds the real end, whatever stands beside and below it, and takes no row that is there", async () => {
    const all = await made();
    byHand(all);
    all.person.setCell("Trees", "C9", "a remark far below");
    all.person.setCell("Trees", "D8", "=SUM(D2:D5)");
    const record = await all.update("append", [
      { sku: "e", price: 5, name: "Elm" },
      { sku: "a", price: 9, name: "Again" },
      { sku: "f", price: 6, name: "Fir" },
    ]);
    expect(all.person.read("Trees")).toEqual([
      ["Name", "Sku", "Our notes", "Price in EUR"],
      ["Dogwood", "d", "fourth", 4],
      ["Cedar", "c", "third", 3],
      ["Birch", "b", "second", 2],
      ["Ash", "a", "first", 1],
      ["Elm", "e", "", 5],
      ["Fir", "f", "", 6],
      [],
      [],
      ["", "", "", 10],
      ["", "", "a remark far below"],
    ]);
    expect(record.lastUpdate).toMatchObject({ added: 2, changed: 0, skipped: 1 });
    expect(record.lastUpdate!.skippedRows[0]).toMatchObject({
      row: "a",
      why: expect.stringContaining("already"),
    });
  });

  test("EXP-10 upsert touches changed cells alone, empties none and removes no row", async () => {
    const all = await made();
    byHand(all);
    const record = await all.update("upsert", [
      { sku: "a", price: 10, name: null },
      { sku: "b", price: 2, name: "Birch" },
      { sku: "f", price: 6, name: "Fir" },
    ]);
    expect(all.person.read("Trees").slice(1)).toEqual([
      ["Dogwood", "d", "fourth", 4],
      ["Cedar", "c", "third", 3],
      ["Birch", "b", "second", 2],
      ["Ash", "a", "first", 10],
      ["Fir", "f", "", 6],
    ]);
    expect(record.lastUpdate).toMatchObject({ added: 1, changed: 1, unchanged: 1, removed: 0 });
    const write = all.stage.net.requests.findLast(({ url }) => url.includes(":batchUpdate"))!;
    const cells = JSON.parse(String(write.body)).requests.filter((one: object) => "updateCells" in one);
    expect(cells[0].updateCells.rows).toEqual([{ values: [{ userEnteredValue: { numberValue: 10 } }] }]);
  });

  test("EXP-11 an update without a change writes nothing", async () => {
    const all = await made();
    byHand(all);
    const writes = () => all.stage.calls.filter((call) => call.endsWith(":batchUpdate")).length;
    const before = writes();
    for (const type of ["replace", "upsert", "append"] as const) await all.update(type, ROWS);
    // The one is byHand's own.
    expect(writes()).toBe(before);
  });
});

describe("what people changed in the export's own columns", () => {
  test.each([
    ["overwrite", 2.5],
    ["keep", 99],
  ] as const)("EXP-12 is treated by the rule %s, and told", async (edits, expected) => {
    const all = await made({ edits });
    all.person.setCell("Items", "B3", 99);
    const next = ROWS.map((row) => (row.sku === "b" ? { ...row, price: 2.5 } : row));
    const record = await all.update("replace", next);
    expect(all.person.read("Items", "B3")).toEqual([[expected]]);
    expect(record.lastUpdate).toMatchObject({
      handEdits: 1,
      handEditCells: [
        {
          tab: "Items",
          row: "b",
          column: "price",
          theirs: 99,
          became: edits === "keep" ? "kept" : "overwritten",
        },
      ],
    });
  });

  test.each([
    ["overwrite", 3.5],
    ["keep", 99],
  ] as const)(
    "EXP-36 is told of rows without a key, too, and treated by the rule %s",
    async (edits, expected) => {
      const all = await made({ key: null, edits });
      all.person.setCell("Items", "B4", 99);
      const record = await all.update(
        "replace",
        ROWS.map((row) => (row.sku === "c" ? { ...row, price: 3.5 } : row)),
      );
      expect(all.person.read("Items", "B4")).toEqual([[expected]]);
      expect(record.lastUpdate).toMatchObject({
        handEdits: 1,
        handEditCells: [{ column: "price", theirs: 99 }],
      });
    },
  );

  test("EXP-13 rows that people added stay, with a key or without", async () => {
    const all = await made();
    all.person.insertRows("Items", 2);
    all.person.setCells("Items", "A3", [["mine", 7, "By hand"]]);
    all.person.setCells("Items", "A7", [["", "", "just a word"]]);
    const record = await all.update("replace", ROWS.slice(0, 2));
    expect(all.person.read("Items").slice(1)).toEqual([
      ["a", 1, "Ash"],
      ["mine", 7, "By hand"],
      ["b", 2, "Birch"],
      ["", "", "just a word"],
    ]);
    expect(record.lastUpdate).toMatchObject({ removed: 2, skipped: 1 });
    expect(record.lastUpdate!.skippedRows[0]).toMatchObject({
      row: "mine",
      why: expect.stringContaining("by hand"),
    });
  });

  test("EXP-13 a key that stands twice is left alone", async () => {
    const all = await made();
    all.person.setCell("Items", "A3", "a");
    const record = await all.update("upsert", [{ sku: "a", price: 50, name: "Ash" }]);
    expect(all.person.read("Items", "B2:B3")).toEqual([[1], [2]]);
    expect(record.lastUpdate!.skippedRows[0]).toMatchObject({
      row: "a",
      why: expect.stringContaining("more than one row"),
    });
  });

  test("EXP-14 a structure changed by hand is a state of its own, and nothing is written", async () => {
    for (const [why, change] of [
      ["column", (all: Made) => all.person.deleteColumns("Items", 1)],
      ["header", (all: Made) => all.person.deleteRows("Items", 0)],
      [
        "tab",
        (all: Made) => {
          all.person.addTab("Other");
          all.person.deleteTab("Items");
        },
      ],
    ] as const) {
      const all = await made();
      change(all);
      const [tab] = all.person.tabs();
      const before = all.person.read(tab!);
      const record = await all.update("replace", [{ sku: "z", price: 1, name: "Z" }]);
      expect(record.phase).toMatchObject({ tag: "Failed", structure: true });
      expect((record.phase as { problem: { message: string } }).problem.message).toContain(`the ${why}`);
      expect(all.person.read(tab!)).toEqual(before);
    }
  });

  test("EXP-15 new columns of the data come to the right of the export's own", async () => {
    const all = await made();
    all.person.setCell("Items", "D1", "Our notes");
    await all.update("upsert", [{ sku: "a", price: 1, name: "Ash", height: 30 }]);
    expect(all.person.read("Items").slice(0, 3)).toEqual([
      ["Sku", "Price", "Name", "Height", "Our notes"],
      ["a", 1, "Ash", 30],
      ["b", 2, "Birch"],
    ]);
  });

  test("EXP-16 rows without a key are known by what is in them", async () => {
    const all = await made({ key: null });
    all.person.setCells("Items", "D2", [["to ash"], ["to birch"], ["to cedar"]]);
    const record = await all.update("replace", [
      { sku: "new", price: 0, name: "New" },
      { sku: "a", price: 1, name: "Ash" },
      { sku: "c", price: 3.5, name: "Cedar" },
      { sku: "b", price: 2, name: "Birch" },
    ]);
    expect(all.person.read("Items").slice(1)).toEqual([
      ["a", 1, "Ash", "to ash"],
      ["b", 2, "Birch", "to birch"],
      ["c", 3.5, "Cedar", "to cedar"],
      ["new", 0, "New"],
    ]);
    expect(record.lastUpdate).toMatchObject({ added: 1, changed: 1, unchanged: 2, removed: 1 });
  });
});

const DRESSED: TemplateBody & { readonly version: number } = {
  id: "dressed",
  version: 1,
  name: "Dressed",
  tabs: [
    {
      title: "Items",
      key: "sku",
      filter: true,
      banding: { first: "#ffffff", second: "#eeeeee" },
      names: [{ name: "prices", column: "price" }],
      conditions: [{ columns: ["price"], rule: { type: "above", value: 3 }, style: { bold: true } }],
      charts: [{ type: "column", title: "Prices", labels: "sku", values: ["price"] }],
      columns: [
        { key: "sku" },
        {
          key: "price",
          type: "number",
          format: "0.00",
          total: "sum",
          validation: { type: "number", min: 0 },
        },
        { key: "name" },
        { key: "share", formula: "={price}/SUM({price:all})" },
      ],
    },
  ],
};

describe("rows that come later", () => {
  test("EXP-17 look like those above, people's columns too; formulas, totals and all ranges take them in", async () => {
    const all = await made({ template: DRESSED });
    const { stage, person, id, sheetId } = all;
    stage.batchUpdate(id, {
      repeatCell: {
        range: { sheetId, startRowIndex: 1, endRowIndex: 5, startColumnIndex: 4, endColumnIndex: 5 },
        cell: { userEnteredFormat: { textFormat: { italic: true } } },
        fields: "userEnteredFormat.textFormat.italic",
      },
    });
    await all.update("append", [
      { sku: "e", price: 5, name: "Elm" },
      { sku: "f", price: 5, name: "Fir" },
    ]);
    expect(person.read("Items").map((row) => row.slice(0, 4))).toEqual([
      ["Sku", "Price", "Name", "Share"],
      ["a", 1, "Ash", 0.05],
      ["b", 2, "Birch", 0.1],
      ["c", 3, "Cedar", 0.15],
      ["d", 4, "Dogwood", 0.2],
      ["e", 5, "Elm", 0.25],
      ["f", 5, "Fir", 0.25],
      ["Total", 20],
    ]);
    const { sheets, namedRanges } = all.shown();
    const [sheet] = sheets;
    const cells = sheet!.data[0]!.rowData[6]!.values!;
    const above = sheet!.data[0]!.rowData[4]!.values!;
    expect(cells[1]).toMatchObject({
      userEnteredFormat: above[1]!.userEnteredFormat!,
      dataValidation: above[1]!.dataValidation!,
    });
    expect(cells[4]!.userEnteredFormat).toEqual(above[4]!.userEnteredFormat!);
    expect([
      sheet!.basicFilter!.range.endRowIndex,
      sheet!.bandedRanges![0]!.range.endRowIndex,
      sheet!.conditionalFormats![0]!.ranges[0]!.endRowIndex,
      namedRanges![0]!.range.endRowIndex,
    ]).toEqual([7, 7, 7, 7]);
    expect(JSON.stringify(sheet!.charts![0]!.spec)).toContain('"endRowIndex":7');
  });

  test("EXP-17 the first rows of an empty table, and the last that go, leave it whole", async () => {
    const all = await made({ template: DRESSED, rows: [] });
    await all.update("append", ROWS.slice(0, 2));
    expect(all.person.read("Items").slice(1)).toEqual([
      ["a", 1, "Ash", 1 / 3],
      ["b", 2, "Birch", 2 / 3],
      ["Total", 3],
    ]);
    await all.update("replace", []);
    await all.update("replace", ROWS.slice(2, 3));
    expect(all.person.read("Items").slice(1)).toEqual([
      ["c", 3, "Cedar", 1],
      ["Total", 3],
    ]);
    expect(all.shown().sheets[0]!.basicFilter!.range.endRowIndex).toBe(2);
  });
});
