import { describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { negotiateCoding } from "../../src/registry/api/content-encoding.ts";
import { createSnapshots } from "../../src/registry/api/snapshots.ts";
import type { LiveDocument } from "../../src/sync/documents.ts";
import { createFakeDocuments } from "../support/fake-documents.ts";
import { createStage, problemOf, shop } from "./stage.ts";

const SNAPSHOT = "/datasources/shop/tabs/Prices/snapshot";

async function addRow(document: LiveDocument, row: number): Promise<void> {
  const order = [{ at: 0, remove: 0, insert: [row] }];
  const columns = [{ slot: 0, header: "Item", key: "item", type: "text" as const }];
  const added = [[row, [`row ${row} `.repeat(50)]] as const];
  await document.apply({ delta: { columns, added, cells: [], removed: [], order }, author: "source" });
}

async function prices(documents = createFakeDocuments(), tab = "Prices"): Promise<LiveDocument> {
  const document = await documents.create({ source: "shop", tab, title: tab });
  if (!document.ok) throw new Error("the fake refused");
  await addRow(document.value, 1);
  return document.value;
}

async function stage(reader?: Parameters<typeof createStage>[0]) {
  const made = createStage(reader);
  await made.call("POST", "/datasources/register", shop);
  return { ...made, document: await prices(made.documents) };
}

/** As a client that says what it can unpack. */
const asking = (acceptEncoding: string | null, query = "", etag?: string): Request =>
  new Request(`http://host${SNAPSHOT}${query}`, {
    headers: {
      ...(acceptEncoding === null ? {} : { "Accept-Encoding": acceptEncoding }),
      ...(etag === undefined ? {} : { "If-None-Match": etag }),
    },
  });

const bytes = async (response: Response): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await response.arrayBuffer());

describe("snapshots", () => {
  test("REG-70 a snapshot is the document's update, in the coding that was asked for", async () => {
    const { call, document } = await stage();
    const { update } = await document.encoded();
    const unpack = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
    for (const [coding, open] of Object.entries(unpack)) {
      const response = await call("GET", SNAPSHOT, undefined, { "Accept-Encoding": coding });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-encoding")).toBe(coding);
      expect(response.headers.get("vary")).toBe("Accept-Encoding");
      const body = await bytes(response);
      expect(body.length).toBeLessThan(update.length);
      expect(new Uint8Array(open(body))).toEqual(new Uint8Array(update));
    }
    const plain = await call("GET", SNAPSHOT);
    expect(plain.headers.get("content-encoding")).toBe(null);
    expect(plain.headers.get("content-type")).toBe("application/octet-stream");
    expect(await bytes(plain)).toEqual(new Uint8Array(update));
  });

  test("REG-71 q-values choose the coding, zstd before br before gzip among equals; 406 when none will do", async () => {
    const chosen = {
      "gzip, deflate, br, zstd": "zstd",
      "gzip, deflate, br": "br",
      "GZIP;q=1.0, br;q=0.5": "gzip",
      "zstd;q=0, gzip;q=0.1": "gzip",
      "zstd;q=0, *": "br",
      "identity, gzip;q=0.5": "identity",
      deflate: "identity",
      "": "identity",
      "identity;q=0, gzip;q=0.2": "gzip",
      "identity;q=0": null,
      "*;q=0": null,
    };
    for (const [header, coding] of Object.entries(chosen))
      expect([header, negotiateCoding(header)]).toEqual([header, coding]);
    expect(negotiateCoding(null)).toBe("identity");
    const { call } = await stage();
    const refused = await call("GET", SNAPSHOT, undefined, { "Accept-Encoding": "identity;q=0" });
    expect(refused.status).toBe(406);
    expect((await problemOf(refused)).detail).toContain("zstd");
  });

  test("REG-72 the ETag names revision and coding: 304 until the content changes", async () => {
    const { call, document } = await stage();
    const gzip = { "Accept-Encoding": "gzip" };
    const etag = (await call("GET", SNAPSHOT, undefined, gzip)).headers.get("etag")!;
    const again = await call("GET", SNAPSHOT, undefined, { ...gzip, "If-None-Match": etag });
    expect(again.status).toBe(304);
    expect(again.headers.get("etag")).toBe(etag);
    expect(
      (await call("GET", SNAPSHOT, undefined, { "Accept-Encoding": "br", "If-None-Match": etag })).status,
    ).toBe(200);
    await addRow(document, 2);
    const changed = await call("GET", SNAPSHOT, undefined, { ...gzip, "If-None-Match": etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get("etag")).not.toBe(etag);
  });

  test("REG-73 it is kept by caches for ever only where the address names the revision that is given", async () => {
    const { call, document } = await stage();
    const control = async (query = ""): Promise<string | null> =>
      (await call("GET", SNAPSHOT + query)).headers.get("cache-control");
    expect(await control()).toBe("private, no-cache");
    expect(await control(`?revision=${document.revision()}`)).toContain("immutable");
    expect(await control("?revision=another")).toBe("private, no-cache");
  });

  test("REG-74 one compression serves all who ask for a revision, at once or later", async () => {
    let made = 0;
    const snapshots = createSnapshots({
      compress: async (body) => {
        made++;
        await Bun.sleep(0);
        return body;
      },
    });
    const document = await prices();
    await Promise.all(Array.from({ length: 50 }, () => snapshots.answer(document, asking("zstd"))));
    await snapshots.answer(document, asking("zstd"));
    expect(made).toBe(1);
    await snapshots.answer(document, asking("gzip"));
    expect(made).toBe(2);
    await addRow(document, 2);
    await snapshots.answer(document, asking("zstd"));
    expect(made).toBe(3);
  });

  test("REG-75 what is kept is bounded in bytes, the least recently asked for goes first; a failure is not kept", async () => {
    let made: string[] = [];
    let fails = false;
    let tab = "";
    const snapshots = createSnapshots({
      bytesMax: 100,
      compress: async () => {
        if (fails) throw new Error("no memory");
        made.push(tab);
        return new Uint8Array(40);
      },
    });
    const documents = createFakeDocuments();
    const tabs = new Map<string, LiveDocument>();
    const ask = async (name: string): Promise<Response> => {
      tab = name;
      if (!tabs.has(name)) tabs.set(name, await prices(documents, name));
      return snapshots.answer(tabs.get(name)!, asking("zstd"));
    };
    for (const name of ["a", "b", "a", "c"]) await ask(name);
    expect(made).toEqual(["a", "b", "c"]);
    made = [];
    for (const name of ["a", "c", "b"]) await ask(name);
    expect(made).toEqual(["b"]);
    fails = true;
    expect(ask("d")).rejects.toThrow("no memory");
    fails = false;
    expect((await ask("d")).status).toBe(200);
  });

  test("REG-76 reading a snapshot takes the right to read the tab; an unknown tab is answered 404", async () => {
    const reader = { subject: "reader", scopes: [{ action: "read", source: "other" }] } as const;
    const { api, call } = await stage({ reader });
    const request = new Request(`http://127.0.0.1:8787${SNAPSHOT}`, {
      headers: { Authorization: "Bearer reader-token" },
    });
    expect((await api.handle(request, "10.0.0.1")).status).toBe(403);
    expect((await call("GET", SNAPSHOT.replace("Prices", "Nowhere"))).status).toBe(404);
  });
});
