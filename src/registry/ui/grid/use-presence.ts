import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { Person, RowId, Table } from "../../../../client-sdk/src/index.ts";
import type { ActiveCell } from "./active-cell.ts";

export interface Others {
  readonly people: readonly Person[];
  /** Names of those whose cell is in the row, by column key; the same object while nobody moves. */
  at(row: RowId): ReadonlyMap<string, string> | undefined;
}

/** Who else is here; tells them `name` and the cell that is looked at. */
export function usePresence(table: Table, name: string, active: ActiveCell | null): Others {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const { presence } = table;
  useEffect(() => presence.subscribe(() => render(undefined as never)), [presence]);
  useEffect(() => {
    // A row without an id of its own yet means nothing to others.
    const cell = active && active.row > 0 ? { row: active.row, column: active.key } : null;
    presence.set({ name, cell });
  }, [presence, name, active?.row, active?.key]);
  useEffect(() => () => presence.set(null), [presence]);

  const { others } = presence;
  return useMemo(() => {
    const rows = new Map<RowId, Map<string, string>>();
    for (const { state } of others) {
      const { cell } = state;
      if (!cell) continue;
      const row = rows.get(cell.row) ?? new Map<string, string>();
      rows.set(cell.row, row.set(cell.column, nameOf(state)));
    }
    return { people: others, at: (row: RowId) => rows.get(row) };
  }, [others]);
}

/** Somebody's name as text, whatever their client says. */
export function nameOf({ name }: Person["state"]): string {
  return typeof name === "string" && name.trim() !== "" ? name.slice(0, 60) : "Somebody";
}
