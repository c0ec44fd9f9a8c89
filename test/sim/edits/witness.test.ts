/** What a repair may put back, and what it should have, where somebody typed and moved rows under the write that it mends. */
import { describe, expect, test } from "bun:test";
import type { Json, Person } from "../../../google-emulator/src/index.ts";
import type { NetRequest } from "../../../src/runtime/net.ts";
import { createLedger } from "./ledger.ts";
import { createWitness } from "./witness.ts";

const BOOK = "https://sheets.test/v4/spreadsheets/book";
const HEADER = ["mark", "note"];

/** A workbook that is what each write makes of it. */
function createStage(first: Json[][]) {
  let rows = first;
  let next: Json[][] | null = null;
  const ledger = createLedger();
  const wish = (kind: "cell" | "remove", mark: string) =>
    ledger.add({
      ...{ editor: "editor-0", source: "book", tab: "Prices", kind, key: "2:1" },
      ...{ value: kind === "cell" ? ledger.nextText() : null, base: null, mark, header: "note", atMs: 0 },
    });
  const witness = createWitness({
    farEnd: {
      handle() {
        rows = next ?? rows;
        return { status: 200, headers: {}, body: new Uint8Array() };
      },
    },
    ledger,
    person: () =>
      ({
        tabs: () => ["Prices"],
        read: () => rows,
        notes: () => rows.map(([name], at) => (at === 0 ? "" : String(name))),
        setNote: () => {},
      }) as unknown as Person,
    nowMs: () => 0,
    keyed: true,
  });
  const request = (method: string, url: string, requests: readonly object[] = []): NetRequest => ({
    method,
    url,
    headers: {},
    body: JSON.stringify({ requests }),
    timeoutMs: 1_000,
    bytesMax: 1_000,
  });
  return {
    witness,
    wish,
    look: () => witness.handle(request("GET", BOOK)),
    /** A daemon writes; before it lands a person changes the workbook, one time after the other, and a daemon looks between. */
    write(
      after: Json[][],
      { requests, meanwhile = [] }: { requests?: readonly object[]; meanwhile?: Json[][][] } = {},
    ) {
      const sent = request("POST", `${BOOK}:batchUpdate`, requests);
      witness.sent(sent);
      for (const [at, changed] of meanwhile.entries()) {
        if (at > 0) witness.handle(request("GET", BOOK));
        rows = changed;
        witness.changed("book");
      }
      next = after;
      witness.handle(sent);
      next = null;
    },
    type(now: Json[][]) {
      rows = now;
    },
  };
}

/** `repair`: what the daemon writes after somebody typed over "read" and put a row above. */
function tagsAfter(repair: Json, times = 1): string[] {
  const { witness, wish, look, write, type } = createStage([HEADER, ["row 1", "read"]]);
  const { value } = wish("cell", "row 2");
  look();
  const meanwhile = [[HEADER, ["row 0", "new"], ["row 1", "typed"]]];
  write([HEADER, ["row 0", "new"], ["row 1", value as Json]], { meanwhile });
  for (let time = 0; time < times; time++) {
    look();
    write([HEADER, ["row 0", "new"], ["row 1", repair]]);
    if (time + 1 < times) type([HEADER, ["row 0", "new"], ["row 1", "since"]]);
  }
  return witness.written.slice(1).map(({ tag }) => tag);
}

const dimension = (startIndex: number) => ({ range: { startIndex, endIndex: startIndex + 1 } });

describe("the witness of writes", () => {
  test("SIM-10 a repair puts back what it replaced, or what was read there last, once", () => {
    expect(tagsAfter("typed")).toEqual(["repaired"]);
    expect(tagsAfter("read")).toEqual(["lost"]);
    expect(tagsAfter("read", 2)).toEqual(["lost", "touched"]);
    expect(tagsAfter("anything else")).toEqual(["touched"]);
  });

  test("SIM-10 where it came late, also what was read there since it was sent", () => {
    const { witness, wish, look, write } = createStage([HEADER, ["row 1", "read"]]);
    const { value } = wish("cell", "row 2");
    look();
    const meanwhile = ["read since", "typed"].map((note) => [HEADER, ["row 1", note]]);
    write([HEADER, ["row 1", value as Json]], { meanwhile });
    look();
    write([HEADER, ["row 1", "read since"]]);
    expect(witness.written.slice(1).map(({ tag }) => tag)).toEqual(["lost"]);
  });

  test("SIM-16 a row that had been read and went with a removal of another one is taken, until it is back", () => {
    const [a, b, c] = [
      ["row 1", "a"],
      ["row 2", "b"],
      ["row 3", "c"],
    ];
    const { witness, wish, look, write } = createStage([HEADER, a, b, c]);
    wish("remove", "row 2");
    look();
    const requests = [{ deleteDimension: dimension(2) }];
    write([HEADER, b, c], { requests, meanwhile: [[HEADER, b, a, c]] });
    expect(witness.taken()).toEqual(["book row 1"]);
    look();
    write([HEADER, b, a, c], { requests: [{ insertDimension: dimension(2) }] });
    expect([witness.taken(), witness.raised]).toEqual([[], []]);
    look();
    write([HEADER, a, c], { requests: [{ deleteDimension: dimension(1) }] });
    expect(witness.taken()).toEqual([]);
  });

  test("SIM-16 a row that a person had removed, and that comes back, is raised", () => {
    const [a, b] = [
      ["row 1", "a"],
      ["row 2", "b"],
    ];
    const { witness, look, write } = createStage([HEADER, b]);
    look();
    write([HEADER, a, b], { requests: [{ insertDimension: dimension(1) }] });
    expect(witness.raised).toEqual(["book row 1"]);
  });
});
