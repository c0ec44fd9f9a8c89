/**
 * Two people on two pages of the web app and one in the sheet's own page edit the same table at the same time: real
 * daemon, real Chromium. After each part every value stands where it should, everywhere.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { HistoryEntry } from "#contract/history.ts";
import {
  createTwoPeopleStage,
  type PersonAtPage,
  type TwoPeopleStage,
  waitUntil,
} from "../support/two-people-stage.ts";

let stage: TwoPeopleStage;
beforeAll(async () => {
  stage = await createTwoPeopleStage();
}, 60_000);
afterAll(() => stage?.stop());
afterEach(() => expect(stage.complaints.splice(0)).toEqual([]));

/** For a person who wants to see the telling moments: a folder to keep pictures in. */
const PICTURES = process.env.SHEETWIRE_TEST_PICTURES;
async function picture({ page }: PersonAtPage, name: string): Promise<void> {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

const cellMark = (at: PersonAtPage, sku: string, column: string, mark: string): Promise<void> =>
  at.page.locator(`[data-mark="${mark}"]`).and(at.cell(sku, column)).waitFor();

async function goOffline({ connect, page }: PersonAtPage): Promise<void> {
  await connect(false);
  await page.locator('[data-testid="connection"]:not([data-state="live"])').waitFor();
}

async function comeBack({ connect, page }: PersonAtPage): Promise<void> {
  await connect(true);
  await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
}

const openConflicts = async () => (await stage.conflicts()).filter(({ state }) => state === "open");

/** The values that a cell took, the newest first, each with whose it was. */
async function told(row: number, column: string): Promise<string[]> {
  const cells = (await stage.history()).filter(
    (entry): entry is Extract<HistoryEntry, { kind: "cell" }> => entry.kind === "cell",
  );
  return cells
    .filter((entry) => entry.row === row && entry.column === column)
    .map(({ after, origin, by }) => `${after}, ${origin === "sheet" ? "in the sheet" : by}`);
}

async function rowOf(sku: string) {
  return (await stage.agree()).find(({ SKU }) => SKU === sku);
}

async function addRow({ page }: PersonAtPage, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByRole("button", { name: "Add row" }).click();
  const dialog = page.getByRole("dialog");
  for (const [label, text] of Object.entries(fields)) await dialog.getByLabel(label).fill(text);
  await dialog.getByRole("button", { name: "Add the row" }).click();
}

test("DMN-31 different cells of one row all stand, each as its editor's", async () => {
  const { ann, bob, inSheet } = stage;
  await Promise.all([
    ann.type("TE-100", "Product", "Larkspur by Ann"),
    bob.type("TE-100", "In stock", "77"),
    inSheet.type("TE-100", "Category", "Tents by hand"),
  ]);
  const row = (await rowOf("TE-100"))!;
  expect(row).toMatchObject({ Product: "Larkspur by Ann", Category: "Tents by hand", "In stock": 77 });
  expect((await told(row.$row, "Product"))[0]).toBe("Larkspur by Ann, user:ann");
  expect((await told(row.$row, "In stock"))[0]).toBe("77, user:bob");
  expect((await told(row.$row, "Category"))[0]).toBe("Tents by hand, in the sheet");
}, 90_000);

test("DMN-31 of one cell that two edit at once one value stands, and the other is its editor's to decide", async () => {
  const people = [stage.ann, stage.bob] as const;
  const texts = ["Same cell, Ann", "Same cell, Bob"] as const;
  for (const [index, at] of people.entries()) {
    await at.cell("TE-107", "Product").click();
    await at.page.keyboard.type(texts[index]!);
  }
  await Promise.all(people.map(({ page }) => page.keyboard.press("Enter")));
  const lost = async (): Promise<number> => {
    for (const [index, at] of people.entries())
      if ((await at.page.locator('[data-mark="conflict"]').count()) > 0) return index;
    return -1;
  };
  await waitUntil("one of the two is told of a conflict", async () => (await lost()) >= 0);
  const [loser, winner] = [await lost(), 1 - (await lost())];
  await waitUntil("the other's stands", () => stage.valueInSheet("TE-107", "Product") === texts[winner]);
  expect(await openConflicts()).toMatchObject([{ mine: texts[loser], theirs: texts[winner] }]);

  const { page, cell } = people[loser]!;
  await cell("TE-107", "Product").click();
  await picture(people[loser]!, "conflict-of-two");
  await page.getByTestId("mark-words").getByRole("button", { name: "Write mine" }).click();
  await waitUntil("it stands", () => stage.valueInSheet("TE-107", "Product") === texts[loser]);
  const row = (await rowOf("TE-107"))!;
  expect(await openConflicts()).toEqual([]);
  const names = ["ann", "bob"];
  expect((await told(row.$row, "Product")).slice(0, 2)).toEqual([
    `${texts[loser]}, user:${names[loser]}`,
    `${texts[winner]}, user:${names[winner]}`,
  ]);
}, 90_000);

test("DMN-32 while the sheet is sorted, and rows come and go on both sides, each edit lands on its row", async () => {
  const { ann, bob, inSheet } = stage;
  const before = (await rowOf("CO-240"))!;
  await ann.cell("CO-240", "Product").click();
  await ann.page.keyboard.type("Typed while sorted");
  await inSheet.sort("Product", "Z-A");
  await bob.type("NA-310", "Category", "Maps by Bob");
  await inSheet.sort("In stock", "A-Z");
  await ann.page.keyboard.press("Enter");
  const added = inSheet.addRow("CO-240");
  await addRow(bob, { SKU: "BO-001", Product: "Brought by Bob" });
  await ann.cell("CL-380", "SKU").click();
  await ann.page.getByRole("button", { name: "Remove row" }).click();
  await added;
  await waitUntil("both acts are in the sheet", () => {
    const skus = stage.cells().map(([sku]) => sku);
    return skus.includes("BO-001") && !skus.includes("CL-380");
  });
  const blank = stage.cells().findIndex(([sku]) => sku === undefined || sku === "");
  await inSheet.typeAt(blank, "Product", "Brought by hand");
  await inSheet.typeAt(blank, "SKU", "HA-001");
  await inSheet.removeRow("SL-135");
  await inSheet.sort("SKU", "A-Z");

  const rows = await stage.agree();
  const bySku = (sku: string) => rows.find(({ SKU }) => SKU === sku);
  expect(bySku("CO-240")).toMatchObject({ $row: before.$row, Product: "Typed while sorted" });
  expect(bySku("NA-310")).toMatchObject({ Category: "Maps by Bob" });
  expect(bySku("BO-001")).toMatchObject({ Product: "Brought by Bob" });
  expect(bySku("HA-001")).toMatchObject({ Product: "Brought by hand" });
  expect([bySku("CL-380"), bySku("SL-135")]).toEqual([undefined, undefined]);
  expect((await told(before.$row, "Product"))[0]).toBe("Typed while sorted, user:ann");
  const rowsTold = (await stage.history()).flatMap((entry) =>
    entry.kind === "added" || entry.kind === "removed"
      ? [`${entry.kind} ${entry.values[0] ?? ""}, ${entry.by ?? "in the sheet"}`]
      : [],
  );
  expect(rowsTold).toContain("added BO-001, user:bob");
  expect(rowsTold).toContain("removed CL-380, user:ann");
  expect(rowsTold).toContain("removed SL-135, in the sheet");
}, 90_000);

test("DMN-33 a page that was offline brings its edits; where the sheet went on, a person sees both and chooses", async () => {
  const { ann, bob, inSheet } = stage;
  await goOffline(ann);
  await ann.type("BA-170", "Product", "Offline, nobody else");
  await ann.type("BA-177", "Product", "Offline, the sheet too");
  await addRow(ann, { SKU: "OF-001", Product: "Offline row" });
  await cellMark(ann, "BA-177", "Product", "pending");
  await picture(ann, "offline");
  await bob.type("BA-170", "Category", "Packs by Bob");
  await inSheet.type("BA-177", "Product", "By hand meanwhile");
  await inSheet.sort("Price", "Z-A");
  await bob.cell("BA-177", "Product").filter({ hasText: "By hand meanwhile" }).waitFor();
  expect(stage.valueInSheet("BA-170", "Product")).not.toBe("Offline, nobody else");

  await comeBack(ann);
  await cellMark(ann, "BA-177", "Product", "conflict");
  await ann.cell("BA-177", "Product").click();
  await picture(ann, "conflict");
  const admin = await stage.asAdmin("/+conflicts");
  const conflict = admin.getByTestId("conflict");
  await conflict.getByText("Offline, the sheet too").waitFor();
  await conflict.getByText("By hand meanwhile").waitFor();
  await conflict.getByRole("button", { name: "Write mine" }).click();
  await admin.getByText("No conflict is open.").waitFor();
  await waitUntil("the choice is written", () => {
    return stage.valueInSheet("BA-177", "Product") === "Offline, the sheet too";
  });
  await admin.close();

  const alone = (await rowOf("BA-170"))!;
  expect(alone).toMatchObject({ Product: "Offline, nobody else", Category: "Packs by Bob" });
  expect(await rowOf("OF-001")).toMatchObject({ Product: "Offline row" });
  const both = (await rowOf("BA-177"))!;
  expect((await told(both.$row, "Product")).slice(0, 2)).toEqual([
    "Offline, the sheet too, admin",
    "By hand meanwhile, in the sheet",
  ]);
  expect((await told(alone.$row, "Product"))[0]).toBe("Offline, nobody else, user:ann");
}, 90_000);

test("DMN-34 killed with -9 while edits are on their way, the pages come back and each edit is there once", async () => {
  const { ann, bob, inSheet } = stage;
  const height = stage.cells().length;
  const held = stage.holdAnswers();
  await ann.type("FO-212", "Product", "Wished before the kill");
  await addRow(bob, { SKU: "KI-001", Product: "Added before the kill" });
  await cellMark(bob, "FO-212", "Product", "pending");
  expect(await bob.cell("FO-212", "Product").getAttribute("title")).toContain("user:ann");
  await picture(bob, "pending");
  await waitUntil("Google has written", () => held.writes() > 0);
  await stage.kill();
  held.letGo();
  for (const { page } of [ann, bob])
    await page.locator('[data-testid="connection"]:not([data-state="live"])').waitFor();
  await picture(ann, "daemon-gone");
  await bob.type("LI-275", "Product", "Wished while it was gone");
  await inSheet.type("FO-219", "Product", "Typed while it was gone");
  await inSheet.sort("SKU", "Z-A");
  await stage.start();

  const rows = await stage.agree();
  const product = (sku: string) => rows.filter(({ SKU }) => SKU === sku).map(({ Product }) => Product);
  expect(product("FO-212")).toEqual(["Wished before the kill"]);
  expect(product("KI-001")).toEqual(["Added before the kill"]);
  expect(product("LI-275")).toEqual(["Wished while it was gone"]);
  expect(product("FO-219")).toEqual(["Typed while it was gone"]);
  expect(stage.cells().length).toBe(height + 1);
  const toldOf = async (sku: string) => told((await rowOf(sku))!.$row, "Product");
  expect((await toldOf("FO-212"))[0]).toBe("Wished before the kill, user:ann");
  expect(await toldOf("LI-275")).toEqual(["Wished while it was gone, user:bob"]);
  expect((await toldOf("FO-219"))[0]).toBe("Typed while it was gone, in the sheet");
  expect(await openConflicts()).toEqual([]);
}, 90_000);
