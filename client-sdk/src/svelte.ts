/**
 * Tables as stores: `subscribe` calls at once with what is there, then at each change, and returns its undo. That is
 * Svelte's store contract, so that `$rows` works; other libraries take the same shape.
 */
import type { Cell } from "./content.ts";
import type { RowId } from "./contract/layout.ts";
import type { Receipt } from "./edit.ts";
import type { Person } from "./presence-state.ts";
import type { Row } from "./row.ts";
import type { TableStatus } from "./status.ts";
import type { Table } from "./table.ts";

export interface Store<T> {
  subscribe(run: (value: T) => void): () => void;
}

/** Open while anybody listens to a store of it. */
export function rowsOf<F>(table: Table<F>): Store<readonly Row<F>[]> {
  return storeOf(
    table,
    (tell) => table.subscribe(tell),
    () => table.rows,
  );
}

export function rowOf<F>(table: Table<F>, id: RowId): Store<Row<F> | undefined> {
  return storeOf(
    table,
    (tell) => table.subscribeRow(id, tell),
    () => table.row(id),
  );
}

export function cellOf<F>(table: Table<F>, id: RowId, column: keyof F & string): Store<Cell | undefined> {
  return storeOf(
    table,
    (tell) => table.subscribeCell(id, column, tell),
    () => table.cell(id, column),
  );
}

export function statusOf<F>(table: Table<F>): Store<TableStatus> {
  return storeOf(
    table,
    (tell) => table.subscribe(tell),
    () => table.status,
  );
}

export function receiptsOf<F>(table: Table<F>): Store<readonly Receipt[]> {
  return storeOf(
    table,
    (tell) => table.subscribe(tell),
    () => table.receipts,
  );
}

export function presenceOf<F>(table: Table<F>): Store<readonly Person[]> {
  return storeOf(
    table,
    (tell) => table.presence.subscribe(tell),
    () => table.presence.others,
  );
}

function storeOf<F, T>(table: Table<F>, listen: (tell: () => void) => () => void, get: () => T): Store<T> {
  return {
    subscribe(run) {
      const release = table.retain();
      let last = get();
      const undo = listen(() => {
        const now = get();
        if (now === last) return;
        last = now;
        run(now);
      });
      run(last);
      return () => {
        undo();
        release();
      };
    },
  };
}
