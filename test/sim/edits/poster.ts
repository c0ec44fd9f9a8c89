/** A program without Yjs: reads rows and posts edits, and posts them again under the same key when no answer comes. */
import type { CellValue } from "#contract/cell.ts";
import type { Receipt } from "#contract/edits-rest.ts";
import type { RowsAnswer } from "#contract/rest.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import type { SeededRandom } from "../../support/seeded-random.ts";
import { chooseWish } from "./editor.ts";
import type { Ledger, Wished } from "./ledger.ts";
import { MARK } from "./mark.ts";

export interface Poster {
  readonly name: string;
  wish(random: SeededRandom): Promise<string>;
  /** Sends what has no receipt yet, and asks for the receipts that are not final. */
  look(): Promise<void>;
  readonly settled: boolean;
}

export interface PosterDeps {
  readonly name: string;
  readonly source: string;
  readonly tab: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Rejects where no daemon answers, and for every answer but 2xx. */
  readonly ask: <T>(method: string, path: string, body?: unknown, headers?: object) => Promise<T>;
}

const FINAL = new Set(["confirmed", "conflict", "refused", "parked"]);

export function createPoster({ name, source, tab, ledger, clock, ask }: PosterDeps): Poster {
  const base = `/datasources/${source}/tabs/${encodeURIComponent(tab)}`;
  const open = new Map<Wished, { readonly body: object; readonly key: string }>();
  let count = 0;

  async function send(wish: Wished): Promise<void> {
    const { body, key } = open.get(wish)!;
    const headers = { "Idempotency-Key": key };
    ledger.send(wish);
    try {
      const answer = await ask<{ receipts: readonly Receipt[] }>("POST", `${base}/edits`, body, headers);
      note(wish, answer.receipts[0]!);
    } catch (error) {
      // The tab changed meanwhile, so that the request makes no sense any more.
      if (!/: 40[04] /.test(String(error))) throw error;
      wish.state = "refused";
      open.delete(wish);
    }
  }

  function note(wish: Wished, receipt: Receipt): void {
    wish.id = receipt.id;
    wish.state = receipt.state;
    if (receipt.code !== undefined) wish.code = receipt.code;
    if (FINAL.has(receipt.state)) open.delete(wish);
  }

  return {
    name,
    async wish(random) {
      const rows = await ask<RowsAnswer>("GET", `${base}/rows`);
      const marks = rows.columns.find(({ header }) => header === MARK);
      const seen = rows.rows.flatMap((row) => {
        const mark = marks && row[marks.key];
        if (typeof mark !== "string") return [];
        const values: CellValue[] = [];
        for (const { slot, key } of rows.columns) values[slot] = (row[key] ?? null) as CellValue;
        return [{ row: row.$row, mark, values }];
      });
      const wished = chooseWish({ seen, columns: rows.columns, random, ledger });
      if (!wished) return "sees nothing to edit";
      const { entry, ...rest } = wished;
      const wish = ledger.add({ ...rest, editor: name, source, tab, atMs: clock.monotonicMs() });
      open.set(wish, { body: { edits: [bodyOf(wish, rows, entry)] }, key: `${name}-${++count}` });
      await send(wish);
      return `posts ${rest.kind} ${rest.key}: ${JSON.stringify(rest.value)} over ${JSON.stringify(rest.base)}`;
    },
    async look() {
      for (const wish of [...open.keys()]) {
        if (wish.state === "local") await send(wish);
        else note(wish, await ask<Receipt>("GET", `${base}/edits/${wish.id}`));
      }
    },
    get settled() {
      return open.size === 0;
    },
  };
}

function bodyOf(wish: Wished, { columns }: RowsAnswer, entry: object): object {
  const keyOf = (slot: number): string => columns.find((column) => column.slot === slot)!.key;
  if (wish.kind === "remove") return { remove: Number(wish.key.slice(1)) };
  if (wish.kind === "add") {
    const { values } = entry as { values: Record<string, CellValue> };
    return { add: Object.fromEntries(Object.entries(values).map(([slot, v]) => [keyOf(Number(slot)), v])) };
  }
  const [row, slot] = wish.key.split(":").map(Number);
  return { row, column: keyOf(slot!), value: wish.value, base: wish.base };
}
