/**
 * What a workbook is to be, said without a word of Google's: what a writer makes a sheet of, the preview a page and
 * a download a file. Columns are named by key; who writes knows where each one stands now.
 */
import type { CellValue } from "#contract/cell.ts";
import type {
  CellStyle,
  ProtectedPart,
  TemplateChart,
  TotalFunction,
  Validation,
  ValueType,
} from "#contract/templates.ts";

export interface SheetPlan {
  readonly title: string;
  /** Such as "en_US". */
  readonly locale: string;
  /** IANA name: the dates of all cells are local to it. */
  readonly timeZone: string;
  readonly template: { readonly id: string; readonly version: number };
  readonly tabs: readonly TabPlan[];
  /** What is odd about the data and was taken all the same, each a sentence. */
  readonly notices: readonly string[];
}

/** The header stands in the first row, the rows below it, then the totals if there are any. */
export interface TabPlan {
  /** Stable over updates and versions of the template. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly ColumnPlan[];
  /** Key of the column that identifies a row; null: rows can be told apart by their place only. */
  readonly keyColumn: string | null;
  readonly rows: readonly RowPlan[];
  /** The row below the last one; each column says what it totals. */
  readonly totals: { readonly label: string; readonly style: CellStyle } | null;
  readonly headerStyle: CellStyle;
  readonly bodyStyle: CellStyle;
  readonly frozen: { readonly rows: number; readonly columns: number };
  readonly filter: boolean;
  /** Backgrounds of odd and even rows. */
  readonly banding: { readonly first: string; readonly second: string } | null;
  readonly conditions: readonly ConditionPlan[];
  readonly charts: readonly TemplateChart[];
  readonly protections: readonly ProtectedPart[];
  /** Named ranges: each names the cells of a column below the header, totals not included. */
  readonly names: readonly { readonly name: string; readonly column: string }[];
  /** "#rrggbb". */
  readonly tabColor: string | null;
  /** Pixels. */
  readonly rowHeight: number | null;
  readonly headerHeight: number | null;
}

/** Every column of a plan belongs to the export: an update writes these and no others. */
export interface ColumnPlan {
  readonly key: string;
  readonly header: string;
  readonly type: ValueType;
  /** A pattern such as "#,##0.00"; null: as it is typed. */
  readonly format: string | null;
  /** Pixels. */
  readonly width: number;
  /** Fills down: no row holds it. Its cells in `rows` are null. */
  readonly formula: Formula | null;
  readonly style: CellStyle;
  readonly note: string | null;
  readonly hidden: boolean;
  readonly total: TotalFunction | null;
  readonly validation: Validation | null;
}

export interface RowPlan {
  /** Unique in its tab; null where the tab has no key column. */
  readonly key: string | null;
  /** By position in `columns`. */
  readonly cells: readonly PlanCell[];
}

/**
 * Text is text whatever it begins with: only `formula` is one, with its "=". A `value` with a `format` is a number
 * whose pattern is not its column's, such as an amount in another currency. An error of a live tab is written as text.
 */
export type PlanCell =
  | CellValue
  | { readonly formula: string }
  | { readonly text: string; readonly link: string }
  | { readonly value: number; readonly format: string };

/** A formula that names columns by key. Joined and with its references put in, it begins with "=". */
export type Formula = readonly (string | FormulaReference)[];

export type FormulaReference =
  /** The cell of this row. */
  | { readonly to: "cell"; readonly column: string }
  /** All cells of the column below the header, totals not included; `tab` null: this tab. */
  | { readonly to: "column"; readonly tab: string | null; readonly column: string };

export type ConditionPlan = {
  readonly columns: readonly string[];
  readonly style: CellStyle;
} & (
  | { readonly type: "below" | "above" | "equal"; readonly value: number }
  | { readonly type: "between"; readonly from: number; readonly to: number }
  | { readonly type: "is" | "contains"; readonly text: string }
  | { readonly type: "blank" | "filled" }
  | { readonly type: "formula"; readonly formula: Formula }
  | { readonly type: "scale"; readonly low: string; readonly middle: string | null; readonly high: string }
);

/** Where things stand now: rows and columns count from 0. */
export interface Geometry {
  /** null: the column is gone from the sheet. */
  columnAt(tab: string, column: string): number | null;
  titleOf(tab: string): string;
  /** First and last row below the header, totals not included; last is before first where there is none. */
  rowsOf(tab: string): { readonly first: number; readonly last: number };
}

/**
 * The formula as it is typed into row `row` of `tab`; null when a column that it names is gone. A whole column is
 * named with fixed rows, and with one row where it has none.
 */
export function renderFormula(formula: Formula, tab: string, row: number, geometry: Geometry): string | null {
  let text = "";
  for (const part of formula) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const target = part.to === "cell" ? tab : (part.tab ?? tab);
    const at = geometry.columnAt(target, part.column);
    if (at === null) return null;
    const column = columnLetters(at);
    if (part.to === "cell") {
      text += `$${column}${row + 1}`;
      continue;
    }
    const { first, last } = geometry.rowsOf(target);
    const sheet = target === tab ? "" : `'${geometry.titleOf(target).replaceAll("'", "''")}'!`;
    text += `${sheet}$${column}$${first + 1}:$${column}$${Math.max(first, last) + 1}`;
  }
  return text;
}

/** "A" for 0, "AA" for 26. */
export function columnLetters(position: number): string {
  let letters = "";
  for (let rest = position + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/** Where everything stands in a sheet that is the plan and nothing else. */
export function ownGeometry(plan: Pick<SheetPlan, "tabs">): Geometry {
  const tabs = new Map(plan.tabs.map((tab) => [tab.id, tab]));
  const columns = new Map(
    plan.tabs.map((tab) => [tab.id, new Map(tab.columns.map(({ key }, at) => [key, at]))]),
  );
  return {
    columnAt: (tab, column) => columns.get(tab)?.get(column) ?? null,
    titleOf: (tab) => tabs.get(tab)?.title ?? tab,
    rowsOf: (tab) => ({ first: 1, last: tabs.get(tab)?.rows.length ?? 0 }),
  };
}

/** Google's numbers of SUBTOTAL that leave out what a filter hides. */
const SUBTOTALS: Readonly<Record<TotalFunction, number>> = {
  average: 101,
  count: 103,
  max: 104,
  min: 105,
  sum: 109,
};

/** What stands in the totals row below `column`. */
export function totalFormula(column: string, total: TotalFunction): Formula {
  return [`=SUBTOTAL(${SUBTOTALS[total]},`, { to: "column", tab: null, column }, ")"];
}
