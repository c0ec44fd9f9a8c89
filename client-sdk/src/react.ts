/**
 * Hooks for React 18 and later. Each one renders its component again only when what it gives is another: a changed
 * cell renders the one row that shows it.
 */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Client, OpenOptions, TableName } from "./client.ts";
import type { Connection } from "./connection.ts";
import type { Cell, RowMark } from "./content.ts";
import type { RowId } from "./contract/layout.ts";
import type { Receipt } from "./edit.ts";
import type { Person } from "./presence-state.ts";
import type { Fields, Row } from "./row.ts";
import type { TableStatus } from "./status.ts";
import type { Table } from "./table.ts";
import type { TableChange } from "./table-change.ts";
import type { TableRef } from "./table-types.ts";

/**
 * The table, open while the component is mounted. Never renders again by itself: the other hooks do. On a server, give
 * `connect` the option `enabled: false`.
 */
export function useTable<F = Fields>(
  client: Client,
  name: string | TableName | TableRef<F>,
  options?: OpenOptions,
): Table<F> {
  const key = typeof name === "string" ? name : JSON.stringify(name);
  const held = useRef({ name, options });
  held.current = { name, options };
  const [life, renew] = useState(0);
  // `key` stands for the name: an equal object is the same table. Another life opens it anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const table = useMemo(
    () => client.table<F>(held.current.name as TableRef<F>, held.current.options),
    [client, key, life],
  );
  useEffect(() => {
    // Hidden for so long that it was closed meanwhile, and shown again.
    if (table.status.state !== "closed") return table.retain();
    renew((lives) => lives + 1);
    return undefined;
  }, [table]);
  return table;
}

/** All rows in display order; renders at each change of any. For many rows rather `useRowIds`, and `useRow` in each. */
export function useRows<F>(table: Table<F>): readonly Row<F>[] {
  return useTableValue(table, () => table.rows, changesRows);
}

export function useRowIds<F>(table: Table<F>): readonly RowId[] {
  return useTableValue(table, () => table.rowIds, changesOrder);
}

export function useRow<F>(table: Table<F>, id: RowId): Row<F> | undefined {
  const subscribe = useCallback((tell: () => void) => table.subscribeRow(id, tell), [table, id]);
  const get = (): Row<F> | undefined => table.row(id);
  return useSyncExternalStore(subscribe, get, get);
}

/** The cell with its marks: who wished for its value, and the client's own wish. */
export function useCell<F>(table: Table<F>, id: RowId, column: keyof F & string): Cell | undefined {
  const subscribe = useCallback(
    (tell: () => void) => table.subscribeCell(id, column, tell),
    [table, id, column],
  );
  const get = (): Cell | undefined => table.cell(id, column);
  return useSyncExternalStore(subscribe, get, get);
}

export function useMark<F>(table: Table<F>, id: RowId): RowMark | undefined {
  const subscribe = useCallback((tell: () => void) => table.subscribeRow(id, tell), [table, id]);
  const get = (): RowMark | undefined => table.mark(id);
  return useSyncExternalStore(subscribe, get, get);
}

/** How far the rows can be trusted. Builds no rows. */
export function useStatus<F>(table: Table<F>): TableStatus {
  return useTableValue(table, () => table.status, changesStatus);
}

export function useConnection<F>(table: Table<F>): Connection {
  return useTableValue(table, () => table.connection, changesStatus);
}

export function useReceipts<F>(table: Table<F>): readonly Receipt[] {
  return useTableValue(table, () => table.receipts, changesEdits);
}

export function usePresence<F>(table: Table<F>): readonly Person[] {
  const get = (): readonly Person[] => table.presence.others;
  return useSyncExternalStore(table.presence.subscribe, get, get);
}

/** Whatever `select` makes of the table; renders when that is another, as `isEqual` says. */
export function useSelect<F, T>(
  table: Table<F>,
  select: (table: Table<F>) => T,
  isEqual: (a: T, b: T) => boolean = Object.is,
): T {
  const last = useRef<{ readonly value: T } | null>(null);
  const version = useRef(0);
  const seen = useRef<{ table: Table<F>; select: unknown; version: number } | null>(null);
  const subscribe = useCallback(
    (tell: () => void) =>
      table.subscribe(() => {
        version.current++;
        tell();
      }),
    [table],
  );
  const get = (): T => {
    const { current } = seen;
    if (
      last.current &&
      current?.table === table &&
      current.select === select &&
      current.version === version.current
    ) {
      return last.current.value;
    }
    const value = select(table);
    seen.current = { table, select, version: version.current };
    if (!last.current || !isEqual(last.current.value, value)) last.current = { value };
    return last.current.value;
  };
  return useSyncExternalStore(subscribe, get, get);
}

function useTableValue<F, T>(table: Table<F>, get: () => T, concerns: (change: TableChange) => boolean): T {
  const subscribe = useCallback(
    (tell: () => void) =>
      table.subscribe((change) => {
        if (concerns(change)) tell();
      }),
    [table, concerns],
  );
  return useSyncExternalStore(subscribe, get, get);
}

const changesOrder = ({ orderChanged, added, removed, editsChanged }: TableChange): boolean =>
  orderChanged || editsChanged || added.length + removed.length > 0;
const changesRows = (change: TableChange): boolean =>
  change.rows.size > 0 || change.columnsChanged || changesOrder(change);
const changesStatus = ({ statusChanged }: TableChange): boolean => statusChanged;
const changesEdits = ({ editsChanged }: TableChange): boolean => editsChanged;
