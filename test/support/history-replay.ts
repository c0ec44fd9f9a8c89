/** The tab that a history's entries tell of, carried out one after the other; what they do not tell is missing in it. */
import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { Entry } from "../../src/history/read.ts";
import { fromRuns } from "../../src/history/runs.ts";

export interface Replayed {
  readonly columns: readonly Column[];
  readonly order: readonly RowId[];
  /** By row id, in the order of `order`; empty cells at the end left out. */
  readonly rows: readonly (readonly [RowId, readonly CellValue[]])[];
  readonly formulas: readonly string[];
}

/** `entries`: the oldest first, from the beginning of the tab. */
export function historyReplay(entries: readonly Entry[]): Replayed {
  let columns: readonly Column[] = [];
  let order: RowId[] = [];
  const rows = new Map<RowId, CellValue[]>();
  const formulas = new Map<string, string>();
  for (const { item } of entries) {
    switch (item[0]) {
      case "cell": {
        const [, row, slot, before, after] = item;
        const values = rows.get(row);
        if (!values) throw new Error(`row ${row} changes and is not there`);
        if (!Bun.deepEquals(values[slot] ?? null, before))
          throw new Error(`${row}:${slot} was not ${before}`);
        while (values.length < slot) values.push(null);
        values[slot] = after;
        break;
      }
      case "formula":
        formulas.set(`${item[1]}:${item[2]}`, item[4]);
        break;
      case "added":
        if (rows.has(item[1])) throw new Error(`row ${item[1]} comes twice`);
        rows.set(item[1], [...item[2]]);
        break;
      case "removed":
        if (!Bun.deepEquals(trimmed(rows.get(item[1]) ?? []), trimmed(item[2]))) {
          throw new Error(`row ${item[1]} goes with other values`);
        }
        rows.delete(item[1]);
        break;
      case "columns":
        columns = item[2];
        break;
      case "order": {
        const next: RowId[] = [];
        let from = 0;
        for (const [at, remove, insert] of item[1]) {
          while (next.length < at) next.push(order[from++]!);
          for (const row of fromRuns(remove))
            if (order[from++] !== row) throw new Error(`${row} was elsewhere`);
          next.push(...fromRuns(insert));
        }
        order = [...next, ...order.slice(from)];
        break;
      }
      default:
        throw new Error(`${item[0]} cannot be replayed`);
    }
  }
  return {
    columns,
    order,
    rows: order.map((row) => [row, trimmed(rows.get(row) ?? [])] as const),
    formulas: [...formulas]
      .filter(([cell, text]) => text !== "" && rows.has(Number(cell.split(":")[0])))
      .map(([cell, text]) => `${cell}${text}`)
      .sort(),
  };
}

/** What a document holds, in the same shape. */
export function asReplayed({
  columns,
  order,
  rows,
}: {
  readonly columns: readonly Column[];
  readonly order: readonly RowId[];
  readonly rows: ReadonlyMap<
    RowId,
    { readonly values: readonly CellValue[]; readonly formulas?: ReadonlyMap<number, string> }
  >;
}): Replayed {
  return {
    columns: [...columns],
    order: [...order],
    rows: order.map((row) => [row, trimmed(rows.get(row)?.values ?? [])] as const),
    formulas: order
      .flatMap((row) => [...(rows.get(row)?.formulas ?? [])].map(([slot, text]) => `${row}:${slot}${text}`))
      .sort(),
  };
}

function trimmed(values: readonly CellValue[]): CellValue[] {
  const result = values.map((value) => value ?? null);
  while (result.length > 0 && result.at(-1) === null) result.pop();
  return result;
}
