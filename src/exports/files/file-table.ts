/** A table as files hold it: one header, typed columns, rows of values. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import type { Column, ColumnType } from "#contract/layout.ts";
import type { ValueType } from "#contract/templates.ts";
import type { Computed } from "../compute/compute.ts";
import type { PlanCell, TabPlan } from "../plan.ts";

export interface FileTable {
  readonly title: string;
  readonly columns: readonly FileColumn[];
  /** By position in `columns`; what is missing is empty. */
  readonly rows: () => Iterable<readonly CellValue[]>;
  readonly rowCount: number;
}

export interface FileColumn {
  readonly key: string;
  readonly header: string;
  readonly type: ColumnType;
  /** A pattern, for files that have them. */
  readonly format: string | null;
}

/** A tab or a view as it is now. `rows` by slot. */
export function tableOfDocument(document: {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly CellValue[])[];
}): FileTable {
  const { title, columns, rows } = document;
  return {
    title,
    columns: columns.map(({ key, header, type, format }) => ({
      key,
      header: header === "" ? key : header,
      type,
      format: format ?? DATE_PATTERNS[type] ?? null,
    })),
    rows: () => rows.values().map((values) => columns.map(({ slot }) => values[slot] ?? null)),
    rowCount: rows.length,
  };
}

const DATE_PATTERNS: Partial<Record<ColumnType, string>> = {
  date: "yyyy-mm-dd",
  time: "[h]:mm:ss",
  datetime: "yyyy-mm-dd hh:mm:ss",
};

/** Null: a formula of the tab cannot be computed here. Totals are no rows. */
export function tableOfPlan(tab: TabPlan, computed: Computed): FileTable | null {
  const columns = tab.columns.map((column, at) => ({ at, column, values: valuesOf(tab, at, computed) }));
  if (columns.some(({ values }) => values === null)) return null;
  return {
    title: tab.title,
    columns: tab.columns.map(({ key, header, type, format }) => ({
      key,
      header,
      type: COLUMN_TYPES[type] ?? "text",
      format,
    })),
    rows: () => tab.rows.keys().map((row) => columns.map(({ values }) => values![row] ?? null)),
    rowCount: tab.rows.length,
  };
}

const COLUMN_TYPES: Partial<Record<ValueType, ColumnType>> = {
  number: "number",
  integer: "number",
  percent: "number",
  money: "number",
  boolean: "boolean",
  date: "date",
  time: "time",
  datetime: "datetime",
  hours: "time",
};

function valuesOf(tab: TabPlan, at: number, computed: Computed): readonly CellValue[] | null {
  const column = tab.columns[at]!;
  if (column.formula) return computed.column(tab.id, column.key);
  const cells = tab.rows.map(({ cells }) => cells[at] ?? null);
  return cells.some(isFormula) ? null : cells.map(plainValue);
}

function isFormula(cell: PlanCell): boolean {
  return typeof cell === "object" && cell !== null && "formula" in cell;
}

function plainValue(cell: PlanCell): CellValue {
  if (cell === null || typeof cell !== "object" || isCellError(cell)) return cell;
  if ("link" in cell) return cell.link;
  return "value" in cell ? cell.value : null;
}
