/** Wishes as they are found in the edits document, and what is told of them there. */
import { type CellValue, cellsEqual, isCellValue } from "./contract/cell.ts";
import { CLOSE } from "./contract/close-codes.ts";
import { type Outcome, parseEditKey } from "./contract/edits.ts";
import type { RowId, Slot } from "./contract/layout.ts";
import type { EditStatus } from "./edit.ts";

export const UNKNOWN_INSERT = {
  state: "unknown",
  code: "history-gone",
  why: "The daemon started another history: look whether the row is there before adding it again.",
} as const;

/** The wish that stands under `key`; null when it is none. `temp` gives the id that a new row gets here. */
export function wishStatus(key: string, entry: unknown, temp: () => RowId, nowMs: number): EditStatus | null {
  const target = parseEditKey(key);
  if (!target || typeof entry !== "object" || entry === null) return null;
  const { value = null, base, values, at } = entry as Record<string, unknown>;
  const common = { state: "local", atMs: typeof at === "number" ? at : nowMs } as const;
  switch (target.tag) {
    case "cell": {
      const { row, slot } = target;
      if (!isCellValue(value)) return null;
      return { ...common, kind: "set", row, slot, value, ...(isCellValue(base) && { base }) };
    }
    case "add":
      return { ...common, kind: "insert", row: temp(), values: slotMap(values) };
    case "remove":
      return { ...common, kind: "remove", row: target.row };
  }
}

function slotMap(values: unknown): ReadonlyMap<Slot, CellValue> {
  const entries = Object.entries(typeof values === "object" && values !== null ? values : {});
  return new Map(entries.flatMap(([slot, value]) => (isCellValue(value) ? [[Number(slot), value]] : [])));
}

/** An outcome of an earlier wish under the same key may still stand there. */
export function isOf({ mine }: Outcome, { kind, value }: EditStatus): boolean {
  return kind !== "set" || mine === undefined || cellsEqual(mine, value);
}

/** What becomes of wishes where the server closed with `code`. */
export function refusal(code: number, detail: string): Partial<EditStatus> {
  if (code === CLOSE.token) {
    return { state: "unknown", code: "token", why: detail || "The token is not accepted any more." };
  }
  const why = detail || `The server does not take edits here (close code ${code}).`;
  return { state: "refused", code: code === CLOSE.forbidden ? "forbidden" : "refused", why };
}

export function outcomeStatus({ state, why, code, theirs, record }: Outcome): Partial<EditStatus> {
  return {
    state,
    why,
    code,
    ...(theirs !== undefined && { theirs }),
    ...(record !== undefined && { record }),
  };
}
