/** People act between the look at a sheet and the write to it: what they have stays, and the export comes out right. */
import { describe, expect, test } from "bun:test";
import type { UpdateType } from "#contract/exports.ts";
import type { DataObject } from "#contract/templates.ts";
import { createExportStage, tablePlan } from "./stage.ts";

type Cell = string | number | boolean | null;
type Stage = Awaited<ReturnType<typeof made>>;

const rowOf = (sku: string, price: number) => ({ sku, price, name: `Name of ${sku}` });
const ROWS: DataObject[] = [..."abcdefgh"].map((sku, at) => rowOf(sku, at));

/** A sheet with people's notes in a column of theirs, amid the export's, and a row of theirs. */
async function made(key: string | null) {
  const stage = createExportStage({ quota: null });
  const exports = stage.start();
  await exports.create(stage.newExport(tablePlan(ROWS, key)));
  const id = (await stage.rest(exports)).file!.id;
  const person = stage.emulator.person(id);
  person.insertColumns("Items", 1);
  person.setCells("Items", "B1", [["Ours"], ...ROWS.map(({ sku }) => [`note ${sku}`])]);
  /** Before the call of this number of the update, from 1. */
  const acts = new Map<number, () => void>();
  let calls = 0;
  stage.net.answer((request) => {
    if (!request.url.endsWith("/token")) acts.get(++calls)?.();
    return stage.carry(request);
  });
  async function update(type: UpdateType, rows: readonly DataObject[]) {
    calls = 0;
    await exports.update("exp-1", { id: `u-${type}`, type, plan: tablePlan(rows, key) });
    const record = await stage.rest(exports);
    acts.clear();
    return record;
  }
  const tab = () => person.tabs()[0]!;
  const read = () => person.read(tab()) as Cell[][];
  return { stage, person, id, acts, update, tab, read, calls: () => calls };
}

/** Rows of the table by name of the column, wherever it stands. */
function rowsOf({ read }: Stage): Record<string, Cell>[] {
  const all = read();
  const at = all.findIndex((row) => row.includes("Sku"));
  const header = all[at]!;
  return all
    .slice(at + 1)
    .map((row) => Object.fromEntries(header.map((name, at) => [String(name), row[at] ?? ""])))
    .filter((row) => Object.values(row).some((cell) => cell !== ""));
}

/** The look takes four calls, the write is the fifth. */
const WRITE = 5;

const ACTS: Readonly<Record<string, (stage: Stage) => void>> = {
  "a row of theirs comes in above": ({ person }) => {
    person.insertRows("Items", 2);
    person.setCells("Items", "A3", [["own", "note own", 70, "Name of own"]]);
  },
  "an empty row comes in above": ({ person }) => person.insertRows("Items", 1),
  "a row comes in above the header": ({ person }) => person.insertRows("Items", 0),
  "the rows are sorted": ({ person }) => person.sortRange("Items", "A2:D9", 2, true),
  "a row is deleted": ({ person }) => person.deleteRows("Items", 1),
  "two columns change places": ({ person }) => person.moveColumns("Items", 1, 1, 4),
  "the key's column moves": ({ person }) => person.moveColumns("Items", 0, 1, 4),
  "a column of theirs comes in": ({ person }) => {
    person.insertColumns("Items", 2);
    person.setCells("Items", "C1", [["Theirs"], ...ROWS.map((_, at) => [at * 11])]);
  },
  "they write below the table": ({ person }) =>
    person.setCells("Items", "A10", [["own", "note own", 70, "Name of own"]]),
  "the tab is renamed": ({ person }) => person.renameTab("Items", "Trees"),
};

const UPDATES: Readonly<Record<UpdateType, readonly DataObject[]>> = {
  append: [rowOf("x", 50), rowOf("y", 51)],
  upsert: [rowOf("b", 20), rowOf("e", 21), rowOf("x", 50)],
  // c and d go, some change, x comes.
  replace: [..."abefgh"].map((sku, at) => rowOf(sku, at + 30)).concat(rowOf("x", 50)),
};

interface Expected {
  readonly told: string;
  /** Cells that the report tells as emptied. */
  readonly lost: number;
  /** Rows of the export that people deleted. */
  readonly deleted: readonly string[];
}

/** Each note stands beside its row; each row that is to be there is, once, with what it is to hold. */
function expectRight(all: Stage, type: UpdateType, { told, lost, deleted }: Expected): void {
  const rows = rowsOf(all);
  for (const { Sku, Ours } of rows) {
    const fits =
      Ours === "" ? deleted.includes(String(Sku)) || "xy".includes(String(Sku)) : Ours === `note ${Sku}`;
    expect([told, Sku, Ours, fits]).toEqual([told, Sku, Ours, true]);
  }
  const wanted = new Map<string, Cell>();
  for (const { sku, price } of type === "replace" ? [] : ROWS) wanted.set(String(sku), Number(price));
  for (const { sku, price } of UPDATES[type]) wanted.set(String(sku), Number(price));
  // Notes beside them keep rows that are gone from the data.
  if (type === "replace")
    for (const sku of "cd") if (!deleted.includes(sku)) wanted.set(sku, "cd".indexOf(sku) + 2);
  if (type === "append") for (const sku of deleted) wanted.delete(sku);
  if (type === "upsert") for (const sku of deleted) if (!"be".includes(sku)) wanted.delete(sku);
  const own = rows.filter(({ Sku }) => Sku !== "own");
  expect([told, own.map(({ Sku, Price, Name }) => `${Sku} ${Price} ${Name}`).sort()]).toEqual([
    told,
    [...wanted].map(([sku, price]) => `${sku} ${price} Name of ${sku}`).sort(),
  ]);
  const theirs = rows.filter(({ Sku }) => Sku === "own");
  for (const { Sku: _sku, Price, ...row } of theirs) {
    expect([told, row]).toMatchObject([told, { Ours: "note own", Name: "Name of own" }]);
    // What came in between and was hit by the very write cannot be known: it is told.
    if (Price !== 70) expect([told, Price, lost]).toEqual([told, "", 1]);
  }
}

describe("people who act between look and write", () => {
  for (const type of ["append", "upsert", "replace"] as const) {
    for (const key of ["sku", null]) {
      // Without a key an upsert is a replace that removes nothing: rows are told by what is in them.
      if (key === null && type === "upsert") continue;
      test(`EXP-31 ${type} ${key ? "by key" : "without a key"}: no cell of another row or column is changed in the end`, async () => {
        for (const [name, act] of Object.entries(ACTS)) {
          const all = await made(key);
          all.acts.set(WRITE, () => act(all));
          const record = await all.update(type, UPDATES[type]);
          const told = `${type} ${key}: ${name}`;
          expect([told, record.phase.tag]).toEqual([told, "Idle"]);
          const deleted = name === "a row is deleted" ? ["a"] : [];
          const lost = record.lastUpdate!.skippedRows.filter(({ why }) => why.endsWith("was emptied")).length;
          expectRight(all, type, { told, lost, deleted });
          const came = rowsOf(all).filter(({ Theirs }) => typeof Theirs === "number");
          for (const { Sku, Theirs } of came)
            expect([told, Theirs]).toEqual([told, "abcdefgh".indexOf(String(Sku)) * 11]);
          if (name === "a column of theirs comes in") expect([told, came.length + lost]).toEqual([told, 8]);
          if (name.includes("own") || name.includes("of theirs") || name.includes("below")) {
            expect([told, rowsOf(all).filter(({ Sku }) => Sku === "own").length]).toEqual([
              told,
              name.includes("row of") || name.includes("below") ? 1 : 0,
            ]);
          }
        }
      });
    }
  }
});

describe("an update of several batches", () => {
  test("EXP-35 is not written by what moved since the batch before it", async () => {
    const stage = createExportStage({ quota: null });
    const exports = stage.start();
    const many = (price: number) =>
      Array.from({ length: 1_500 }, (_, at) => ({ sku: `k${at}`, price, name: "x".repeat(1_500) + price }));
    await exports.create(stage.newExport(tablePlan(many(1))));
    const person = stage.emulator.person((await stage.rest(exports)).file!.id);
    let writes = 0;
    stage.net.answer((request) => {
      const answer = stage.carry(request);
      if (request.url.includes(":batchUpdate") && ++writes === 1) person.insertRows("Items", 1);
      return answer;
    });
    await exports.update("exp-1", { id: "u", type: "upsert", plan: tablePlan(many(2)) });
    const record = await stage.rest(exports);
    const rows = person.read("Items", "A3:B");
    expect(rows.length).toBe(1_500);
    expect(rows.findIndex(([sku, price], at) => sku !== `k${at}` || price !== 2)).toBe(-1);
    expect(person.read("Items", "A2:C2")).toEqual([]);
    expect(record.lastUpdate).toMatchObject({ changed: 1_500, added: 0 });
    // No batch was taken back: none was sent.
    expect(stage.logs.filter(({ fields }) => fields?.problem === "moved")).toEqual([]);
    expect(writes).toBe(2);
  });
});
