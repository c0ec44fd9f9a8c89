import { describe, expect, test } from "bun:test";
import { formatDocumentName, mirrorName, parseDocumentName } from "../../src/contract/document-name.ts";

const TITLES = [
  "Prices",
  "a/b",
  "50 %",
  "who? #1",
  "me@home",
  "~edits",
  "a~edits",
  "été 🎈",
  " ",
  "..",
  "a@b~c/d%2Fe",
];

describe("names", () => {
  test("LAY-1 any title survives formatting and parsing", () => {
    for (const tab of TITLES) {
      expect(parseDocumentName(mirrorName("shop", tab))).toEqual({
        ok: true,
        value: { source: "shop", tab, kind: "mirror", view: "" },
      });
      for (const view of TITLES) {
        const name = { source: "shop-2", tab, kind: "view", view } as const;
        expect(parseDocumentName(formatDocumentName(name))).toEqual({ ok: true, value: name });
      }
      const edits = { source: "shop", tab, kind: "edits", view: "" } as const;
      expect(parseDocumentName(formatDocumentName(edits))).toEqual({ ok: true, value: edits });
    }
  });

  test("LAY-1 a harmless title need not be encoded", () => {
    expect(parseDocumentName("demo/Price list")).toMatchObject({ ok: true, value: { tab: "Price list" } });
    expect(parseDocumentName("demo/été 🎈")).toMatchObject({ ok: true, value: { tab: "été 🎈" } });
  });

  test("LAY-2 what is no name is refused with the reason", () => {
    const wrong = [
      "",
      "shop",
      "/a",
      "Shop/a",
      "shop/",
      "shop/a/b",
      "shop/%zz",
      "shop/a@",
      `shop/${"x".repeat(201)}`,
      "a b/c",
    ];
    for (const name of wrong) {
      const parsed = parseDocumentName(name);
      expect([name, parsed.ok]).toEqual([name, false]);
      if (!parsed.ok) expect(parsed.error.why.length).toBeGreaterThan(10);
    }
  });
});
