/** What an Excel file can hold, and how much of it is made here. */
import { type CellValue, isCellError } from "#contract/cell.ts";
import { err, ok, type Result } from "#contract/result.ts";

/** Excel's own limits. */
const ROWS_MAX = 1_048_575;
const COLUMNS_MAX = 16_384;
const TEXT_CHARACTERS_MAX = 32_767;
const TITLE_CHARACTERS_MAX = 31;

/** `why` is a sentence that names another way. */
export interface XlsxRefused {
  readonly tag: "XlsxRefused";
  readonly why: string;
}

export function refuseXlsx(why: string): Result<never, XlsxRefused> {
  return err({ tag: "XlsxRefused", why: `${why}: take format=csv or format=ndjson.` });
}

export interface SheetSize {
  readonly rows: number;
  readonly columns: number;
}

export function checkXlsxSize(sheets: readonly SheetSize[], cellsMax: number): Result<void, XlsxRefused> {
  let cells = 0;
  for (const { rows, columns } of sheets) {
    cells += rows * columns;
    if (rows > ROWS_MAX) return refuseXlsx(`${rows} rows are more than an Excel sheet holds (${ROWS_MAX})`);
    if (columns > COLUMNS_MAX) {
      return refuseXlsx(`${columns} columns are more than an Excel sheet holds (${COLUMNS_MAX})`);
    }
  }
  if (cells <= cellsMax) return ok(undefined);
  return refuseXlsx(`${cells} cells are more than an Excel file is made of here (${cellsMax})`);
}

/** A longer text makes Excel call the file broken. */
export function isTooLong(value: CellValue): boolean {
  return typeof value === "string" && value.length > TEXT_CHARACTERS_MAX;
}

export function tooLong(row: number, header: string): Result<never, XlsxRefused> {
  return refuseXlsx(
    `Row ${row}, "${header}", is longer than an Excel cell holds (${TEXT_CHARACTERS_MAX} characters)`,
  );
}

export function xlsxValue(value: CellValue): null | boolean | number | string {
  if (isCellError(value)) return value.error;
  return typeof value === "string" ? xlsxText(value) : value;
}

/** "_x0041_" means "A" in these files, so that its own "_" is written as what means "_". */
export function xlsxText(text: string): string {
  return text.replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_");
}

/** Excel's rules for the names of sheets; unique without their case. */
export function xlsxTitles(titles: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const fit = (text: string) => text.slice(0, TITLE_CHARACTERS_MAX).replace(/^'+|'+$/g, "_");
    const plain = title.replaceAll(/[[\]*?:/\\\p{Cc}]/gu, " ").trim() || "Sheet";
    let name = fit(plain);
    for (let count = 2; taken.has(name.toLowerCase()); count++) {
      const mark = ` (${count})`;
      name = fit(plain.slice(0, TITLE_CHARACTERS_MAX - mark.length)) + mark;
    }
    taken.add(name.toLowerCase());
    return name;
  });
}
