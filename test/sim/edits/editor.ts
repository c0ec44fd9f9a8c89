/** A person at a page: sees a tab live, wishes for changes through an edits document, goes offline and comes back. */
import type * as Y from "yjs";
import type { CellValue } from "#contract/cell.ts";
import { EDITS, formatEditKey, OUTCOMES, type Outcome, PROGRESS, type Progress } from "#contract/edits.ts";
import type { Column, RowId } from "#contract/layout.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import type { SeededRandom } from "../../support/seeded-random.ts";
import type { SimClient } from "../sim-client.ts";
import type { Ledger, Wished } from "./ledger.ts";
import { MARK } from "./mark.ts";

export interface Editor {
  readonly name: string;
  /** Wishes for something and says what. */
  wish(random: SeededRandom): string;
  setOnline(online: boolean): void;
  /** Nothing of what it wished for is open any more, as far as it was told. */
  readonly settled: boolean;
  /** Both of its documents are what the daemon has. */
  readonly synced: boolean;
}

export interface EditorDeps {
  readonly name: string;
  readonly source: string;
  readonly tab: string;
  readonly mirror: SimClient;
  readonly edits: SimClient;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** A row as its editor sees it. */
export interface SeenRow {
  readonly row: RowId;
  readonly mark: string;
  readonly values: readonly CellValue[];
}

export function createEditor({ name, source, tab, mirror, edits, ledger, clock }: EditorDeps): Editor {
  const open = new Map<string, Wished>();
  let followed: Y.Doc | null = null;
  follow();

  /** The client starts with another document when the daemon asks it to. */
  function follow(): void {
    if (followed === edits.doc) return;
    followed = edits.doc;
    const { doc } = edits;
    const wishes = doc.getMap<object>(EDITS);
    const outcomes = doc.getMap<Outcome>(OUTCOMES);
    const progress = doc.getMap<Progress>(PROGRESS);
    progress.observe(() => {
      for (const [key, { id, state }] of progress.entries()) {
        const wish = open.get(key);
        if (wish && isAbout(id, wish)) wish.state = state;
      }
    });
    outcomes.observe(({ transaction }) => {
      if (transaction.local) return;
      for (const [key, outcome] of [...outcomes.entries()]) {
        const wish = [...ledger.wishes]
          .reverse()
          .find((each) => mine(each, key) && isAbout(outcome.id, each));
        if (wish) {
          wish.state = outcome.state;
          wish.code = outcome.code;
          if (open.get(key) === wish) open.delete(key);
        }
        outcomes.delete(key);
      }
    });
    wishes.observe(({ transaction, changes }) => {
      if (transaction.local) return;
      for (const key of changes.keys.keys()) {
        const wish = open.get(key);
        // What leaves `edits` and is no outcome is confirmed; both come in one transaction.
        if (!wish || wishes.has(key) || outcomes.has(key)) continue;
        wish.state = "confirmed";
        open.delete(key);
      }
    });
  }

  const mine = (wish: Wished, key: string): boolean => wish.editor === name && wish.key === key;

  function put(key: string, entry: object, wish: Wished): void {
    const { doc } = edits;
    const map = doc.getMap<object>(EDITS);
    map.set(key, entry);
    const { client, clock: at } = map._map.get(key)!.id;
    wish.id = `${client}:${at}`;
    open.set(key, wish);
  }

  return {
    name,
    wish(random) {
      follow();
      const { fold } = mirror;
      const seen = seenRows(fold.columns, fold.order, fold.rows);
      const wished = chooseWish({ seen, columns: fold.columns, random, ledger });
      if (!wished) return "sees nothing to edit";
      const atMs = clock.monotonicMs();
      const { entry, ...rest } = wished;
      put(rest.key, entry, ledger.add({ ...rest, editor: name, source, tab, atMs }));
      return `wishes for ${rest.kind} ${rest.key}: ${JSON.stringify(rest.value)} over ${JSON.stringify(rest.base)} at ${rest.mark}`;
    },
    setOnline(online) {
      mirror.setOnline(online);
      edits.setOnline(online);
    },
    get settled() {
      return open.size === 0;
    },
    get synced() {
      return mirror.synced && edits.synced;
    },
  };
}

/** Ids of edits end with the Yjs id of their entry. */
function isAbout(id: string, wish: Wished): boolean {
  return id === wish.id || id.endsWith(`:${wish.id}`);
}

export function seenRows(
  columns: readonly Column[],
  order: readonly RowId[],
  rows: ReadonlyMap<RowId, { readonly values: readonly CellValue[] }>,
): SeenRow[] {
  const marks = columns.find(({ header }) => header === MARK)?.slot;
  if (marks === undefined) return [];
  return order.flatMap((row) => {
    const values = rows.get(row)?.values ?? [];
    const mark = values[marks];
    return typeof mark === "string" ? [{ row, mark, values }] : [];
  });
}

type Choice = Pick<Wished, "kind" | "key" | "value" | "base" | "mark" | "header"> & {
  readonly entry: object;
};

/** Mostly a cell; now and then a new row or the end of one. Null where there is nothing to edit. */
export function chooseWish({
  seen,
  columns,
  random,
  ledger,
}: {
  readonly seen: readonly SeenRow[];
  readonly columns: readonly Column[];
  readonly random: SeededRandom;
  readonly ledger: Ledger;
}): Choice | null {
  const editable = columns.filter(({ header }) => header !== MARK && header !== "");
  const marks = columns.find(({ header }) => header === MARK);
  if (!marks || editable.length === 0) return null;
  const roll = random.float();
  if (roll < 0.1 || seen.length === 0) {
    const mark = ledger.nextText();
    const values = { [marks.slot]: mark };
    const key = formatEditKey({ tag: "add", name: mark });
    return { kind: "add", key, value: mark, base: null, mark, header: "", entry: { values } };
  }
  const { row, mark, values } = random.pick(seen);
  // What a raced write brought there says nothing of who the row is.
  if (ledger.byValue(mark)?.kind === "cell") return null;
  if (roll < 0.16 && seen.length > 3) {
    const key = formatEditKey({ tag: "remove", row });
    return { kind: "remove", key, value: null, base: null, mark, header: "", entry: {} };
  }
  const { slot, header, type } = random.pick(editable);
  const value = type === "number" ? ledger.nextNumber() : ledger.nextText();
  const base = values[slot] ?? null;
  const key = formatEditKey({ tag: "cell", row, slot });
  return { kind: "cell", key, value, base, mark, header, entry: { value, base } };
}
