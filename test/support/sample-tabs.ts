/** Documents that look like those of a shop: a price list, a schedule of matches, a large tab. */
import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import { createWriter, type Writer } from "../../client-sdk/test/support/writer.ts";

const PRICES: readonly (readonly CellValue[])[] = [
  ["T-101", "Assam breakfast tea", "Tea", 4.2, 118, true, 45_980],
  ["T-102", "Earl Grey, loose leaf", "Tea", 5.1, 64, true, 45_980],
  ["T-107", "Genmaicha", "Tea", 6.75, 0, false, 45_943],
  ["C-201", "Espresso blend, 250 g", "Coffee", 8.9, 212, true, 45_991],
  ["C-202", "Yirgacheffe, single origin", "Coffee", 12.5, 37, true, 45_991],
  ["C-204", "Decaf, Swiss water", "Coffee", 9.8, 5, true, 45_962],
  ["S-310", "Clover honey", "Spreads", 6.4, 88, true, 45_912],
  ["S-311", "Seville marmalade", "Spreads", { error: "#N/A" }, 41, true, 45_912],
  ["B-402", "Butter shortbread", "Biscuits", 3.95, 140, true, 45_930],
  [
    "B-409",
    "Oat crackers with a rather long name that has to be cut somewhere",
    "Biscuits",
    3.1,
    76,
    true,
    null,
  ],
];

export function pricesTab(rows = 48): Writer {
  return tab(
    "Price list",
    PRICE_COLUMNS,
    (i) => {
      const row = PRICES[i % PRICES.length]!;
      return i < PRICES.length
        ? row
        : [`X-${500 + i}`, `${row[1]} no. ${i}`, row[2]!, row[3]!, i * 3, i % 4 > 0, 45_900 + i];
    },
    rows,
  );
}

const PRICE_COLUMNS: readonly Column[] = [
  { slot: 0, header: "SKU", key: "SKU", type: "text" },
  { slot: 1, header: "Product", key: "Product", type: "text" },
  { slot: 2, header: "Category", key: "Category", type: "text" },
  { slot: 3, header: "Price", key: "Price", type: "number", format: "[$€]#,##0.00" },
  { slot: 4, header: "In stock", key: "In stock", type: "number" },
  { slot: 5, header: "On sale", key: "On sale", type: "boolean" },
  { slot: 6, header: "Updated", key: "Updated", type: "date", format: "yyyy-mm-dd" },
];

/** `rows` x `width` numbers under the headers c0, c1, ... */
export function largeTab(rows: number, width: number): Writer {
  const columns = Array.from(
    { length: width },
    (_, slot): Column => ({ slot, header: `c${slot}`, key: `c${slot}`, type: "number" }),
  );
  return tab("Large", columns, (i) => columns.map(({ slot }) => i * width + slot), rows);
}

function tab(
  title: string,
  columns: readonly Column[],
  valuesOf: (index: number) => readonly CellValue[],
  rows: number,
): Writer {
  const writer = createWriter();
  const ids = Array.from({ length: rows }, (_, i): RowId => i + 1);
  writer.write((parts) => {
    parts.meta.set("title", title);
    parts.columns.push([...columns]);
    parts.order.push(ids);
    parts.log.push(ids.map((id, i): [RowId, readonly CellValue[]] => [id, valuesOf(i)]));
  });
  return writer;
}
