/** Edits as the outbox keeps them, and the batch that is on its way. */
import type { CellValue } from "#contract/cell.ts";
import type { EditTarget, Wish } from "#contract/edits.ts";
import type { RowId, Slot } from "#contract/layout.ts";
import type { Doubt } from "../../model/locate.ts";
import type { WriteEdit, WriteOutcome } from "../../model/write.ts";
import type { Arrival } from "./edit-desk.ts";

export interface OutboxEdit extends Arrival {
  readonly wish: Wish;
  /** In the order of arrival. */
  readonly seq: number;
  /** When it was wished, never later than it arrived; wall time. */
  readonly wishedAtMs: number;
  /** Of an added row. */
  readonly row?: RowId;
  /** How often it failed alone, for no known reason. */
  readonly tries: number;
  /** How often the source said "later", in a row. */
  readonly laters: number;
  /** At most so many edits may be in its batch: one that it was in failed. */
  readonly together?: number;
  /** See WriteEdit. */
  readonly doubt?: Doubt;
  /** Not before; wall time. */
  readonly retryAtMs?: number;
}

/** Edits on their way: the very same go out again until the source has said what came of them. */
export interface Batch {
  /** See WriteBatch. */
  readonly receipt: number;
  readonly edits: readonly BatchEdit[];
  /** Of each tab when the batch was made: rows from this id on came later. */
  readonly nextRows: Readonly<Record<string, RowId>>;
  /** See WriteMemo. */
  readonly notes?: readonly string[];
  /** What came of it; from here on it is only written down. */
  readonly decided?: { readonly atMs: number; readonly outcomes: readonly BatchOutcome[] };
}

/** parked: it failed again and again, nobody knows why. */
export type BatchOutcome =
  | WriteOutcome
  | { readonly id: string; readonly tag: "parked"; readonly why: string };

export interface BatchEdit {
  readonly seq: number;
  readonly tab: string;
  /** Absent: decided without asking the source, as `outcome` says. */
  readonly write?: WriteEdit;
  readonly outcome?: WriteOutcome;
  /** Edits of an added row's cells that go out within it. */
  readonly absorbed?: readonly number[];
  /** As they were when the batch was made. */
  readonly laters: number;
}

/** What of its tab an edit is about. */
export interface EditAim {
  readonly wish: EditTarget;
  /** Of an added row. */
  readonly row?: RowId;
}

export function rowOf({ wish, row }: EditAim): RowId {
  return wish.tag === "add" ? row! : wish.row;
}

export function slotOf({ wish }: Pick<OutboxEdit, "wish">): Slot | undefined {
  return wish.tag === "cell" ? wish.slot : undefined;
}

/** What is wished, as people see it. */
export function mineOf({ wish }: Pick<OutboxEdit, "wish">): CellValue {
  return wish.tag === "cell" ? (wish.formula ?? wish.value) : null;
}

/** The values of an added row, by slot. */
export function valuesOf({ values }: Extract<Wish, { tag: "add" }>): CellValue[] {
  const bySlot: CellValue[] = [];
  for (const [key, value] of Object.entries(values)) {
    const slot = Number(key);
    while (bySlot.length <= slot) bySlot.push(null);
    bySlot[slot] = value;
  }
  return bySlot;
}
