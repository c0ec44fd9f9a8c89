/** From rows with flattened fields to the snapshot of a tab. */
import type { CellValue } from "#contract/cell.ts";
import type { FeedColumn, FeedColumnType } from "#contract/feed.ts";
import { ok, type Result } from "#contract/result.ts";
import { mapGrid } from "../../model/mapping.ts";
import type { TabSnapshot } from "../../model/snapshot.ts";
import { type FeedRow, type Malformed, malformed, someNames } from "./feed-document.ts";
import type { FeedLimits } from "./limits.ts";
import type { TabPlan } from "./plan.ts";
import { convert, FORMATS, guessType } from "./values.ts";

export interface FeedTable {
  readonly snapshot: TabSnapshot;
  /** Names of the columns before renaming, in order. */
  readonly fields: readonly string[];
  readonly notices: readonly string[];
}

export interface TableInput {
  readonly plan: TabPlan;
  readonly rows: readonly FeedRow[];
  /** See FeedDocument. */
  readonly untyped: boolean;
  readonly ordered: boolean;
  /** The fields of the snapshot before. */
  readonly known: readonly string[];
  readonly limits: FeedLimits;
}

export function buildTable(input: TableInput): Result<FeedTable, Malformed> {
  const { plan, rows, limits } = input;
  if (rows.length > limits.feedRowsMax) {
    return malformed(
      plan.rowsPath ?? plan.title,
      `there are ${rows.length} rows; ${limits.feedRowsMax} are taken`,
    );
  }
  const columns = plan.columns ?? fieldsOf(input).map((path): FeedColumn => ({ path }));
  if (columns.length > limits.feedColumnsMax) {
    const detail = `the rows have more than ${limits.feedColumnsMax} different fields`;
    return malformed(plan.rowsPath ?? plan.title, detail, 'Name the columns to take under "columns".');
  }
  const headers = columns.map(({ path, name }) => name ?? path);
  const keyColumn = plan.keyField === undefined ? -1 : keyPosition(plan.keyField, columns, headers);
  if (plan.keyField !== undefined && keyColumn < 0 && rows.length > 0) {
    const detail = `no row has the field "${plan.keyField}"; the fields are ${someNames(headers)}`;
    return malformed(plan.rowsPath ?? plan.title, detail, "Correct keyField, or leave it out.");
  }
  const notices: string[] = [];
  const types: (FeedColumnType | undefined)[] = [];
  const grid: CellValue[][] = rows.map(() => []);
  for (const [index, column] of columns.entries()) {
    const values = rows.map((row) => cellAt(row, column.path));
    if (plan.columns && rows.length > 0 && values.every((value) => value === null)) {
      notices.push(`No row of "${plan.title}" has anything at "${column.path}".`);
    }
    types[index] = column.type ?? (input.untyped ? guessType(values) : undefined);
    const odd = fill(grid, index, values, types[index]);
    if (odd > 0) {
      const many = odd === 1 ? "value is" : "values are";
      notices.push(
        `In the column "${headers[index]}" of "${plan.title}" ${odd} ${many} no ${types[index]} and left as given.`,
      );
    }
  }
  // mapGrid would take a header from the rows where there is no column at all.
  const formats = types.map((type) => (type ? FORMATS[type] : undefined));
  const table =
    columns.length === 0 ? { columns: [], rows: [] } : mapGrid([headers, ...grid], { header: 0, formats });
  return ok({
    snapshot: {
      tabId: plan.tabId,
      title: plan.title,
      columns: table.columns,
      rows: table.rows,
      ...(keyColumn >= 0 && { keyColumn }),
    },
    fields: columns.map(({ path }) => path),
    notices,
  });
}

/** Known fields first, in their order, unless the format's own order counts: JSON objects have none. */
function fieldsOf({ rows, known, ordered, limits }: TableInput): string[] {
  if (rows.length === 0) return [...known];
  const found = new Set<string>();
  for (const row of rows) {
    for (const name of row.cells.keys()) found.add(name);
    // Data used as field names: no need to collect all of it.
    if (found.size > limits.feedColumnsMax) break;
  }
  if (ordered) return [...found];
  const kept = known.filter((name) => found.has(name));
  for (const name of kept) found.delete(name);
  return [...kept, ...found];
}

function cellAt(row: FeedRow, path: string): CellValue {
  const cell = row.cells.get(path);
  return cell === undefined ? row.at(path) : cell;
}

function keyPosition(keyField: string, columns: readonly FeedColumn[], headers: readonly string[]): number {
  const byHeader = headers.indexOf(keyField);
  return byHeader >= 0 ? byHeader : columns.findIndex(({ path }) => path === keyField);
}

/** How many values could not be made into `type`. */
function fill(
  grid: CellValue[][],
  index: number,
  values: readonly CellValue[],
  type: FeedColumnType | undefined,
): number {
  let odd = 0;
  for (const [row, value] of values.entries()) {
    const converted = type === undefined ? value : convert(value, type);
    if (converted === undefined) odd++;
    grid[row]![index] = converted === undefined ? value : converted;
  }
  return odd;
}
