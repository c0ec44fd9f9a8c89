import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { TemplateTab } from "#contract/templates.ts";
import type { GivenData } from "../../src/exports/items.ts";
import { planExport } from "../../src/exports/plan-export.ts";
import { renderHtml } from "../../src/exports/preview/render-html.ts";
import { readyTemplates } from "../../src/exports/ready/ready-templates.ts";

function page(tabs: readonly TemplateTab[], data: GivenData, options = {}): string {
  const planned = planExport({ id: "t", name: "T", version: 1, tabs }, data, { title: "Title", ...options });
  if (!planned.ok) throw new Error(JSON.stringify(planned.error));
  return renderHtml(planned.value).html;
}

/** What stands in the cells of the first tab, row by row. */
function cells(html: string): string[][] {
  return [...html.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) =>
      cell!.replaceAll(/<[^>]*>/g, "").replace("▾", ""),
    ),
  );
}

describe("preview", () => {
  test("TPL-11 no page holds a script, a style attribute or an address of its own; the hash is that of its style", () => {
    for (const template of readyTemplates) {
      const planned = planExport(template, template.sample as GivenData, { title: template.name });
      if (!planned.ok) throw new Error("the sample is wrong");
      const { html, csp } = renderHtml(planned.value);
      expect(html).not.toMatch(/<script|<link|<img|<iframe|\sstyle=|\son\w+=|url\(|@import/i);
      const css = /<style>([\s\S]*)<\/style>/.exec(html)![1]!;
      expect(csp).toContain(`style-src 'sha256-${createHash("sha256").update(css).digest("base64")}'`);
      expect(csp).toContain("default-src 'none'");
    }
  });

  test("TPL-11 whatever data and titles hold is text", () => {
    const evil = `</style><script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
    const tab = {
      title: evil,
      columns: [
        { key: "a", header: evil, note: evil },
        { key: "n", type: "number" as const },
      ],
      charts: [{ type: "bar" as const, title: evil, labels: "a", values: ["n"] }],
    };
    const html = page([tab], [{ a: evil, n: 1 }], { title: evil });
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img");
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const made = page([{ title: "A" }], [{ a: text }]);
        const [, [cell = ""] = []] = cells(made).filter((row) => row.length > 0);
        const plain = cell
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&");
        // Dates and times in texts become what they mean.
        if (!/^\d\d/.test(text)) expect(plain).toBe(text.replaceAll("▾", ""));
      }),
    );
  });

  test("TPL-12 values by pattern and locale, computed columns, totals, conditions", () => {
    const tab: TemplateTab = {
      title: "A",
      columns: [
        { key: "d", type: "date" },
        { key: "n", type: "number", format: "#,##0.00", total: "sum" },
        { key: "m", type: "money" },
        { key: "x", type: "percent", formula: "={n}/4000", total: "average" },
        { key: "v", formula: "=VLOOKUP({n},{m:all},1)" },
      ],
      conditions: [
        { columns: ["n"], rule: { type: "above", value: 1_500 }, style: { background: "#abcdef" } },
      ],
    };
    const data = [
      { d: "2026-05-01", n: 1_234.5, m: 3 },
      { d: "2026-12-24", n: 2_000, m: { amount: 1, currency: "USD" } },
    ];
    const html = page([tab], data, { locale: "de_DE", currency: "EUR" });
    expect(cells(html).filter((row) => row.length > 0)).toEqual([
      ["D", "N", "M", "X", "V"],
      ["1 Mai 2026", "1.234,50", "3,00 €", "30,9%", "=VLOOKUP($B2,$C$2:$C$3,1)"],
      ["24 Dez 2026", "2.000,00", "1,00 $", "50,0%", "=VLOOKUP($B3,$C$2:$C$3,1)"],
      ["Total", "3.234,50", "", "40,4%", ""],
    ]);
    const name = /\.(c\d+)\{[^}]*background:#abcdef/.exec(html)![1]!;
    expect(html.match(new RegExp(`<td class="[^"]*\\b${name}\\b`, "g"))).toHaveLength(1);
  });

  test("TPL-12 charts are drawn of computed values; of unknown ones they say so", () => {
    const chart = (type: "column" | "bar" | "line" | "area" | "pie") => ({
      type,
      title: type,
      labels: "a",
      values: ["n"],
    });
    const columns = [{ key: "a" }, { key: "n", formula: "=LEN({a})*0+2" }, { key: "k", formula: "=2" }];
    const data = [{ a: "x" }, { a: "y" }];
    const unknown = page([{ title: "A", columns, charts: [chart("pie")] }], data);
    expect(unknown).toContain("Drawn by the sheet");
    const known = [{ key: "a" }, { key: "n", formula: "=2" }];
    for (const [type, mark] of [
      ["column", /<rect/g],
      ["bar", /<rect/g],
      ["pie", /<path d="M180/g],
    ] as const) {
      expect(
        page([{ title: "A", columns: known, charts: [chart(type)] }], data).match(mark)?.length,
      ).toBeGreaterThanOrEqual(2);
    }
    expect(page([{ title: "A", columns: known, charts: [chart("line"), chart("area")] }], data)).toMatch(
      /<polyline[\s\S]*<polygon/,
    );
    expect(page([{ title: "A", columns: known, charts: [chart("line"), chart("pie")] }], [])).not.toContain(
      "NaN",
    );
  });
});
