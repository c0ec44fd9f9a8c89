import { writeXlsxStream } from "hucre/xlsx";
import { ok, type Result } from "#contract/result.ts";
import type { FileTable } from "./file-table.ts";
import {
  checkXlsxSize,
  isTooLong,
  tooLong,
  type XlsxRefused,
  xlsxText,
  xlsxTitles,
  xlsxValue,
} from "./xlsx-limits.ts";

/** Flat in memory, so bounded by time alone: about ten seconds of one core. */
export const XLSX_TABLE_CELLS_MAX = 6_000_000;

/** A table as an Excel file of one sheet, made as it is read. Text is text whatever it begins with. */
export function xlsxTable(table: FileTable): Result<ReadableStream<Uint8Array>, XlsxRefused> {
  const { columns, rowCount, title } = table;
  const size = checkXlsxSize([{ rows: rowCount, columns: columns.length }], XLSX_TABLE_CELLS_MAX);
  if (!size.ok) return size;
  let number = 1;
  for (const row of table.rows()) {
    number++;
    const at = row.findIndex(isTooLong);
    if (at >= 0) return tooLong(number, columns[at]!.header);
  }
  function* values() {
    for (const row of table.rows()) yield columns.map((_, at) => xlsxValue(row[at] ?? null));
  }
  return ok(
    writeXlsxStream(values(), {
      name: xlsxTitles([title])[0]!,
      freezePane: { rows: 1 },
      columns: columns.map(({ header, format, type }) => ({
        header: xlsxText(header),
        width: Math.min(50, Math.max(10, header.length + 3)),
        ...(format !== null && type !== "text" && { numFmt: format }),
      })),
    }),
  );
}
