/** One tab of a plan: its columns with their patterns, its rows with their keys. */

import { isCellError } from "#contract/cell.ts";
import type { CellStyle, TemplateTab, ValueType } from "#contract/templates.ts";
import type { CellMaker, Wanted } from "./cells.ts";
import { widthOf } from "./column-width.ts";
import { headerOf } from "./data-columns.ts";
import type { ColumnDraft } from "./draft-columns.ts";
import { type FormulaColumns, parseFormula } from "./formula.ts";
import { type Item, isMoney, valueAt } from "./items.ts";
import { isCurrency, patternOf } from "./patterns.ts";
import type { ColumnPlan, ConditionPlan, Formula, PlanCell, RowPlan, TabPlan } from "./plan.ts";
import type { Report } from "./report.ts";

export interface TabDraft {
  readonly id: string;
  readonly title: string;
  readonly tab: TemplateTab;
  readonly columns: readonly ColumnDraft[];
  readonly items: readonly Item[];
}

export interface PlanTabDeps {
  /** All tabs: formulas may name columns of others. */
  readonly drafts: readonly TabDraft[];
  readonly maker: CellMaker;
  readonly locale: string;
  readonly currency: string | null;
  readonly report: Report;
}

const HEADER_STYLE: CellStyle = { bold: true, background: "#e8edf3", color: "#1f2933", vertical: "middle" };
const TOTALS_STYLE: CellStyle = { bold: true, background: "#f3f5f8" };

export function planTab(draft: TabDraft, deps: PlanTabDeps): TabPlan {
  const { tab, title } = draft;
  const wanted = draft.columns.map((column) => wantedOf(column, draft, deps));
  const formulas = draft.columns.map(({ column }) =>
    column.formula === undefined ? null : formulaOf(column.formula, column.key, draft, deps),
  );
  const rows = planRows(draft, { wanted, formulas }, deps);
  const columns = draft.columns.map((column, at) =>
    planColumn(column, { at, wanted: wanted[at]!, formula: formulas[at]!, rows, deps }),
  );
  return {
    id: draft.id,
    title,
    columns,
    keyColumn: tab.key ?? null,
    rows,
    totals: columns.some(({ total }) => total !== null)
      ? { label: tab.totals?.label ?? "Total", style: { ...TOTALS_STYLE, ...tab.totals?.style } }
      : null,
    headerStyle: { ...HEADER_STYLE, ...tab.headerStyle },
    bodyStyle: { vertical: "middle", ...tab.bodyStyle },
    frozen: { rows: tab.freeze?.rows ?? 1, columns: Math.min(tab.freeze?.columns ?? 0, columns.length) },
    filter: tab.filter ?? false,
    banding: tab.banding ?? null,
    conditions: planConditions(draft, deps),
    charts: tab.charts ?? [],
    protections: tab.protect ?? [],
    names: tab.names ?? [],
    tabColor: tab.tabColor ?? null,
    rowHeight: tab.rowHeight ?? null,
    headerHeight: tab.headerHeight ?? null,
  };
}

/** Of a column without a type its values decide; amounts that name a currency decide for those that name none. */
function wantedOf(
  { column, path, serials }: ColumnDraft,
  { items }: TabDraft,
  { maker, currency }: PlanTabDeps,
): Wanted {
  const computed = column.formula !== undefined;
  function* values() {
    for (const item of items) yield valueAt(item, path);
  }
  const type = column.type ?? (computed ? "number" : maker.typeOf(values()));
  const named = () => {
    for (const value of values())
      if (value != null && isMoney(value) && isCurrency(value.currency)) return value.currency;
    return null;
  };
  return {
    type: type === "text" && column.type === undefined ? null : type,
    currency: type === "money" ? (currency ?? (computed ? null : named())) : null,
    formulas: column.formulas ?? false,
    serials,
  };
}

function planRows(
  draft: TabDraft,
  { wanted, formulas }: { wanted: readonly Wanted[]; formulas: readonly (Formula | null)[] },
  { maker, report }: PlanTabDeps,
): readonly RowPlan[] {
  const { tab, title, columns, items } = draft;
  const keyAt = columns.findIndex(({ column }) => column.key === tab.key);
  const seen = new Map<string, number>();
  return items.map((item, index) => {
    const row = index + 1;
    const cells = columns.map(({ column, path }, at): PlanCell => {
      if (formulas[at] || column.formula !== undefined) return null;
      const found = valueAt(item, path);
      const value = found === undefined || found === null ? (column.fallback ?? null) : found;
      if ((value === null || value === "") && (column.required || at === keyAt)) {
        const problem = at === keyAt ? "is empty, and identifies the row" : "is empty";
        report.add({ row, tab: title, field: path, problem, fix: "send a value" });
        return null;
      }
      return maker.make(value, wanted[at]!, (bad) => report.add({ row, tab: title, field: path, ...bad }));
    });
    const key = keyAt < 0 ? null : keyOf(cells[keyAt] ?? null);
    if (key !== null) {
      const before = seen.get(key);
      if (before !== undefined) {
        const problem = `${JSON.stringify(key).slice(0, 60)} is the key of row ${before} already`;
        report.add({ row, tab: title, field: columns[keyAt]!.path, problem, fix: "send each key once" });
      } else seen.set(key, row);
    }
    return { key, cells };
  });
}

/** What identifies a row by the cell in its key column, as it stands in the sheet. */
export function keyOf(cell: PlanCell): string | null {
  if (cell === null) return null;
  if (typeof cell !== "object") return String(cell);
  if (isCellError(cell)) return cell.error;
  if ("formula" in cell) return cell.formula;
  return "text" in cell ? cell.text : String(cell.value);
}

const RIGHT: readonly (ValueType | null)[] = ["number", "integer", "percent", "money", "hours"];
const LEFT: readonly (ValueType | null)[] = ["date", "time", "datetime"];

function planColumn(
  { column }: ColumnDraft,
  given: { at: number; wanted: Wanted; formula: Formula | null; rows: readonly RowPlan[]; deps: PlanTabDeps },
): ColumnPlan {
  const { at, wanted, formula, rows, deps } = given;
  const type = wanted.type ?? "text";
  const header = column.header ?? headerOf(column.key);
  const format = column.format ?? patternOf(type, deps.locale, wanted.currency);
  const align = RIGHT.includes(type)
    ? "right"
    : type === "boolean"
      ? "center"
      : LEFT.includes(type)
        ? "left"
        : null;
  return {
    key: column.key,
    header,
    type,
    format,
    width:
      column.width ??
      widthOf({ header, format, type, cells: rows.values().map(({ cells }) => cells[at] ?? null) }),
    formula,
    style: { ...(align && { align }), ...column.style },
    note: column.note ?? null,
    hidden: column.hidden ?? false,
    total: column.total ?? null,
    validation: column.validation ?? null,
  };
}

function planConditions(draft: TabDraft, deps: PlanTabDeps): readonly ConditionPlan[] {
  return (draft.tab.conditions ?? []).flatMap(({ columns, rule, style = {} }): ConditionPlan[] => {
    if (rule.type === "scale") return [{ ...rule, columns, style, middle: rule.middle ?? null }];
    if (rule.type !== "formula") return [{ ...rule, columns, style }];
    const formula = formulaOf(rule.formula, "conditions", draft, deps);
    return formula ? [{ type: "formula", formula, columns, style }] : [];
  });
}

function formulaOf(
  text: string,
  field: string,
  draft: TabDraft,
  { drafts, report }: PlanTabDeps,
): Formula | null {
  const parsed = parseFormula(text, columnsSeenFrom(draft, drafts));
  if (parsed.ok) return parsed.value;
  report.add({ tab: draft.title, field, ...parsed.error });
  return null;
}

function columnsSeenFrom(draft: TabDraft, drafts: readonly TabDraft[]): FormulaColumns {
  return {
    has: (tab, key) =>
      drafts.some(
        ({ id, columns }) => id === (tab ?? draft.id) && columns.some(({ column }) => column.key === key),
      ),
  };
}
