import type { Column, Row } from "../../../../client-sdk/src/index.ts";
import { type CellFormatter, cellFormatter } from "./format.ts";

/** A column as the grid draws it. */
export interface GridColumn {
  readonly column: Column;
  readonly format: CellFormatter;
  readonly widthPx: number;
}

const LEAST_PX = 76;
const MOST_PX = 340;
/** Padding on both sides, the border and a little air. */
const AROUND_PX = 30;
/** Rows looked at for a column's width. */
const SAMPLE = 60;

/** Widths from the header and the first rows; `measure` gives a text's width in pixels. */
export function gridColumns(
  columns: readonly Column[],
  sample: Iterable<Row>,
  measure: (text: string, header: boolean) => number,
): readonly GridColumn[] {
  const rows = [...sample].slice(0, SAMPLE);
  return columns.map((column) => {
    const format = cellFormatter(column);
    let widest = measure(headerText(column), true);
    for (const row of rows) {
      const { text } = format(row[column.key] ?? null);
      // Longer than this is cut anyway, and measuring a 50,000-character cell is not free.
      widest = Math.max(widest, measure(text.slice(0, 80), false));
    }
    return { column, format, widthPx: Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, widest + AROUND_PX))) };
  });
}

/** A column without a header still needs a name. */
export function headerText(column: Column): string {
  return column.header.trim() === "" ? column.key : column.header;
}

/** Measures with the page's own fonts (grid.css). */
export function createMeasure(body: string, header: string): (text: string, header: boolean) => number {
  const context = document.createElement("canvas").getContext("2d");
  return (text, isHeader) => {
    if (!context) return text.length * 8;
    context.font = isHeader ? header : body;
    return context.measureText(text).width;
  };
}
