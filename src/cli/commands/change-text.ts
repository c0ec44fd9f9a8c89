import type { CellValue } from "#contract/cell.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { RowAnswer } from "#contract/rest.ts";
import { cellText, type Paint, plain } from "../text.ts";

/** The data of an event `reset`. */
export interface ResetEvent {
  readonly columns: readonly Pick<Column, "key">[];
  readonly rows: readonly RowAnswer[];
}

/** The data of an event `change`. */
export interface ChangeEvent {
  readonly revision: string;
  readonly columns?: readonly Pick<Column, "key">[];
  readonly added: readonly RowAnswer[];
  readonly changed: readonly RowAnswer[];
  readonly removed: readonly RowId[];
  readonly order: readonly unknown[];
}

/** Changes as lines for a person; remembers the rows, to tell what a cell was before. */
export interface ChangeText {
  reset(event: ResetEvent, shown: boolean): string;
  change(event: ChangeEvent, at: Date): string;
}

export function createChangeText(paint: Paint): ChangeText {
  const rows = new Map<RowId, Record<string, CellValue>>();
  let keys: readonly string[] = [];

  /** A row's id and its first cell, by which people know it. */
  function name(row: RowId): string {
    const first = keys[0] === undefined ? "" : cellText(rows.get(row)?.[keys[0]]);
    return paint.cyan(first === "" ? `@${row}` : `@${row} ${first}`);
  }
  function whole({ $row, ...cells }: RowAnswer): string {
    return keys
      .filter((key) => cellText(cells[key]) !== "")
      .map((key) => `${plain(key)}=${cellText(cells[key])}`)
      .join("  ");
  }

  return {
    reset({ columns, rows: all }, shown) {
      keys = columns.map(({ key }) => key);
      rows.clear();
      for (const { $row, ...cells } of all) rows.set($row, cells);
      return shown
        ? all.map((row) => `${paint.dim("=")} ${paint.cyan(`@${row.$row}`)}  ${whole(row)}\n`).join("")
        : "";
    },
    change({ columns, added, changed, removed, order }, at) {
      const time = paint.dim(at.toTimeString().slice(0, 8));
      const lines: string[] = [];
      if (columns) {
        keys = columns.map(({ key }) => key);
        lines.push(`${paint.yellow("#")} columns: ${keys.map(plain).join(", ")}`);
      }
      for (const row of removed) {
        lines.push(`${paint.red("-")} ${name(row)}`);
        rows.delete(row);
      }
      for (const row of added) {
        const { $row, ...cells } = row;
        rows.set($row, cells);
        lines.push(`${paint.green("+")} ${paint.cyan(`@${$row}`)}  ${whole(row)}`);
      }
      for (const { $row, ...cells } of changed) {
        const before = rows.get($row) ?? {};
        const named = name($row);
        rows.set($row, { ...before, ...cells });
        for (const [key, value] of Object.entries(cells)) {
          const [was, is] = [cellText(before[key]) || '""', cellText(value) || '""'];
          lines.push(`${paint.yellow("~")} ${named}  ${plain(key)}: ${paint.red(was)} -> ${paint.green(is)}`);
        }
      }
      if (lines.length === 0 && order.length > 0) lines.push(`${paint.yellow("#")} rows moved`);
      return lines.map((line) => `${time} ${line}\n`).join("");
    },
  };
}
