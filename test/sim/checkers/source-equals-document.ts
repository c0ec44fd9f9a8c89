/** Every tab of every workbook has one document, and it shows what the workbook shows. */
import type { CellValue } from "#contract/cell.ts";
import type { Json, Person } from "../../../google-emulator/src/index.ts";
import type { Checker } from "./checker.ts";
import { type Shown, shown } from "./content.ts";

export const sourceEqualsDocument: Checker = ({ world, tabs }) =>
  world.workbooks.flatMap(({ source, person }) => {
    const mine = tabs.filter((tab) => tab.source === source);
    const [have, want] = [mine.map(({ title }) => title), person.tabs()];
    if (JSON.stringify(have) !== JSON.stringify(want)) {
      return [`${source}: has tabs ${JSON.stringify(have)}, the workbook ${JSON.stringify(want)}`];
    }
    return mine.flatMap(({ title, late }) => {
      const difference = firstDifference(grid(shown(late)), workbookGrid(person, title));
      return difference ? [`${source}/${title}: ${difference}`] : [];
    });
  });

type Grid = readonly (readonly (CellValue | Json)[])[];

function grid({ headers, rows }: Shown): Grid {
  return trimmed([headers, ...rows]);
}

/** The table as people see it: the first row with content is its header, shown as text. */
function workbookGrid(person: Person, title: string): Grid {
  const values = person.read(title);
  const header = values.findIndex((row) => row.some((value) => !isBlank(value)));
  if (header < 0) return [];
  const headers = person.read(title, undefined, "FORMATTED_VALUE")[header]!;
  return trimmed([headers, ...values.slice(header + 1)]);
}

function trimmed(rows: Grid): Grid {
  const cut = rows.map((row) => row.slice(0, row.findLastIndex((value) => !isBlank(value)) + 1));
  return cut.slice(0, cut.findLastIndex((row) => row.length > 0) + 1);
}

function firstDifference(have: Grid, want: Grid): string | null {
  for (let row = 0; row < Math.max(have.length, want.length); row++) {
    const width = Math.max(have[row]?.length ?? 0, want[row]?.length ?? 0);
    for (let column = 0; column < width; column++) {
      const [x, y] = [have[row]?.[column] ?? null, want[row]?.[column] ?? null];
      if (!same(x, y)) {
        return `row ${row}, column ${column}: the document has ${JSON.stringify(x)}, the workbook ${JSON.stringify(y)}`;
      }
    }
  }
  return null;
}

/** The API shows an error as its text, with a reason behind it for some. */
function same(have: CellValue | Json, want: CellValue | Json): boolean {
  if (isBlank(have) || isBlank(want)) return isBlank(have) && isBlank(want);
  if (typeof have === "object" && have !== null && "error" in have) {
    return typeof want === "string" && want.startsWith(String(have.error));
  }
  return have === want;
}

function isBlank(value: CellValue | Json | undefined): boolean {
  return value === null || value === undefined || value === "";
}
