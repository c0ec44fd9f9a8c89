/** How the cells and rows of a tab are told outside its grid: as the grid shows them. */
import { type CellValue, isCellError } from "../../../../client-sdk/src/contract/cell.ts";
import type { ColumnType } from "../../../../client-sdk/src/contract/layout.ts";
import { cellFormatter } from "../grid/format.ts";
import { shownValue } from "./shown-value.ts";

export interface KnownColumn {
  readonly slot: number;
  readonly key: string;
  readonly header: string;
  readonly type: ColumnType;
  readonly format?: string;
}

/** A row by its columns' keys, with its id. */
export type KnownRow = Readonly<Record<string, CellValue>>;

export interface TabWords {
  /** `column` is a key or a slot; of one that is not known the value is told as it is. */
  value(value: CellValue | undefined, column: string | number | undefined): string;
  /** Such as "TE-107 (row 3)"; without its name where nobody knows it. */
  row(id: number, values?: readonly CellValue[]): string;
}

/** Where nothing of the tab is known. */
export const NO_TAB_WORDS: TabWords = { value: shownValue, row: (id) => `row ${id}` };

/** A longer name says no more. */
const NAME_CHARS_MAX = 60;

export function createTabWords(
  columns: readonly KnownColumn[],
  rows: readonly KnownRow[],
  keyHeader?: string,
): TabWords {
  const find = (column: string | number | undefined): KnownColumn | undefined =>
    columns.find(({ key, slot }) => column === (typeof column === "number" ? slot : key));
  const byId = new Map(rows.map((row) => [row.$row as number, row]));
  const naming = namingColumn(columns, keyHeader);
  const value: TabWords["value"] = (value, column) => {
    const known = find(column);
    const isPlain =
      value === undefined ||
      value === null ||
      value === "" ||
      typeof value === "boolean" ||
      isCellError(value);
    return !known || isPlain ? shownValue(value) : cellFormatter(known)(value).text;
  };
  return {
    value,
    row(id, values) {
      if (!naming) return `row ${id}`;
      const named = byId.get(id)?.[naming.key] ?? values?.[naming.slot];
      if (named === undefined || named === null || named === "") return `row ${id}`;
      const text = value(named, naming.key);
      const name = text.length > NAME_CHARS_MAX ? `${text.slice(0, NAME_CHARS_MAX - 1)}…` : text;
      return `${name} (row ${id})`;
    },
  };
}

/** The column that tells the rows apart, else the first of texts. */
export function namingColumn(columns: readonly KnownColumn[], keyHeader?: string): KnownColumn | undefined {
  const named =
    keyHeader === undefined
      ? undefined
      : columns.find(({ header, key }) => header === keyHeader || key === keyHeader);
  return named ?? columns.find(({ type }) => type === "text");
}
