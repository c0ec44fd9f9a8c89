/** A small server of items, as a JSON API: read whole, written by item or as a document. */
import type { CellValue } from "#contract/cell.ts";
import type { NetRequest } from "../../../../src/runtime/net.ts";
import type { FakeAnswer } from "../../../support/fake-net.ts";

export interface Item {
  id: string;
  name: CellValue;
  price: CellValue;
  note: unknown;
}

export interface ItemServer {
  items: Item[];
  /** Answers a request; writes by those under /items/. */
  answer(request: NetRequest): FakeAnswer;
  /** Kinds and places of the writes so far, with what they carried. */
  readonly writes: {
    method: string;
    path: string;
    headers: Readonly<Record<string, string>>;
    body: unknown;
  }[];
  /** What the next write answers; `applied`: after it took effect. */
  failure: { answer: () => FakeAnswer; applied: boolean } | null;
  /** Runs before the next write is looked at. */
  between: (() => void) | null;
  /** Whether reads tell an ETag. */
  etags: boolean;
}

export function createItemServer(): ItemServer {
  const server: ItemServer = {
    items: [
      { id: "a", name: "A", price: 1, note: { deep: ["x"] } },
      { id: "b", name: "B", price: 2, note: "beside" },
      { id: "c", name: "C", price: 3, note: 7 },
      { id: "d", name: "D", price: 4, note: null },
    ],
    writes: [],
    failure: null,
    between: null,
    etags: true,
    answer(request) {
      const { pathname } = new URL(request.url);
      if (request.method === "GET") return shown(server);
      server.between?.();
      server.between = null;
      const body = request.body === undefined ? undefined : JSON.parse(String(request.body));
      server.writes.push({ method: request.method, path: pathname, headers: request.headers, body });
      const { failure } = server;
      server.failure = null;
      if (failure && !failure.applied) return failure.answer();
      const done = apply(server, request, pathname, body);
      return failure ? failure.answer() : done;
    },
  };
  return server;
}

const etagOf = ({ items }: ItemServer): string => `"${Bun.hash(JSON.stringify(items)).toString(36)}"`;

function shown(server: ItemServer): Response {
  const headers = { "content-type": "application/json", ...(server.etags ? { etag: etagOf(server) } : {}) };
  return new Response(JSON.stringify({ shop: "ours", items: server.items }), { headers });
}

function apply(server: ItemServer, { method, headers }: NetRequest, path: string, body: unknown): Response {
  if (method === "PUT" && path === "/prices") {
    if (headers["if-match"] !== undefined && headers["if-match"] !== etagOf(server)) {
      return new Response(null, { status: 412 });
    }
    server.items = (body as { items: Item[] }).items;
    return new Response(null, { status: 204 });
  }
  const key = decodeURIComponent(path.split("/")[2] ?? "");
  if (method === "POST") {
    server.items.push({ ...({ note: null } as Partial<Item>), ...(body as Item) });
    return new Response(null, { status: 201 });
  }
  const item = server.items.find(({ id }) => id === key);
  if (!item) return new Response(null, { status: 404 });
  if (method === "DELETE") server.items.splice(server.items.indexOf(item), 1);
  else Object.assign(item, body);
  return new Response(null, { status: 200 });
}
