/** People at their workbooks: plausible edits of every kind, one at a time. */
import type { Json, Person } from "../../google-emulator/src/index.ts";
import type { SeededRandom } from "../support/seeded-random.ts";

/** Does something to the workbook and says what. */
type Act = (person: Person, random: SeededRandom) => string;

const HEADER: readonly Json[] = ["sku", "name", "price", "stock", "since"];

/** By how often they happen. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [50, typeCell],
  [10, typeBlock],
  [8, insertRows],
  [6, deleteRows],
  [5, moveRows],
  [5, sortRows],
  [2, insertColumn],
  [2, deleteColumn],
  [2, moveColumn],
  [2, renameTab],
  [2, addTab],
  [1, deleteTab],
];
const WEIGHTS = ACTS.reduce((sum, [weight]) => sum + weight, 0);

const TABS_MAX = 4;
const ROWS_MAX = 40;
const COLUMNS_MAX = 9;

export function firstRows(random: SeededRandom): Json[][] {
  const rows = Array.from({ length: 3 + random.int(12) }, (_, i) => [
    `sku-${i}`,
    random.pick(NAMES),
    random.int(10_000) / 100,
    random.int(50),
    "2026-01-01",
  ]);
  return [[...HEADER], ...rows];
}

export function act(person: Person, random: SeededRandom): string {
  let roll = random.int(WEIGHTS);
  for (const [weight, chosen] of ACTS) {
    roll -= weight;
    if (roll < 0) return chosen(person, random);
  }
  throw new Error("the weights do not add up");
}

const NAMES = ["tea", "coffee", "milk", "bread", "Brötchen", "🍏 apple", "", "tea", "007", "#N/A", "=1/0"];

function typed(random: SeededRandom): Json {
  const kinds: readonly (() => Json)[] = [
    () => random.int(1_000),
    () => random.int(100_000) / 100,
    () => random.pick(NAMES),
    () => random.float() < 0.5,
    () => "",
    () => `=A${2 + random.int(8)}`,
    () => `=SUM(C2:C${3 + random.int(8)})`,
    () => `=C${2 + random.int(8)}*2`,
    () => `2026-0${1 + random.int(9)}-1${random.int(10)}`,
    () => `note ${random.int(1_000_000)}`,
  ];
  return random.pick(kinds)();
}

interface Spot {
  readonly tab: string;
  readonly height: number;
  readonly width: number;
}

function spot(person: Person, random: SeededRandom): Spot {
  const tab = random.pick(person.tabs());
  const rows = person.read(tab);
  return { tab, height: rows.length, width: Math.max(1, ...rows.map((row) => row.length)) };
}

function typeCell(person: Person, random: SeededRandom): string {
  const { tab, height, width } = spot(person, random);
  // The header is touched now and then, the row and column after the last as well.
  const row = random.float() < 0.05 ? 1 : 2 + random.int(Math.min(ROWS_MAX, Math.max(1, height)));
  const cell = `${letter(random.int(Math.min(COLUMNS_MAX, width + 1)))}${row}`;
  person.setCell(tab, cell, typed(random));
  return `types into ${tab} ${cell}`;
}

function typeBlock(person: Person, random: SeededRandom): string {
  const { tab, height } = spot(person, random);
  const block = Array.from({ length: 1 + random.int(4) }, () => [
    typed(random),
    typed(random),
    typed(random),
  ]);
  const cell = `${letter(random.int(3))}${2 + random.int(Math.min(ROWS_MAX, Math.max(1, height)))}`;
  person.setCells(tab, cell, block);
  return `pastes ${block.length} rows into ${tab} ${cell}`;
}

function insertRows(person: Person, random: SeededRandom): string {
  const { tab, height } = spot(person, random);
  if (height >= ROWS_MAX) return typeCell(person, random);
  const at = random.int(height + 1);
  const count = 1 + random.int(3);
  person.insertRows(tab, at, count);
  person.setCells(
    tab,
    `A${at + 1}`,
    Array.from({ length: count }, () => [typed(random), typed(random)]),
  );
  return `inserts ${count} rows into ${tab} at ${at}`;
}

function deleteRows(person: Person, random: SeededRandom): string {
  const { tab, height } = spot(person, random);
  if (height < 5) return typeCell(person, random);
  const at = random.int(height - 3);
  const count = 1 + random.int(3);
  person.deleteRows(tab, at, count);
  return `deletes ${count} rows of ${tab} at ${at}`;
}

function moveRows(person: Person, random: SeededRandom): string {
  const { tab, height } = spot(person, random);
  if (height < 4) return typeCell(person, random);
  const [at, to] = [1 + random.int(height - 1), 1 + random.int(height - 1)];
  if (to === at || to === at + 1) return typeCell(person, random);
  person.moveRows(tab, at, 1, to);
  return `moves row ${at} of ${tab} to ${to}`;
}

function sortRows(person: Person, random: SeededRandom): string {
  const { tab, height, width } = spot(person, random);
  if (height < 3) return typeCell(person, random);
  const column = random.int(width);
  person.sortRange(tab, `A2:${letter(width - 1)}${height}`, column, random.float() < 0.5);
  return `sorts ${tab} by column ${column}`;
}

function insertColumn(person: Person, random: SeededRandom): string {
  const { tab, width } = spot(person, random);
  if (width >= COLUMNS_MAX) return typeCell(person, random);
  const at = random.int(width + 1);
  person.insertColumns(tab, at);
  person.setCells(tab, `${letter(at)}1`, [[`new ${random.int(100)}`], [typed(random)]]);
  return `inserts a column into ${tab} at ${at}`;
}

function deleteColumn(person: Person, random: SeededRandom): string {
  const { tab, width } = spot(person, random);
  if (width < 3) return typeCell(person, random);
  const at = random.int(width);
  person.deleteColumns(tab, at);
  return `deletes column ${at} of ${tab}`;
}

function moveColumn(person: Person, random: SeededRandom): string {
  const { tab, width } = spot(person, random);
  const [at, to] = [random.int(width), random.int(width)];
  if (to === at || to === at + 1) return typeCell(person, random);
  person.moveColumns(tab, at, 1, to);
  return `moves column ${at} of ${tab} to ${to}`;
}

function renameTab(person: Person, random: SeededRandom): string {
  const tab = random.pick(person.tabs());
  const title = newTitle(person, random);
  person.renameTab(tab, title);
  return `renames ${tab} to ${title}`;
}

function addTab(person: Person, random: SeededRandom): string {
  if (person.tabs().length >= TABS_MAX) return typeCell(person, random);
  const title = newTitle(person, random);
  person.addTab(title);
  // Sometimes it stays blank for a while.
  if (random.float() < 0.8) person.setCells(title, "A1", firstRows(random));
  return `adds ${title}`;
}

function deleteTab(person: Person, random: SeededRandom): string {
  const tabs = person.tabs();
  if (tabs.length < 2) return typeCell(person, random);
  const tab = random.pick(tabs);
  person.deleteTab(tab);
  return `deletes ${tab}`;
}

/** Titles come back, so that a tab may get the title that another had. */
function newTitle(person: Person, random: SeededRandom): string {
  const stem = random.pick(["Prices", "Matches", "a/b?#@~%", "🚀", "Price list"]);
  const taken = person.tabs();
  for (let count = 1; ; count++) {
    const title = count === 1 ? stem : `${stem} ${count}`;
    if (!taken.includes(title)) return title;
  }
}

function letter(column: number): string {
  return String.fromCharCode(65 + column);
}
