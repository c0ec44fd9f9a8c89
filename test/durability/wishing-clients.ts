/** Clients that edit for good, whatever happens to the daemon: stock y-websocket documents, and a program over REST. */
import * as Y from "yjs";
import { EDITS, OUTCOMES, type Outcome } from "#contract/edits.ts";
import type { EditsAnswer, Receipt } from "#contract/edits-rest.ts";
import { STOCK_VERSIONS } from "../interop/stock-clients.ts";
import type { SeededRandom } from "../support/seeded-random.ts";
import { HEADER, ROWS, SOURCE, TAB } from "./edited-workbook.ts";
import { rowsIn } from "./recording-client.ts";

/** One wish; no value is wished for twice. */
export interface Wish {
  readonly value: number;
  /** What names the row. */
  readonly row: string;
  readonly column: string;
  readonly isNew: boolean;
  fate: "open" | "confirmed" | "conflict" | "refused";
  /** Of one that was not confirmed. */
  why?: string;
}

export interface WishingClient {
  readonly name: string;
  /** In the order in which they were made. */
  readonly wishes: readonly Wish[];
  /** Makes one wish where it can. */
  wish(random: SeededRandom): void;
  readonly settled: boolean;
  destroy(): void;
}

export interface RestClient extends WishingClient {
  /** Resolves at once when it learns that an edit was taken. */
  nextAnswer(): Promise<void>;
}

let values = 1_000_000;

/** Edits a column of its own through a document, by whichever client was released under that version. */
export function createDocumentClient(index: number, url: string, token: string) {
  const version = STOCK_VERSIONS[index]!;
  const column = HEADER[1 + index]!;
  const slot = 1 + index;
  const mirror = version.open({ url, room: `${SOURCE}/${TAB}`, token });
  const own = version.open({ url, room: `${SOURCE}/${TAB}~edits`, token });
  const edits = own.doc!.getMap<object>(EDITS);
  const outcomes = own.doc!.getMap<Outcome>(OUTCOMES);
  const wishes: Wish[] = [];
  const open = new Map<string, Wish>();
  const left = new Map<string, number>();
  edits.observe(({ keysChanged }) => {
    for (const key of keysChanged as Set<string>) {
      const wish = open.get(key);
      if (!wish || edits.has(key)) continue;
      open.delete(key);
      const outcome = outcomes.get(key);
      wish.fate = !outcome ? "confirmed" : outcome.state === "conflict" ? "conflict" : "refused";
      if (outcome) wish.why = `${outcome.code}: ${outcome.why}`;
      if (wish.fate === "confirmed") left.set(key, wish.value);
    }
  });
  return {
    name: version.name,
    wishes: wishes as readonly Wish[],
    doc: mirror.doc!,
    own: own.doc!,
    wish(random: SeededRandom): void {
      const rows = rowsIn(mirror.doc!).filter(([, cells]) => String(cells[0]).startsWith("row "));
      if (rows.length === 0) return;
      const [row, cells] = random.pick(rows);
      const key = `${row}:${slot}`;
      // One that waits, or was lost, is not made again: each has one fate.
      if (open.has(key) || outcomes.has(key)) return;
      const wish: Wish = { value: ++values, row: String(cells[0]), column, isNew: false, fate: "open" };
      wishes.push(wish);
      open.set(key, wish);
      edits.set(key, { value: wish.value, base: left.get(key) ?? 0 });
    },
    get settled() {
      return open.size === 0;
    },
    destroy() {
      mirror.destroy();
      own.destroy();
    },
  };
}

const BACK_AFTER_MS = 50;

/** Adds rows and edits a column of its own; asks again under the same key until there is an answer. */
export function createRestClient(url: string, token: string): RestClient {
  const wishes: Wish[] = [];
  const left = new Map<string, number>();
  const busy = new Set<string>();
  const waits = new Set<Promise<void>>();
  const answered: (() => void)[] = [];
  let over = false;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

  /** Gives up at the end alone. */
  async function ask<T>(path: string, init: RequestInit, accept: readonly number[]): Promise<T | null> {
    while (!over) {
      const response = await fetch(`${url}/datasources/${SOURCE}/tabs/${TAB}${path}`, init).catch(() => null);
      if (response && accept.includes(response.status)) return (await response.json().catch(() => null)) as T;
      // Who asks too often is told so, and asks again.
      const isFinal = response && response.status < 500 && response.status !== 429;
      if (isFinal) throw new Error(`${path}: ${await response.text()}`);
      await Bun.sleep(BACK_AFTER_MS);
    }
    return null;
  }

  async function post(wish: Wish, edit: object): Promise<void> {
    const init = {
      method: "POST",
      headers: { ...headers, "Idempotency-Key": `wish-${wish.value}` },
      body: JSON.stringify({ edits: [edit] }),
    };
    let receipt = (await ask<EditsAnswer>("/edits", init, [200, 202]))?.receipts[0] ?? null;
    for (const listener of answered.splice(0)) listener();
    // What was answered is never asked for again: its receipt is there from now on.
    while (receipt && !FINAL.has(receipt.state)) {
      await Bun.sleep(BACK_AFTER_MS);
      receipt = await ask<Receipt>(`/edits/${receipt.id}`, { headers }, [200]);
    }
    if (!receipt) return;
    wish.fate = receipt.state as Wish["fate"];
    if (receipt.why !== undefined) wish.why = `${receipt.code}: ${receipt.why}`;
    if (wish.fate === "confirmed") left.set(wish.row, wish.value);
  }

  async function change(random: SeededRandom): Promise<void> {
    const value = ++values;
    if (random.int(2) === 0) {
      const wish: Wish = { value, row: `new ${value}`, column: "posted", isNew: true, fate: "open" };
      wishes.push(wish);
      return post(wish, { add: { id: wish.row, posted: value } });
    }
    const row = `row ${random.int(ROWS)}`;
    if (busy.has(row)) return;
    busy.add(row);
    const rows = await ask<{ rows: { $row: number; id: string }[] }>("/rows", { headers }, [200]);
    const found = rows?.rows.find(({ id }) => id === row);
    if (found) {
      const wish: Wish = { value, row, column: "posted", isNew: false, fate: "open" };
      wishes.push(wish);
      await post(wish, { row: found.$row, column: "posted", value, base: left.get(row) ?? 0 });
    }
    busy.delete(row);
  }

  return {
    name: "REST",
    nextAnswer: () => new Promise((resolve) => answered.push(resolve)),
    wishes,
    wish(random) {
      // One that fails never settles, and so fails the run.
      const work = change(random).then(() => void waits.delete(work));
      waits.add(work);
    },
    get settled() {
      return waits.size === 0;
    },
    destroy() {
      over = true;
    },
  };
}

const FINAL: ReadonlySet<string> = new Set(["confirmed", "conflict", "refused", "parked"]);

export function stateVectorOf(doc: Y.Doc): ReadonlyMap<number, number> {
  return Y.decodeStateVector(Y.encodeStateVector(doc));
}
