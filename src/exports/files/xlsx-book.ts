import { type Cell, type WriteSheet, writeXlsx } from "hucre/xlsx";
import { type CellValue, isCellError } from "#contract/cell.ts";
import { ok, type Result } from "#contract/result.ts";
import { type Computed, compute } from "../compute/compute.ts";
import {
  columnLetters,
  type Geometry,
  ownGeometry,
  type PlanCell,
  renderFormula,
  type SheetPlan,
  type TabPlan,
  totalFormula,
} from "../plan.ts";
import {
  checkXlsxSize,
  isTooLong,
  tooLong,
  type XlsxRefused,
  xlsxText,
  xlsxTitles,
  xlsxValue,
} from "./xlsx-limits.ts";
import { xlsxConditions, xlsxStyle } from "./xlsx-looks.ts";
import { xlsxCharts, xlsxValidations } from "./xlsx-parts.ts";

/** A styled workbook is made in memory and at one go: 0.7 s and 100 MB for so many, and nothing else runs meanwhile. */
export const XLSX_BOOK_CELLS_MAX = 50_000;

/** The plan as an Excel file: formulas as formulas, with the values that are known here. */
export async function xlsxBook(plan: SheetPlan): Promise<Result<Uint8Array, XlsxRefused>> {
  const sizes = plan.tabs.map(({ rows, columns }) => ({ rows: rows.length, columns: columns.length }));
  const size = checkXlsxSize(sizes, XLSX_BOOK_CELLS_MAX);
  if (!size.ok) return size;
  const titles = xlsxTitles(plan.tabs.map(({ title }) => title));
  const byId = new Map(plan.tabs.map(({ id }, at) => [id, titles[at]!]));
  const geometry: Geometry = { ...ownGeometry(plan), titleOf: (tab) => byId.get(tab) ?? tab };
  const computed = compute(plan);
  const sheets: WriteSheet[] = [];
  for (const tab of plan.tabs) {
    const long = longCell(tab);
    if (long) return long;
    sheets.push(sheetOf(tab, byId.get(tab.id)!, { geometry, computed }));
  }
  const namedRanges = plan.tabs.flatMap((tab) =>
    tab.names.map(({ name, column }) => {
      const range = renderFormula([{ to: "column", tab: tab.id, column }], "", 0, geometry);
      return { name, range: range ?? "" };
    }),
  );
  return ok(await writeXlsx({ sheets, namedRanges, defaultFont: { name: "Arial", size: 10 } }));
}

interface Around {
  readonly geometry: Geometry;
  readonly computed: Computed;
}

function sheetOf(tab: TabPlan, name: string, around: Around): WriteSheet {
  const { geometry } = around;
  const heights = new Map<number, { height: number }>();
  if (tab.headerHeight) heights.set(0, { height: tab.headerHeight * POINTS_PER_PIXEL });
  if (tab.rowHeight)
    for (const row of tab.rows.keys()) heights.set(row + 1, { height: tab.rowHeight * POINTS_PER_PIXEL });
  const lastColumn = Math.max(0, tab.columns.length - 1);
  const range = renderRange(tab.rows.length, lastColumn);
  return {
    name,
    columns: tab.columns.map(({ width, style, format, hidden }) => ({
      width: Math.max(1, (width - 5) / PIXELS_PER_CHARACTER),
      style: { ...xlsxStyle({ ...tab.bodyStyle, ...style }), ...(format !== null && { numFmt: format }) },
      ...(hidden && { hidden }),
    })),
    rows: rowsOf(tab),
    cells: specialCells(tab, around),
    rowDefs: heights,
    freezePane: tab.frozen,
    ...(tab.filter && { autoFilter: { range } }),
    ...(tab.tabColor !== null && { view: { tabColor: { rgb: tab.tabColor.slice(1) } } }),
    conditionalRules: xlsxConditions(tab, geometry),
    dataValidations: xlsxValidations(tab, geometry),
    charts: xlsxCharts(tab, geometry),
  };
}

const POINTS_PER_PIXEL = 0.75;
const PIXELS_PER_CHARACTER = 7;

function rowsOf(tab: TabPlan): (null | boolean | number | string)[][] {
  const header = tab.columns.map(({ header }) => xlsxText(header));
  const body = tab.rows.map(({ cells }) =>
    tab.columns.map((_, at) => xlsxValue(plainValue(cells[at] ?? null))),
  );
  const labelled = tab.columns.findIndex(({ total }) => total === null);
  const totals = tab.totals ? [tab.columns.map((_, at) => (at === labelled ? tab.totals!.label : null))] : [];
  return [header, ...body, ...totals];
}

/** What is more than a value: the header's looks, formulas, links, patterns of their own. */
function specialCells(tab: TabPlan, { geometry, computed }: Around): Map<string, Partial<Cell>> {
  const cells = new Map<string, Partial<Cell>>();
  const bottom = tab.rows.length + 1;
  tab.columns.forEach((column, at) => {
    const { align } = column.style;
    const header = xlsxStyle({ ...(align && { align }), ...tab.headerStyle });
    cells.set(`0,${at}`, { style: header, ...(column.note !== null && { comment: { text: column.note } }) });
    const body = {
      ...xlsxStyle({ ...tab.bodyStyle, ...column.style }),
      ...(column.format !== null && { numFmt: column.format }),
    };
    const values = column.formula ? computed.column(tab.id, column.key) : null;
    for (const [row, { cells: given }] of tab.rows.entries()) {
      const cell = column.formula
        ? formulaCell(renderFormula(column.formula, tab.id, row + 1, geometry), values?.[row] ?? null)
        : specialCell(given[at] ?? null);
      if (cell) cells.set(`${row + 1},${at}`, { ...cell, style: { ...body, ...cell.style } });
    }
    if (!tab.totals) return;
    const numFmt = column.total && column.total !== "count" ? column.format : null;
    const style = {
      ...xlsxStyle({ ...(column.total && align && { align }), ...tab.totals.style }),
      ...(numFmt !== null && { numFmt }),
    };
    const total = column.total
      ? formulaCell(
          renderFormula(totalFormula(column.key, column.total), tab.id, bottom, geometry),
          computed.total(tab.id, column.key),
        )
      : {};
    cells.set(`${bottom},${at}`, { ...total, style });
  });
  return cells;
}

function formulaCell(formula: string | null, value: CellValue): Partial<Cell> {
  if (formula === null) return {};
  const known = value !== null && !isCellError(value);
  return { formula: formula.slice(1), ...(known && { formulaResult: xlsxValue(value) }) };
}

function specialCell(cell: PlanCell): Partial<Cell> | null {
  if (cell === null || typeof cell !== "object" || isCellError(cell)) return null;
  if ("formula" in cell) return { formula: cell.formula.slice(1) };
  return "link" in cell ? { hyperlink: { target: cell.link } } : { style: { numFmt: cell.format } };
}

function plainValue(cell: PlanCell): CellValue {
  if (cell === null || typeof cell !== "object" || isCellError(cell)) return cell;
  if ("text" in cell) return cell.text;
  return "value" in cell ? cell.value : null;
}

function longCell(tab: TabPlan): Result<never, XlsxRefused> | null {
  for (const [row, { cells }] of tab.rows.entries()) {
    const at = cells.findIndex((cell) => isTooLong(plainValue(cell)));
    if (at >= 0) return tooLong(row + 2, tab.columns[at]!.header);
  }
  return null;
}

function renderRange(rows: number, lastColumn: number): string {
  return `A1:${columnLetters(lastColumn)}${rows + 1}`;
}
