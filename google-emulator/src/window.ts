/** Part of a tab as the page shows it: texts of some rows, with what a person would edit. */
import { FormulaError } from "./formulas/value.ts";
import { isRich } from "./grid/cell.ts";
import type { Tab } from "./grid/tab.ts";
import type { Workbook } from "./grid/workbook.ts";
import type { JsonObject } from "./http/json.ts";
import { shownText } from "./values/render.ts";

/** More rows than any screen shows; bounds one answer. */
const ROWS_MAX = 500;

export function describeWorkbook(workbook: Workbook): JsonObject {
  return {
    id: workbook.id,
    title: workbook.properties.title,
    version: workbook.version,
    tabs: workbook.tabs.map((tab) => ({
      sheetId: tab.id,
      title: tab.title,
      rowCount: tab.size.rowCount,
      columnCount: tab.size.columnCount,
      filledRows: tab.grid.height,
    })),
  };
}

/** Query: tab (sheetId), from, count, and since, the version that the asker has. */
export function showWindow(workbook: Workbook, query: URLSearchParams): JsonObject {
  if (Number(query.get("since")) === workbook.version) return { version: workbook.version };
  const tab = workbook.tabById(Number(query.get("tab"))) ?? workbook.tabs[0]!;
  const from = Math.max(0, Number(query.get("from") ?? 0));
  const count = Math.min(ROWS_MAX, Number(query.get("count") ?? 100));
  const rows: JsonObject[][] = [];
  for (let row = from; row < Math.min(from + count, tab.grid.height); row += 1) {
    rows.push(tab.grid.row(row).map((_cell, column) => shownCell(workbook, tab, row, column)));
  }
  return { ...describeWorkbook(workbook), tab: tab.id, from, rows };
}

function shownCell(workbook: Workbook, tab: Tab, row: number, column: number): JsonObject {
  const cell = tab.grid.get(row, column);
  const value = workbook.calculator.value(tab, row, column);
  const kind = value instanceof FormulaError ? "error" : value === null ? "empty" : typeof value;
  return {
    text: shownText(workbook, tab, cell, value),
    kind,
    ...(isRich(cell) && cell.formula ? { formula: cell.formula.text } : {}),
    ...(value instanceof FormulaError && value.message ? { why: value.message } : {}),
  };
}
