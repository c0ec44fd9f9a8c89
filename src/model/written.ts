import type { CellValue } from "#contract/cell.ts";
import type { Slot } from "#contract/layout.ts";
import type { Baseline } from "./delta.ts";
import type { WriteEdit } from "./write.ts";

/** The baseline with cells as these edits wrote them: rows that a batch changed are known again by what it wrote. */
export function withWritten(baseline: Baseline, edits: readonly WriteEdit[]): Baseline {
  const rows = new Map(baseline.rows);
  for (const edit of edits) {
    const row = edit.tag === "cell" ? rows.get(edit.row) : undefined;
    if (row && edit.tag === "cell") {
      rows.set(edit.row, { ...row, values: withValue(row.values, edit.slot, edit.value) });
    }
  }
  return { ...baseline, rows };
}

function withValue(values: readonly CellValue[], slot: Slot, value: CellValue): CellValue[] {
  const changed = [...values, ...Array<null>(Math.max(0, slot + 1 - values.length)).fill(null)];
  changed[slot] = value === "" ? null : value;
  return changed;
}
