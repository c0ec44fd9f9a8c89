/** What a sheet shows after an update: what it showed, and what came. */
import type { UpdateType } from "#contract/exports.ts";
import type { ColumnPlan, PlanCell, RowPlan, SheetPlan, TabPlan } from "../plan.ts";

/** `staying`: rows that a replace left though they are not in its data. Null: it is the plan and nothing else. */
export function merged(
  base: SheetPlan,
  plan: SheetPlan,
  type: UpdateType,
  staying: ReadonlyMap<string, readonly RowPlan[]>,
): SheetPlan | null {
  if (type === "replace" && [...staying.values()].every((rows) => rows.length === 0)) return null;
  const known = new Map(base.tabs.map((tab) => [tab.id, tab]));
  const tabs = plan.tabs.map((tab) => {
    const before = known.get(tab.id);
    if (!before) return tab;
    if (type !== "replace") return mergedTab(before, tab, type);
    return mergedTab({ ...before, rows: staying.get(tab.id) ?? [] }, tab, "append");
  });
  const named = new Set(tabs.map(({ id }) => id));
  return { ...plan, tabs: [...tabs, ...base.tabs.filter(({ id }) => !named.has(id))] };
}

function mergedTab(before: TabPlan, tab: TabPlan, type: "append" | "upsert"): TabPlan {
  const columns: ColumnPlan[] = [...before.columns];
  for (const column of tab.columns) if (!columns.some(({ key }) => key === column.key)) columns.push(column);
  const from = (own: TabPlan) =>
    columns.map(({ key }) => own.columns.findIndex((column) => column.key === key));
  const [old, now] = [from(before), from(tab)];
  const rows: RowPlan[] = before.rows.map((row) => placed(row, old));
  const places = new Map(rows.flatMap(({ key }, index) => (key === null ? [] : [[key, index] as const])));
  for (const row of tab.rows) {
    const at = row.key === null ? undefined : places.get(row.key);
    const next = placed(row, now);
    if (at === undefined) rows.push(next);
    else if (type === "upsert") {
      const cells = next.cells.map((cell, index) =>
        isEmpty(cell) ? (rows[at]!.cells[index] ?? null) : cell,
      );
      rows[at] = { key: row.key, cells };
    }
  }
  return { ...tab, columns, rows };
}

function placed({ key, cells }: RowPlan, from: readonly number[]): RowPlan {
  return { key, cells: from.map((at) => (at < 0 ? null : (cells[at] ?? null))) };
}

function isEmpty(cell: PlanCell): boolean {
  return cell === null || cell === "";
}
