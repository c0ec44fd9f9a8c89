/** One edit against what stands in its cell at the moment of the write: a three-way merge of a single value. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { WriteEdit } from "./write.ts";

export type CellWrite = Extract<WriteEdit, { tag: "cell" }>;

/** What the far end holds now. */
export interface Standing {
  readonly value: CellValue;
  /** Absent: a plain value. */
  readonly formula?: string;
  /** What the baseline holds there: a value other than this is newer than every time that the edit tells. */
  readonly known: CellValue;
}

export type Verdict =
  /** `lost`: what mine replaces although it is not what the edit was made on. */
  | { readonly tag: "write"; readonly lost?: CellValue }
  /** It stands there already. */
  | { readonly tag: "confirm" }
  /** Theirs stays. `asked`: only until a person has chosen. */
  | { readonly tag: "conflict"; readonly theirs: CellValue; readonly asked: boolean };

/** `madeOf` tells what the far end makes of a value that it is given, such as an empty cell of an empty text. */
export function resolveCell(
  edit: CellWrite,
  there: Standing,
  madeOf: (value: CellValue) => CellValue = (value) => value,
): Verdict {
  const holds = (value: CellValue): boolean =>
    cellsEqual(there.value, value) || cellsEqual(there.value, madeOf(value));
  // A formula that happens to give the wished value is not the wished value.
  if (there.formula === edit.formula && (edit.formula !== undefined || holds(edit.value)))
    return { tag: "confirm" };
  if (edit.base === undefined || holds(edit.base)) return { tag: "write" };
  if (edit.own !== undefined && holds(edit.own)) return { tag: "write" };
  return mineWins(edit, there)
    ? { tag: "write", lost: there.value }
    : { tag: "conflict", theirs: there.value, asked: edit.policy === "ask" };
}

function mineWins(edit: CellWrite, there: Standing): boolean {
  switch (edit.policy) {
    case "client":
      return true;
    case "latest":
      return cellsEqual(there.value, there.known) && edit.atMs > edit.theirsAtMs;
    case "sheet":
    case "ask":
      return false;
  }
}
