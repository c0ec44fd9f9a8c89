/** People who share a workbook with editors: they do anything but touch the column of marks. */
import type { Json, Person } from "../../../google-emulator/src/index.ts";
import type { SeededRandom } from "../../support/seeded-random.ts";
import { MARK } from "./mark.ts";

type Act = (person: Person, random: SeededRandom, mark: () => string) => string;

const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [50, typeCell],
  [12, insertRow],
  [10, deleteRow],
  [8, moveRow],
  [8, sortRows],
  [3, insertColumn],
  [3, moveColumn],
  [2, renameTab],
];
const WEIGHTS = ACTS.reduce((sum, [weight]) => sum + weight, 0);

const TAB_TITLES = ["Prices", "Stock list", "a/b?#@~%"];
const ROWS_MAX = 25;
const COLUMNS_MAX = 8;

/** The first column names each row; the others hold text, numbers and both. */
export function markedRows(random: SeededRandom, mark: () => string): Json[][] {
  const rows = Array.from({ length: 4 + random.int(8) }, () => [mark(), ...content(random)]);
  return [[MARK, "name", "price", "note"], ...rows];
}

function content(random: SeededRandom): Json[] {
  return [random.pick(["tea", "coffee", "milk"]), random.int(1_000), random.pick(["", "sold out", 7])];
}

export function actBesideEditors(person: Person, random: SeededRandom, mark: () => string): string {
  let roll = random.int(WEIGHTS);
  for (const [weight, chosen] of ACTS) {
    roll -= weight;
    if (roll < 0) return chosen(person, random, mark);
  }
  throw new Error("the weights do not add up");
}

/** A note beside its mark says who a row is in truth: no edit changes notes, and they move with their cells. */
export function nameRow(
  person: Person,
  { tab, marks, row }: { readonly tab: string; readonly marks: number; readonly row: number },
  name: string,
): void {
  person.setNote(tab, `${letter(marks)}${row + 1}`, name);
}

/** Of a tab that was made of `markedRows`. */
export function nameRows(person: Person, tab: string): void {
  const [, ...rows] = person.read(tab);
  for (const [index, row] of rows.entries()) {
    nameRow(person, { tab, marks: 0, row: index + 1 }, row[0] as string);
  }
}

interface Spot {
  readonly tab: string;
  readonly header: readonly Json[];
  /** Rows below the header. */
  readonly height: number;
  /** Of the column of marks. */
  readonly marks: number;
}

function spot(person: Person): Spot {
  const [tab = ""] = person.tabs();
  const [header = [], ...rows] = person.read(tab);
  return { tab, header, height: rows.length, marks: header.indexOf(MARK) };
}

function typeCell(person: Person, random: SeededRandom): string {
  const { tab, header, height, marks } = spot(person);
  if (height === 0) return "finds nothing to do";
  const columns = header.map((_, column) => column).filter((column) => column !== marks);
  const column = random.pick(columns);
  const row = 2 + random.int(height);
  const isNumber = header[column] === "price";
  person.setCell(tab, `${letter(column)}${row}`, isNumber ? random.int(1_000) : `typed ${random.int(1e6)}`);
  return `types into ${tab} ${letter(column)}${row}`;
}

function insertRow(person: Person, random: SeededRandom, mark: () => string): string {
  const { tab, header, height, marks } = spot(person);
  if (height >= ROWS_MAX) return typeCell(person, random);
  const at = 1 + random.int(height + 1);
  person.insertRows(tab, at, 1);
  const values = header.map((name, column): Json => {
    if (column === marks) return mark();
    return name === "price" ? random.int(1_000) : `new ${random.int(1e6)}`;
  });
  person.setCells(tab, `A${at + 1}`, [values]);
  nameRow(person, { tab, marks, row: at }, values[marks] as string);
  return `inserts a row into ${tab} at ${at}`;
}

function deleteRow(person: Person, random: SeededRandom): string {
  const { tab, height } = spot(person);
  if (height < 4) return typeCell(person, random);
  const at = 1 + random.int(height);
  person.deleteRows(tab, at, 1);
  return `deletes row ${at} of ${tab}`;
}

function moveRow(person: Person, random: SeededRandom): string {
  const { tab, height } = spot(person);
  const [at, to] = [1 + random.int(height), 1 + random.int(height)];
  if (height < 3 || to === at || to === at + 1) return typeCell(person, random);
  person.moveRows(tab, at, 1, to);
  return `moves row ${at} of ${tab} to ${to}`;
}

function sortRows(person: Person, random: SeededRandom): string {
  const { tab, header, height } = spot(person);
  if (height < 3) return typeCell(person, random);
  const column = random.int(header.length);
  person.sortRange(tab, `A2:${letter(header.length - 1)}${height + 1}`, column, random.float() < 0.5);
  return `sorts ${tab} by column ${column}`;
}

function insertColumn(person: Person, random: SeededRandom): string {
  const { tab, header } = spot(person);
  if (header.length >= COLUMNS_MAX) return typeCell(person, random);
  const name = [1, 2, 3, 4].map((n) => `more ${n}`).find((title) => !header.includes(title));
  if (!name) return typeCell(person, random);
  const at = random.int(header.length + 1);
  person.insertColumns(tab, at);
  person.setCells(tab, `${letter(at)}1`, [[name], [`first ${random.int(1e6)}`]]);
  return `inserts a column into ${tab} at ${at}`;
}

function moveColumn(person: Person, random: SeededRandom): string {
  const { tab, header } = spot(person);
  const [at, to] = [random.int(header.length), random.int(header.length)];
  if (to === at || to === at + 1) return typeCell(person, random);
  person.moveColumns(tab, at, 1, to);
  return `moves column ${at} of ${tab} to ${to}`;
}

function renameTab(person: Person, random: SeededRandom): string {
  const { tab } = spot(person);
  const title = random.pick(TAB_TITLES.filter((other) => other !== tab));
  person.renameTab(tab, title);
  return `renames ${tab} to ${title}`;
}

function letter(column: number): string {
  return String.fromCharCode(65 + column);
}
