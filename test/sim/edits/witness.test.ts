/** What a repair may put back, where somebody typed and moved rows under the write that it mends. */
import { describe, expect, test } from "bun:test";
import type { Json, Person } from "../../../google-emulator/src/index.ts";
import type { NetRequest } from "../../../src/runtime/net.ts";
import { createLedger } from "./ledger.ts";
import { createWitness } from "./witness.ts";

const BOOK = "https://sheets.test/v4/spreadsheets/book";
const HEADER = ["mark", "note"];

/** `repair`: what the daemon writes after somebody typed over "read" and put a row above. */
function tagsAfter(repair: Json, times = 1): string[] {
  let rows: Json[][] = [HEADER, ["row 1", "read"]];
  let next: Json[][] | null = null;
  const ledger = createLedger();
  const wish = ledger.add({
    ...{ editor: "editor-0", source: "book", tab: "Prices", kind: "cell", key: "2:1" },
    ...{ value: ledger.nextText(), base: null, mark: "row 2", header: "note", atMs: 0 },
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
      }) as unknown as Person,
    nowMs: () => 0,
    keyed: true,
  });
  const request = (method: string, url: string): NetRequest => ({
    method,
    url,
    headers: {},
    body: '{"requests":[]}',
    timeoutMs: 1_000,
    bytesMax: 1_000,
  });
  const write = (after: Json[][]): void => {
    const sent = request("POST", `${BOOK}:batchUpdate`);
    witness.sent(sent);
    next = after;
    witness.handle(sent);
    next = null;
  };
  const look = () => witness.handle(request("GET", BOOK));

  look();
  const late = request("POST", `${BOOK}:batchUpdate`);
  witness.sent(late);
  rows = [HEADER, ["row 0", "new"], ["row 1", "typed"]];
  witness.changed("book");
  next = [HEADER, ["row 0", "new"], ["row 1", wish.value as Json]];
  witness.handle(late);
  next = null;
  for (let time = 0; time < times; time++) {
    look();
    write([HEADER, ["row 0", "new"], ["row 1", repair]]);
    if (time + 1 < times) rows = [HEADER, ["row 0", "new"], ["row 1", "since"]];
  }
  return witness.written.slice(1).map(({ tag }) => tag);
}

describe("the witness of writes", () => {
  test("SIM-10 a repair puts back what it replaced, or what was read there last, once", () => {
    expect(tagsAfter("typed")).toEqual(["repaired"]);
    expect(tagsAfter("read")).toEqual(["lost"]);
    expect(tagsAfter("read", 2)).toEqual(["lost", "touched"]);
    expect(tagsAfter("anything else")).toEqual(["touched"]);
  });
});
