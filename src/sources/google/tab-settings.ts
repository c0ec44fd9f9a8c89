/** What may be wrong with the settings that choose tabs and say how each is read. */
import type { FieldProblem, RegisterBody } from "#contract/rest.ts";
import type { SourceSettings } from "../source.ts";
import { parseBox } from "./a1.ts";

export function checkTabs({ tabs, keyColumns, headerRow }: SourceSettings): FieldProblem[] {
  if (tabs?.length === 0) {
    return [
      { field: "tabs", problem: "Names no tab", fix: "Name the tabs to sync, or leave it out for all" },
    ];
  }
  const feedTab = tabs?.findIndex((tab) => typeof tab !== "string") ?? -1;
  if (feedTab >= 0) {
    const problem = "Is a tab of a feed, and this is a workbook";
    return [{ field: `tabs[${feedTab}]`, problem, fix: 'Name the tab by its title, such as "Prices"' }];
  }
  const headerRows = typeof headerRow === "object" ? headerRow : {};
  return [
    ...strangers("keyColumns", keyColumns ?? {}, tabs),
    ...strangers("headerRow", headerRows, tabs),
    ...Object.entries(headerRows).flatMap(([entry, row]) => checkAboveRange(entry, row)),
  ];
}

function strangers(field: string, perTab: object, tabs: RegisterBody["tabs"]): FieldProblem[] {
  if (!tabs) return [];
  return Object.keys(perTab)
    .filter((name) => !tabs.includes(name))
    .map((name) => ({
      field: `${field}.${name}`,
      problem: `The tab "${name}" is not among "tabs"`,
      fix: 'Use a title or range from "tabs", as it is written there',
    }));
}

function checkAboveRange(entry: string, row: unknown): FieldProblem[] {
  const mark = entry.lastIndexOf("!");
  const box = mark < 0 ? null : parseBox(entry.slice(mark + 1));
  if (!box || typeof row !== "number" || row > box.row) return [];
  const problem = `Row ${row} is above the range, which begins with row ${box.row + 1}`;
  return [
    {
      field: `headerRow.${entry}`,
      problem,
      fix: `Give the row's number in the sheet, ${box.row + 1} or more, or begin the range with row ${row}`,
    },
  ];
}
