/**
 * The history of every tab, carried out from its beginning, gives the tab: no change is missing, none is told twice, and
 * what was before each is what the ones before it left. At any time it gives what the tab held then. Each edit that
 * is told is one that somebody wished for, and each that was written is told.
 */
import type { CellValue } from "#contract/cell.ts";
import type { HistoryAnswer, HistoryEntry } from "#contract/history.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { RowsAnswer } from "#contract/rest.ts";
import type { Editing } from "../edits/editing.ts";
import type { Wished } from "../edits/ledger.ts";
import { type Past, rowsOf } from "../past.ts";
import type { World } from "../world.ts";
import type { SeenTab } from "./checker.ts";

type Tab = Pick<SeenTab, "source" | "name">;

export async function historyComplete(world: World, tabs: readonly Tab[], past: Past): Promise<string[]> {
  const found: string[] = [];
  for (const tab of tabs) {
    const wrong = (what: string): number => found.push(`${tab.source}/${tab.name}: ${what}`);
    const path = `/datasources/${tab.source}/tabs/${encodeURIComponent(tab.name)}`;
    const all = await entriesOf(world, path);
    const entries = ofThisLife(all).toReversed();
    const told = replay(entries);
    for (const doubt of told.doubts) wrong(doubt);
    const shown = await world.ask<RowsAnswer>("GET", `${path}/rows`);
    const [have, want] = [JSON.stringify(told.rows), JSON.stringify(shown.rows)];
    if (have !== want) wrong(`the history gives ${have}, the rows are ${want}`);
    for (const moment of past.moments.filter(ofDocument(tab, shown.revision))) {
      const { rows } = moment;
      const timeMs = beforeWhatWaited(moment, entries);
      const time = new Date(timeMs).toISOString();
      if (moment.atMs - timeMs > DISK_WAIT_MAX_MS) wrong(`what is told of ${time} came much later`);
      const then = await world.ask<RowsAnswer>("GET", `${path}/history/at?time=${time}`);
      const [said, was] = [JSON.stringify(then.rows), JSON.stringify(rows)];
      if (said !== was) wrong(`at ${time} the history gives ${said}, the rows were ${was}`);
    }
    if (world.editing) for (const problem of wrongEdits(world.editing, tab, entries)) wrong(problem);
  }
  return found;
}

/** The newest first. */
async function entriesOf(world: World, path: string): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for (let next: string | undefined = ""; next !== undefined; ) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page: HistoryAnswer = await world.ask("GET", `${path}/history?limit=1000${cursor}`);
    entries.push(...page.entries);
    next = page.next;
  }
  return entries;
}

/** A tab that was deleted and made anew under its name begins again. */
function ofThisLife(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const life = entries[0]?.id.split("-")[0];
  return entries.filter(({ id }) => id.split("-")[0] === life);
}

/** Of a change that waits for a busy disk. */
const DISK_WAIT_MAX_MS = 5_000;

/**
 * A change is of the time at which it went to the disk, and is seen by nobody before it is there, behind all that the
 * disk had to do first: what a log did not hold at a moment may be told of a time before it.
 */
function beforeWhatWaited(
  { atMs, position }: Past["moments"][number],
  entries: readonly HistoryEntry[],
): number {
  const later = entries.filter(({ id }) => Number(id.split("-")[1]) > position);
  return later.reduce((timeMs, { at }) => Math.min(timeMs, Date.parse(at) - 1), atMs);
}

function ofDocument({ source, name }: Tab, revision: string) {
  return (moment: Past["moments"][number]): boolean =>
    moment.source === source && moment.name === name && revision.startsWith(`${moment.epoch}-`);
}

interface Told {
  /** In the shape of the rows' answer. */
  readonly rows: readonly object[];
  /** Entries that do not fit those before them. */
  readonly doubts: readonly string[];
}

function replay(entries: readonly HistoryEntry[]): Told {
  let columns: readonly Column[] = [];
  let order: RowId[] = [];
  const rows = new Map<RowId, { values: CellValue[] }>();
  const doubts: string[] = [];
  const expect = (entry: HistoryEntry, before: unknown, was: unknown): void => {
    if (Bun.deepEquals(before, was)) return;
    doubts.push(`${JSON.stringify(entry)} follows ${JSON.stringify(was)}`);
  };
  for (const entry of entries) {
    switch (entry.kind) {
      case "cell": {
        const values = rows.get(entry.row)?.values;
        expect(entry, entry.before, values && (values[entry.slot] ?? null));
        if (!values) break;
        while (values.length < entry.slot) values.push(null);
        values[entry.slot] = entry.after;
        break;
      }
      case "added":
        expect(entry, undefined, rows.get(entry.row));
        rows.set(entry.row, { values: [...entry.values] });
        break;
      case "removed":
        expect(entry, trimmed(entry.values), trimmed(rows.get(entry.row)?.values ?? ["none"]));
        rows.delete(entry.row);
        break;
      case "columns":
        expect(entry, entry.before, columns);
        columns = entry.after;
        break;
      case "order":
        for (const { at, remove, insert } of entry.splices) {
          expect(entry, remove, order.slice(at, at + remove.length));
          order = order.toSpliced(at, remove.length, ...insert);
        }
    }
  }
  return { rows: rowsOf({ columns, order, rows }), doubts };
}

function trimmed(values: readonly CellValue[]): readonly CellValue[] {
  return values.slice(0, values.findLastIndex((value) => value !== null) + 1);
}

function wrongEdits({ ledger, witness }: Editing, tab: Tab, entries: readonly HistoryEntry[]): string[] {
  const problems: string[] = [];
  const places = new Set<string>();
  const authors = new Map<string, string | undefined>();
  for (const entry of entries.filter(({ origin }) => origin === "edit")) {
    const place = `${entry.edit} ${entry.kind} ${"row" in entry ? entry.row : ""}:${"slot" in entry ? entry.slot : ""}`;
    if (places.has(place)) problems.push(`told twice: ${JSON.stringify(entry)}`);
    places.add(place);
    const wish = ledger.wishes.find(({ id }) => id !== "" && id === entry.edit);
    if (!wish) continue;
    const by = authors.get(wish.editor) ?? entry.by;
    authors.set(wish.editor, by);
    if (entry.by !== by) problems.push(`${wish.editor} is ${by} and ${entry.by}`);
    const isIt = entry.kind !== "cell" || Bun.deepEquals(entry.after, wish.value);
    if (!isIt) problems.push(`${JSON.stringify(entry)} is not what was wished for: ${JSON.stringify(wish)}`);
  }
  const values = new Set(
    entries.flatMap((entry): readonly CellValue[] =>
      entry.kind === "cell" ? [entry.after] : entry.kind === "added" ? entry.values : [],
    ),
  );
  for (const write of witness.written) {
    // Under somebody's change it may have landed elsewhere; where the answer was lost too, the daemon cannot know.
    if (write.tag !== "landed" || write.raced) continue;
    const { wish } = write;
    // What landed in a row that somebody removed meanwhile is taken back, and a conflict.
    if (wish.kind !== "cell" || wish.state !== "confirmed") continue;
    const here = wish.source === tab.source && wish.tab === tab.name;
    if (here && !values.has(wish.value) && !isReplaced(wish, entries))
      problems.push(`never told, and written: ${JSON.stringify(wish)}`);
  }
  return problems;
}

/** Somebody typed over it, or removed its row, before the daemon learned that it had landed: nobody saw it stand there. */
function isReplaced({ key }: Wished, entries: readonly HistoryEntry[]): boolean {
  return entries.some((entry) => {
    if (entry.origin !== "sheet") return false;
    if (entry.kind === "removed") return key.startsWith(`${entry.row}:`);
    return entry.kind === "cell" && `${entry.row}:${entry.slot}` === key;
  });
}
