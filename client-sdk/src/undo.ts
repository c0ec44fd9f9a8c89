/** The steps of this client, taken back and made again: as wishes of their own, on what the step had left. */
import type { CellValue } from "./contract/cell.ts";
import type { RowId, Slot } from "./contract/layout.ts";
import type { Edit } from "./edit.ts";
import type { OwnEdits } from "./own-edits.ts";

/** What one wish changed. */
export type Act =
  | {
      readonly tag: "set";
      readonly row: RowId;
      readonly slot: Slot;
      readonly before: CellValue;
      readonly after: CellValue;
    }
  | {
      readonly tag: "insert";
      readonly row: RowId;
      readonly values: ReadonlyMap<Slot, CellValue>;
      readonly after: RowId | null;
    }
  | {
      readonly tag: "remove";
      readonly row: RowId;
      readonly values: ReadonlyMap<Slot, CellValue>;
      readonly after: RowId | null;
    };

export interface UndoStack {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Takes note of acts; those of one `step` are taken back together. */
  note(act: Act): void;
  step<T>(run: () => T): T;
  /** The wishes that the step led to; empty when there is none. */
  undo(): readonly Edit[];
  redo(): readonly Edit[];
}

const STEPS_MAX = 200;

export function createUndoStack(edits: Pick<OwnEdits, "set" | "insert" | "remove" | "batch">): UndoStack {
  const done: Act[][] = [];
  const undone: Act[][] = [];
  let open: Act[] | null = null;
  /** Ids of rows that came back as another row. */
  const returned = new Map<RowId, RowId>();

  const now = (row: RowId): RowId => {
    const next = returned.get(row);
    return next === undefined ? row : now(next);
  };
  const place = (after: RowId | null): RowId | null => (after === null ? null : now(after));

  function add(row: RowId, values: ReadonlyMap<Slot, CellValue>, after: RowId | null): Edit {
    const edit = edits.insert(values, place(after));
    returned.set(now(row), edit.status.row);
    return edit;
  }
  function back(act: Act): Edit {
    if (act.tag === "set") return edits.set(now(act.row), act.slot, act.before, { base: act.after });
    return act.tag === "insert" ? edits.remove(now(act.row)) : add(act.row, act.values, act.after);
  }
  function forth(act: Act): Edit {
    if (act.tag === "set") return edits.set(now(act.row), act.slot, act.after, { base: act.before });
    return act.tag === "remove" ? edits.remove(now(act.row)) : add(act.row, act.values, act.after);
  }
  function move(from: Act[][], to: Act[][], make: (step: readonly Act[]) => Edit[]): readonly Edit[] {
    const step = from.pop();
    if (!step) return [];
    to.push(step);
    return edits.batch(() => make(step));
  }

  return {
    get canUndo() {
      return done.length > 0;
    },
    get canRedo() {
      return undone.length > 0;
    },
    note(act) {
      undone.length = 0;
      if (open) {
        open.push(act);
        return;
      }
      done.push([act]);
      if (done.length > STEPS_MAX) done.shift();
    },
    step(run) {
      if (open) return run();
      const acts: Act[] = [];
      open = acts;
      try {
        return run();
      } finally {
        open = null;
        if (acts.length > 0) done.push(acts);
        if (done.length > STEPS_MAX) done.shift();
      }
    },
    undo: () => move(done, undone, (step) => [...step].reverse().map(back)),
    redo: () => move(undone, done, (step) => step.map(forth)),
  };
}
