/** The history of every tab, carried out from its beginning, gives the tab: no change is missing, none is told twice. */
import type { CellValue } from "#contract/cell.ts";
import type { HistoryAnswer, HistoryEntry } from "#contract/history.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { RowsAnswer } from "#contract/rest.ts";
import type { World } from "../world.ts";
import type { SeenTab } from "./checker.ts";

export async function historyComplete(world: World, tabs: readonly SeenTab[]): Promise<string[]> {
  const found: string[] = [];
  for (const { source, name } of tabs) {
    const path = `/datasources/${source}/tabs/${encodeURIComponent(name)}`;
    const entries: HistoryEntry[] = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const cursor: string = next === "" ? "" : `&cursor=${next}`;
      const page: HistoryAnswer = await world.ask("GET", `${path}/history?limit=1000${cursor}`);
      entries.push(...page.entries);
      next = page.next;
    }
    const told = replay(ofThisLife(entries).toReversed());
    const shown = await world.ask<RowsAnswer>("GET", `${path}/rows`);
    const [have, want] = [JSON.stringify(told), JSON.stringify(shown.rows)];
    if (have !== want) found.push(`${source}/${name}: the history gives ${have}, the rows are ${want}`);
  }
  return found;
}

/** A tab that was deleted and made anew under its name begins again. */
function ofThisLife(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const life = entries[0]?.id.split("-")[0];
  return entries.filter(({ id }) => id.split("-")[0] === life);
}

/** In the shape of the rows' answer. */
function replay(entries: readonly HistoryEntry[]): object[] {
  let columns: readonly Column[] = [];
  let order: RowId[] = [];
  const rows = new Map<RowId, CellValue[]>();
  for (const entry of entries) {
    switch (entry.kind) {
      case "cell": {
        const values = rows.get(entry.row) ?? [];
        while (values.length < entry.slot) values.push(null);
        values[entry.slot] = entry.after;
        break;
      }
      case "added":
        rows.set(entry.row, [...entry.values]);
        break;
      case "removed":
        rows.delete(entry.row);
        break;
      case "columns":
        columns = entry.after;
        break;
      case "order":
        for (const { at, remove, insert } of entry.splices)
          order = order.toSpliced(at, remove.length, ...insert);
    }
  }
  return order.map((row) => ({
    $row: row,
    ...Object.fromEntries(columns.map(({ slot, key }) => [key, rows.get(row)?.[slot] ?? null])),
  }));
}
