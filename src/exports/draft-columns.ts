/** Which columns a tab gets: those of the template, else all that its data have. */
import type { TemplateColumn, TemplateTab } from "#contract/templates.ts";
import { COLUMNS_MAX, dataColumns, headerOf } from "./data-columns.ts";
import { type GivenData, type Item, isColumnTable, tableColumns } from "./items.ts";
import type { Report } from "./report.ts";

export interface ColumnDraft {
  readonly column: TemplateColumn;
  readonly path: string;
  /** Its dates may come as serial numbers: a table says of this column that it holds dates. */
  readonly serials: boolean;
}

export interface DraftedColumns {
  readonly columns: readonly ColumnDraft[];
  /** Paths of lists in the rows that get tabs of their own. */
  readonly lists: readonly string[];
}

const SERIAL_TYPES: readonly unknown[] = ["date", "time", "datetime"];

export function draftColumns(given: {
  readonly tab: TemplateTab;
  readonly items: readonly Item[];
  readonly data: GivenData;
  readonly report: Report;
  /** Path of the key in the row that holds the list. */
  readonly parentKey?: string | undefined;
}): DraftedColumns {
  const { tab, items, data, report, parentKey } = given;
  const known = new Map(isColumnTable(data) ? tableColumns(data).map((column) => [column.key, column]) : []);
  const draft = (column: TemplateColumn): ColumnDraft => {
    const path = column.path ?? column.key;
    return { column, path, serials: SERIAL_TYPES.includes(known.get(path)?.type) };
  };
  if (tab.columns) return { columns: tab.columns.map(draft), lists: [] };
  if (known.size > 0 && tab.rows === undefined) {
    const columns = [...known.values()].map((column) =>
      draft({ ...column, header: column.header ?? headerOf(column.key) }),
    );
    return { columns, lists: [] };
  }
  const { paths, lists, tooMany } = dataColumns(items, tab.lists ?? "columns");
  if (tooMany) {
    const problem = `"${tab.title}" would have more than ${COLUMNS_MAX} columns`;
    report.add({ field: "data", problem, fix: "use a template that names its columns, or lists as tabs" });
  }
  const own = paths.map((path) => draft({ key: path, header: headerOf(path) }));
  const missing = tab.key !== undefined && !paths.includes(tab.key) && items.length > 0;
  if (missing) {
    const fix = `send it in every row; the fields are ${paths.slice(0, 20).join(", ")}`;
    report.add({ tab: tab.title, field: tab.key!, problem: "identifies the rows and is in none", fix });
  }
  if (parentKey === undefined) return { columns: own, lists };
  const path = `^.${parentKey}`;
  return { columns: [draft({ key: path, path, header: headerOf(parentKey) }), ...own], lists: [] };
}
