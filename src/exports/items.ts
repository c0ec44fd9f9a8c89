/** Where the rows of a tab stand in the data, and the fields in a row. */

import { isValidFormat } from "numfmt";
import type {
  ColumnTable,
  DataObject,
  DataValue,
  ExportData,
  LiveData,
  TableColumn,
  ValueType,
} from "#contract/templates.ts";
import type { Report } from "./report.ts";

/** A row of the data; `parent` is the row that holds the list it stands in. */
export interface Item {
  readonly value: DataValue;
  readonly parent: Item | null;
}

/** Data that are here already: a live tab is read first, and comes as a table. */
export type GivenData = Exclude<ExportData, LiveData>;

/** What a row that is no object, such as a number of a list of numbers, is called. */
export const LONE_FIELD = "value";

export function isLiveData(data: ExportData): data is LiveData {
  if (Array.isArray(data)) return false;
  const fields = Object.entries(data);
  return (
    fields.every(([name, value]) => ["source", "tab", "view"].includes(name) && typeof value === "string") &&
    Object.hasOwn(data, "source") &&
    Object.hasOwn(data, "tab")
  );
}

export function isColumnTable(data: ExportData): data is ColumnTable {
  const table = data as Partial<ColumnTable>;
  return !Array.isArray(data) && Array.isArray(table.columns) && Array.isArray(table.rows);
}

export function tableColumns(table: ColumnTable): readonly TableColumn[] {
  return table.columns.map((column) => (typeof column === "string" ? { key: column } : column));
}

const TYPES: Readonly<Record<ValueType, true>> = {
  text: true,
  number: true,
  integer: true,
  percent: true,
  money: true,
  boolean: true,
  date: true,
  time: true,
  datetime: true,
  hours: true,
  link: true,
};

/** What is wrong with the columns of a table; other data need no such look. */
export function checkColumns(data: GivenData, report: Report): void {
  if (!isColumnTable(data)) return;
  const keys = new Set<string>();
  for (const [at, column] of (data.columns as readonly unknown[]).entries()) {
    const field = `columns[${at}]`;
    const {
      key,
      header = "",
      type = "text",
      format = "General",
    } = (typeof column === "string" ? { key: column } : (column ?? {})) as Record<string, unknown>;
    const add = (problem: string, fix: string) => report.add({ field, problem, fix });
    if (typeof key !== "string" || key === "") {
      add("has no key", 'give a text, or an object such as {"key": "price", "type": "money"}');
    } else if (keys.has(key))
      add(`"${key}" is the key of an earlier column`, "give each column a key of its own");
    else keys.add(key);
    if (typeof header !== "string") add("has a header that is no text", "give it as text");
    if (typeof type !== "string" || !Object.hasOwn(TYPES, type)) {
      add("has a type that is not known", `use ${Object.keys(TYPES).join(", ")}`);
    }
    if (typeof format !== "string" || !isValidFormat(format)) {
      add("has a format that is no pattern", 'use such as "#,##0.00"');
    }
  }
}

/** Every row at `path`; empty when the data have no list there, which is reported. */
export function itemsAt(data: GivenData, path: string | undefined, report: Report): readonly Item[] {
  if (isColumnTable(data)) {
    const rows = tableRows(data, report);
    return path === undefined ? asItems(rows) : under(asItems(rows), path.split("."), path, report);
  }
  if (Array.isArray(data)) {
    const rows = asItems(data as readonly DataValue[]);
    return path === undefined ? rows : under(rows, path.split("."), path, report);
  }
  const named = data as DataObject;
  if (path !== undefined) return under([{ value: named, parent: null }], path.split("."), path, report);
  const lists = Object.entries(named).filter(([, value]) => isListOfRows(value));
  if (lists.length > 1) {
    report.add({
      field: "data",
      problem: `holds the lists ${lists.map(([name]) => `"${name}"`).join(", ")}, and the template names none`,
      fix: "send one list, or use a template whose tabs name theirs",
    });
    return [];
  }
  // A single object is a sheet of one row.
  return lists.length === 1
    ? asItems(lists[0]![1] as readonly DataValue[])
    : [{ value: named, parent: null }];
}

/** Undefined where the row has no such field. "^." goes to the row that holds the list. */
export function valueAt(item: Item, path: string): DataValue | undefined {
  let from: Item | null = item;
  let rest = path;
  while (rest.startsWith("^.")) {
    from = from?.parent ?? null;
    rest = rest.slice(2);
  }
  if (from === null) return undefined;
  const { value } = from;
  if (!isObject(value) && !Array.isArray(value)) return rest === LONE_FIELD ? value : undefined;
  return walk(value, rest);
}

/** An amount with its currency: neither its parts nor those of a link are columns of their own. */
export function isMoney(value: DataValue): value is { amount: number | string; currency: string } {
  return (
    isObject(value) &&
    Object.keys(value).length === 2 &&
    (typeof value.amount === "number" || typeof value.amount === "string") &&
    typeof value.currency === "string"
  );
}

export function isLink(value: DataValue): value is { text?: string; url: string } {
  return (
    isObject(value) &&
    typeof value.url === "string" &&
    Object.entries(value).every(
      ([name, part]) => name === "url" || (name === "text" && typeof part === "string"),
    )
  );
}

export function isObject(value: DataValue | undefined): value is DataObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The whole path may be one field's name: a table's columns are called "price.amount". */
function walk(value: DataValue, path: string): DataValue | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, path)) return (value as DataObject)[path];
  const dot = path.indexOf(".");
  const name = path.slice(0, Math.max(0, dot));
  if (dot < 1 || !Object.hasOwn(value, name)) return undefined;
  return walk((value as DataObject)[name]!, path.slice(dot + 1));
}

/** A list on the way means all of its rows. */
function under(
  items: readonly Item[],
  names: readonly string[],
  path: string,
  report: Report,
): readonly Item[] {
  const [name, ...rest] = names;
  if (name === undefined) return items;
  const found: Item[] = [];
  items.forEach((item, index) => {
    const value = isObject(item.value) && Object.hasOwn(item.value, name) ? item.value[name]! : null;
    if (value === null) return;
    // An element of a list has the holder of the list as its parent; an object on the way is no row itself.
    if (Array.isArray(value)) for (const part of value) found.push({ value: part, parent: item });
    else if (rest.length > 0 && isObject(value)) found.push({ value, parent: item.parent });
    else {
      const fix = "send a list, or leave the field out where there is none";
      report.add({ row: index + 1, field: path, problem: `"${name}" is no list`, fix });
    }
  });
  return under(found, rest, path, report);
}

function tableRows(table: ColumnTable, report: Report): readonly DataObject[] {
  const columns = tableColumns(table);
  const keys = columns.map(({ key }) => key);
  return table.rows.map((row, index) => {
    if (!Array.isArray(row)) {
      const fix = "send each row as a list of values, one for each column";
      report.add({ row: index + 1, field: "rows", problem: "is no list", fix });
      return {};
    }
    if (row.length > keys.length) {
      const problem = `has ${row.length} values for ${keys.length} columns`;
      report.add({ row: index + 1, field: "rows", problem, fix: "send one value for each column" });
    }
    return Object.fromEntries(keys.map((key, at) => [key, row[at] ?? null]));
  });
}

function asItems(values: readonly DataValue[]): readonly Item[] {
  return values.map((value) => ({ value, parent: null }));
}

function isListOfRows(value: DataValue): boolean {
  return Array.isArray(value) && value.every((part) => isObject(part));
}
