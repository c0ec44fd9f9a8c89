import { createExternalDriver } from "../../../src/sources/external/external-driver.ts";
import type { SourceSettings } from "../../../src/sources/source.ts";
import { type SourceHarness, sourceContract } from "../../contract/source.ts";
import { createFakeNet, hang } from "../../support/fake-net.ts";
import { createTestRuntime } from "../../support/test-runtime.ts";
import { feedSettings } from "./test-feed.ts";

type Body = (price: number) => string;

const json: Body = (price) =>
  JSON.stringify({
    items: [
      { id: 1, price, tags: ["a", "b"], size: { w: 1.5, h: null } },
      { id: 2, price: 9, note: "x" },
      { id: 3 },
    ],
  });
const xml: Body = (price) =>
  `<?xml version="1.0"?><feed><item id="1"><price cur="EUR">${price}</price></item><item id="2"/></feed>`;
const csv: Body = (price) => `sku,price,name\na,${price},"A, b"\nb,,\n`;
const ndjson: Body = (price) => `{"id":1,"price":${price}}\n\n{"id":2,"ok":true}\n`;

contractOf("a feed of JSON", "application/json", json, { rowsPath: "$.items", keyField: "id" });
contractOf("a feed of XML", "text/xml", xml, { rowsPath: "/feed/item" });
contractOf("a feed of CSV", "text/csv", csv, { keyField: "sku" });
contractOf("a feed of NDJSON", "application/x-ndjson", ndjson, {});
contractOf("a feed of two tabs", "application/json", json, {
  tabs: [
    { title: "Prices", rowsPath: "$.items", columns: [{ path: "id" }, { path: "price" }] },
    { title: "Sizes", rowsPath: "$.items[*].size" },
  ],
});

function contractOf(kind: string, type: string, body: Body, wanted: Partial<SourceSettings>): void {
  sourceContract(kind, (): SourceHarness => {
    let price = 5;
    const well = () => new Response(body(price), { headers: { "content-type": type } });
    const net = createFakeNet(well);
    const { runtime } = createTestRuntime({ net });
    const driver = createExternalDriver();
    return {
      open: () => driver.open(feedSettings(wanted), runtime),
      change() {
        price = 6;
      },
      hang: () => net.answer(() => hang()),
      answer: (response) => net.answer(() => response.clone()),
      rest: () => net.answer(well),
    };
  });
}
