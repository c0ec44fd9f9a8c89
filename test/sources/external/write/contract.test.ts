import type { CellValue } from "#contract/cell.ts";
import type { FeedWrite } from "#contract/feed.ts";
import { createExternalDriver } from "../../../../src/sources/external/external-driver.ts";
import { type FarRows, writableSourceContract } from "../../../contract/writable-source.ts";
import { createFakeNet, type FakeAnswer } from "../../../support/fake-net.ts";
import { createTestRuntime } from "../../../support/test-runtime.ts";
import { feedSettings } from "../test-feed.ts";
import { createItemServer } from "./item-server.ts";

const ROWS: FeedWrite = {
  type: "rows",
  cell: { method: "PATCH", url: "https://feeds.test/items/{key}" },
  add: { method: "POST", url: "https://feeds.test/items" },
  remove: { method: "DELETE", url: "https://feeds.test/items/{key}" },
};

contractOf("a feed written row by row", ROWS, true);
contractOf("a feed written as a document", { type: "document" }, true);
contractOf("a feed written as a document, without ETags", { type: "document" }, false);

function contractOf(kind: string, write: FeedWrite, etags: boolean): void {
  writableSourceContract(kind, () => {
    const server = createItemServer();
    server.etags = etags;
    const net = createFakeNet((request) => server.answer(request));
    const { runtime, clock } = createTestRuntime({ net });
    const driver = createExternalDriver();
    const settings = feedSettings({ rowsPath: "$.items", keyField: "id", writable: true, write });
    const index = (key: string): number => server.items.findIndex(({ id }) => id === key);
    const ANSWERS: Record<string, () => FakeAnswer> = {
      "429": () => new Response(null, { status: 429 }),
      "503": () => new Response(null, { status: 503 }),
      network: () => ({ tag: "Unreachable", detail: "connection reset" }),
    };
    const between = (act: () => void): void => {
      server.between = act;
    };
    return {
      open: () => driver.open(settings, runtime),
      read: (): FarRows =>
        Object.fromEntries(
          server.items.map(({ id, name, price, note }) => [id, { name, price, note: note as CellValue }]),
        ),
      others: {
        sort: () => void server.items.reverse(),
        insert: (id) => void server.items.unshift({ id, name: null, price: null, note: null }),
        remove: (key) => void server.items.splice(index(key), 1),
        moveColumns() {
          server.items = server.items.map(({ id, name, price, note }) => ({ note, price, name, id }));
        },
        price(key, value) {
          server.items[index(key)]!.price = value;
        },
      },
      fail(how, applied) {
        server.failure = { answer: ANSWERS[how]!, applied };
      },
      rest: () => clock.advance(122_000),
      // Without an ETag a document cannot be held against what others did in between.
      ...(etags ? { between } : {}),
    };
  });
}
