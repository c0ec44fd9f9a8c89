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

  /** Makes an act again, or takes it back. */
  function play(act: Act, again: boolean): Edit {
    const row = now(act.row);
    if (act.tag === "set") {
      const [value, base] = again ? [act.after, act.before] : [act.before, act.after];
      return edits.set(row, act.slot, value, { base });
    }
    if ((act.tag === "insert") !== again) return edits.remove(row);
    const edit = edits.insert(act.values, act.after === null ? null : now(act.after));
    returned.set(row, edit.status.row);
    return edit;
  }
  function keep(acts: Act[]): void {
    if (acts.length > 0) done.push(acts);
    if (done.length > STEPS_MAX) done.shift();
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
      if (open) open.push(act);
      else keep([act]);
    },
    step(run) {
      if (open) return run();
      const acts: Act[] = [];
      open = acts;
      try {
        return run();
      } finally {
        open = null;
        keep(acts);
      }
    },
    undo: () => move(done, undone, (step) => [...step].reverse().map((act) => play(act, false))),
    redo: () => move(undone, done, (step) => step.map((act) => play(act, true))),
  };
}
