import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { DataReport, TemplateBody, TemplateTab } from "#contract/templates.ts";
import type { GivenData } from "../../src/exports/items.ts";
import { ownGeometry, renderFormula, type SheetPlan } from "../../src/exports/plan.ts";
import { type PlanOptions, planExport } from "../../src/exports/plan-export.ts";
import { createSerials } from "../../src/exports/serials.ts";

function template(...tabs: TemplateTab[]): TemplateBody & { version: number } {
  return { id: "t", name: "T", version: 1, tabs };
}

function plan(tab: Partial<TemplateTab>, data: unknown, options: Partial<PlanOptions> = {}): SheetPlan {
  const planned = planExport(template({ title: "A", ...tab }), data as GivenData, { title: "x", ...options });
  if (!planned.ok) throw new Error(JSON.stringify(planned.error));
  return planned.value;
}

function report(tab: Partial<TemplateTab>, data: unknown, options: Partial<PlanOptions> = {}): DataReport {
  const planned = planExport(template({ title: "A", ...tab }), data as GivenData, { title: "x", ...options });
  if (planned.ok) throw new Error("it was planned");
  return planned.error;
}

const grid = ({ tabs }: SheetPlan, at = 0) => ({
  headers: tabs[at]!.columns.map(({ header }) => header),
  rows: tabs[at]!.rows.map(({ cells }) => cells),
});

describe("the shape of data", () => {
  test("TPL-1 objects, tables and named lists make the same rows", () => {
    const rows = [
      { sku: "A", unitPrice: 1 },
      { sku: "B", unitPrice: 2, note: "n" },
    ];
    const wanted = {
      headers: ["Sku", "Unit price", "Note"],
      rows: [
        ["A", 1, null],
        ["B", 2, "n"],
      ],
    };
    expect(grid(plan({}, rows))).toEqual(wanted);
    const table = {
      columns: ["sku", { key: "unitPrice" }, "note"],
      rows: [
        ["A", 1],
        ["B", 2, "n"],
      ],
    };
    expect(grid(plan({}, table))).toEqual(wanted);
    expect(grid(plan({ rows: "items" }, { items: rows, other: [{ a: 1 }] }))).toEqual(wanted);
    expect(grid(plan({}, { made: "today", items: rows }))).toEqual(wanted);
    expect(report({}, { a: [{}], b: [{}] }).problems[0]!.problem).toContain('the lists "a", "b"');
  });

  test("TPL-1 nested fields are dotted paths; a field that is null or empty in some rows is no column beside them", () => {
    const rows = [{ a: { b: { c: 1 }, d: [1, "x"] }, e: null }, { a: null, e: { f: true } }, 7];
    expect(grid(plan({}, rows))).toEqual({
      headers: ["A b c", "A d", "E f", "Value"],
      rows: [
        [1, "1, x", null, null],
        [null, null, true, null],
        [null, null, null, 7],
      ],
    });
  });

  test("TPL-1 lists inside rows are columns, or tabs that repeat the key; a template reaches up and down by paths", () => {
    const orders = [
      { id: 1, lines: [{ sku: "a" }, { sku: "b" }] },
      { id: 2, lines: [] },
      { id: 3, lines: [{ sku: "c" }] },
    ];
    expect(grid(plan({}, orders)).headers).toEqual(["Id", "Lines 1 sku", "Lines 2 sku"]);
    const linked = plan({ key: "id", lists: "tabs" }, orders);
    const lines = [
      [1, "a"],
      [1, "b"],
      [3, "c"],
    ];
    expect(linked.tabs.map(({ title }) => title)).toEqual(["A", "A lines"]);
    expect(grid(linked).rows).toEqual([[1], [2], [3]]);
    expect(grid(linked, 1).rows).toEqual(lines);
    const mapped = plan({ rows: "lines", columns: [{ key: "order", path: "^.id" }, { key: "sku" }] }, orders);
    expect(grid(mapped).rows).toEqual(lines);
    const deep = plan(
      { rows: "shop.orders.lines", columns: [{ key: "o", path: "^.id" }, { key: "sku" }] },
      { shop: { orders } },
    );
    expect(grid(deep).rows).toEqual(lines);
  });

  test("TPL-1 every scalar of a list of objects stands in one cell of its row", () => {
    const scalar = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 20 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const rows = fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), scalar, { maxKeys: 6 }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(rows, (given) => {
        // An object that reads as money or a link is one cell; these are no such.
        const made = plan({}, given).tabs[0]!;
        for (const [index, row] of given.entries()) {
          for (const [key, value] of Object.entries(row)) {
            const at = made.columns.findIndex((column) => column.key === key);
            const cell = made.rows[index]!.cells[at];
            const dated = typeof value === "string" && typeof cell === "number";
            if (!dated) expect(Object.is(cell, value) || cell === value).toBe(true);
          }
        }
      }),
    );
  });

  test("TPL-15 a tab of distinct values has one row for each, as they come", () => {
    const rows = [{ r: "b" }, { r: "a" }, { r: "b" }, { r: null }, { r: "" }, { r: "c" }];
    expect(grid(plan({ distinct: "r", columns: [{ key: "r" }] }, rows)).rows).toEqual([["b"], ["a"], ["c"]]);
  });
});

describe("cells", () => {
  test("TPL-2 each kind of value, by declared types and by the data alone", () => {
    const row = {
      text: "x",
      number: 1.5,
      flag: false,
      price: { amount: "12.50", currency: "EUR" },
      site: { text: "Open", url: "https://example.com/" },
      day: "2026-05-01",
      at: "2026-05-01T22:30:00Z",
      clock: "06:00",
      none: null,
    };
    const { columns, rows } = plan({}, [row], { timeZone: "Europe/Berlin", locale: "de_DE" }).tabs[0]!;
    expect(rows[0]!.cells).toEqual([
      "x",
      1.5,
      false,
      12.5,
      { text: "Open", link: "https://example.com/" },
      46_143,
      46_144 + 0.5 / 24,
      0.25,
      null,
    ]);
    expect(columns.map(({ type }) => type)).toEqual([
      "text",
      "number",
      "boolean",
      "money",
      "link",
      "date",
      "datetime",
      "time",
      "text",
    ]);
    expect(columns[3]!.format).toBe('#,##0.00 "€"');
  });

  test("TPL-2 an amount in another currency brings its pattern; numbers of a text column are text; hours are days", () => {
    const made = plan(
      {
        columns: [
          { key: "p", type: "money" },
          { key: "t", type: "text" },
          { key: "h", type: "hours" },
        ],
      },
      [
        { p: 1, t: 12, h: 1.5 },
        { p: { amount: 2, currency: "JPY" }, t: true, h: 24 },
      ],
      { currency: "USD", locale: "en_US" },
    );
    expect(grid(made).rows).toEqual([
      [1, "12", 0.0625],
      [{ value: 2, format: '"¥"#,##0' }, "true", 1],
    ]);
  });

  test("TPL-2 moments are told in the zone through its changes of the clock; impossible days are not dates", () => {
    const berlin = createSerials("Europe/Berlin");
    const days = (text: string) => berlin.parse(text)?.days;
    // 2026-03-29 01:00 UTC: 02:00 becomes 03:00.
    expect(days("2026-03-29T00:59:00Z")).toBeCloseTo(46_110 + 119 / 1_440, 9);
    expect(days("2026-03-29T01:00:00Z")).toBeCloseTo(46_110 + 180 / 1_440, 9);
    expect(days("2026-03-29T03:00:00+02:00")).toBeCloseTo(46_110 + 180 / 1_440, 9);
    expect(days("2026-03-29T03:00")).toBeCloseTo(46_110 + 180 / 1_440, 9);
    for (const wrong of ["2026-02-30", "2026-13-01", "2026-05-01T24:00Z", "24:00", "2026-5-1", "tomorrow"]) {
      expect(berlin.parse(wrong)).toBeNull();
    }
    expect(createSerials("Asia/Kathmandu").parse("2026-01-01T00:00:00Z")?.days).toBeCloseTo(
      46_023 + 345 / 1_440,
      9,
    );
  });

  test("TPL-2 serial numbers are dates where a table says that its column holds dates, and nowhere else", () => {
    const columns = [{ key: "d", type: "date" }];
    expect(grid(plan({}, { columns, rows: [[46_143]] })).rows).toEqual([[46_143]]);
    expect(report({ columns: [{ key: "d", type: "date" }] }, [{ d: 46_143 }]).problems[0]!.problem).toBe(
      "46143 is not a date in ISO 8601",
    );
  });

  test("TPL-3 text that begins like a formula is text; formulas where they are allowed; none that fetches", () => {
    const texts = ["=1+1", "+49 151", "-x", "@me", "=IMPORTDATA(A1)"];
    expect(
      grid(
        plan(
          {},
          texts.map((t) => ({ t })),
        ),
      ).rows,
    ).toEqual(texts.map((t) => [t]));
    const columns = [{ key: "t", formulas: true }];
    expect(grid(plan({ columns }, [{ t: "=1+1" }, { t: "+1" }])).rows).toEqual([
      [{ formula: "=1+1" }],
      ["+1"],
    ]);
    for (const fetching of [
      '=IMPORTDATA("https://x.test/?"&A1)',
      "=1+ image (A1)",
      '="a"&ImportXML(A1,B1)',
    ]) {
      expect(report({ columns }, [{ t: fetching }]).problems[0]!.problem).toContain("fetches from outside");
    }
    expect(grid(plan({ columns }, [{ t: '="IMAGE(x)"' }])).rows).toEqual([[{ formula: '="IMAGE(x)"' }]]);
  });
});

describe("reports", () => {
  const columns = [
    { key: "n", type: "number" as const },
    { key: "d", type: "date" as const },
    { key: "b", type: "boolean" as const },
    { key: "m", type: "money" as const },
    { key: "l", type: "link" as const },
    { key: "r", required: true },
    { key: "t", type: "text" as const },
  ];
  const good = { n: 1, d: "2026-01-01", b: true, m: 1, l: "https://x.test", r: "r", t: "t" };

  test("TPL-4 each bad field is named with its row, what is wrong and what to do", () => {
    const bad: [string, unknown, string][] = [
      ["n", "12", '"12" is not a number'],
      ["d", "01.05.2026", '"01.05.2026" is not a date'],
      ["b", "yes", '"yes" is not true or false'],
      ["m", { amount: 1, currency: "EURO" }, '"EURO" is no currency'],
      ["m", { amount: "1,5", currency: "EUR" }, 'amount "1,5" is not a number'],
      ["l", "javascript:alert(1)", "is not a link"],
      ["r", null, "is empty"],
      ["t", { a: 1 }, "is an object"],
      ["t", "x".repeat(50_001), "50001 characters"],
      ["t", "half \ud800", "half a character"],
    ];
    for (const [field, value, problem] of bad) {
      const found = report({ columns }, [good, { ...good, [field]: value }]);
      expect(found.count).toBe(1);
      expect(found.problems[0]).toMatchObject({ tab: "A", row: 2, field });
      expect(found.problems[0]!.problem).toContain(problem);
      expect(found.problems[0]!.fix).not.toBe("");
    }
    expect(plan({ columns }, [good]).tabs[0]!.rows).toHaveLength(1);
  });

  test("TPL-4 of many mistakes the first hundred are told and all are counted; nothing is planned", () => {
    const found = report(
      { columns },
      Array.from({ length: 500 }, () => ({ ...good, n: "x", b: 1 })),
    );
    expect(found.problems).toHaveLength(100);
    expect(found.count).toBe(1_000);
  });

  test("TPL-4 what concerns the whole: too many cells or columns, tables that do not fit, zones that are none", () => {
    const wide = {
      columns: Array.from({ length: 1_000 }, (_, at) => `c${at}`),
      rows: Array.from({ length: 2_000 }, () => []),
    };
    expect(report({}, wide).problems[0]!.problem).toContain("2001000 cells");
    expect(
      report({}, [Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`c${at}`, 1]))]).count,
    ).toBe(1);
    expect(report({}, { columns: ["a", "a"], rows: [] }).problems[0]!.field).toBe("columns[1]");
    expect(report({}, { columns: [{ key: "a", type: "wish" }, 7, null], rows: [] }).count).toBe(3);
    expect(report({}, { columns: ["a"], rows: [[1, 2], "x"] }).problems.map(({ row }) => row)).toEqual([
      1, 2,
    ]);
    expect(report({}, [], { timeZone: "Mars/Olympus" }).problems[0]!.field).toBe("timeZone");
    expect(report({}, [], { locale: "xx_YY", currency: "XXY" }).count).toBe(2);
  });

  test("TPL-5 any JSON is planned or reported", () => {
    const tabs: Partial<TemplateTab>[] = [
      {},
      { key: "id", lists: "tabs" },
      {
        rows: "a.b",
        columns: [
          { key: "x", path: "^.c" },
          { key: "y", type: "money" },
        ],
      },
      { distinct: "a", columns },
    ];
    const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => typeof value === "object" && value !== null);
    fc.assert(
      fc.property(json, fc.constantFrom(...tabs), (data, tab) => {
        const made = planExport(template({ title: "A", ...tab }), data as GivenData, { title: "x" });
        expect(made.ok || made.error.count > 0).toBe(true);
      }),
      { numRuns: 400 },
    );
    for (const odd of [
      { columns: 1, rows: [] },
      { columns: [], rows: [] },
      { columns: ["a"], rows: [null] },
      JSON.parse('[{"__proto__": {"x": 1}, "constructor": 1, "toString": null}]'),
    ]) {
      const made = planExport(template({ title: "A" }), odd as GivenData, { title: "x" });
      expect(made.ok || made.error.count > 0).toBe(true);
    }
  });

  test("TPL-5 long lists and deep nesting are data like any other", () => {
    const items = Array.from({ length: 300_000 }, (_, at) => ({ at }));
    expect(plan({ rows: "items" }, { items }).tabs[0]!.rows).toHaveLength(300_000);
    const deep = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`);
    const objects = JSON.parse(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`);
    for (const data of [[{ a: deep }], [objects], deep, objects]) {
      const made = planExport(template({ title: "A" }), data, { title: "x" });
      expect(made.ok || made.error.count > 0).toBe(true);
    }
  });

  test("TPL-6 keys are there and differ", () => {
    const found = report({ key: "id", columns: [{ key: "id" }] }, [{ id: 1 }, { id: "1" }, {}, { id: 2 }]);
    expect(found.problems.map(({ row, problem }) => [row, problem])).toEqual([
      [2, '"1" is the key of row 1 already'],
      [3, "is empty, and identifies the row"],
    ]);
    const { rows, keyColumn } = plan({}, [{ id: 5 }, { id: "x" }], { key: "id" }).tabs[0]!;
    expect([keyColumn, ...rows.map(({ key }) => key)]).toEqual(["id", "5", "x"]);
    expect(report({ key: "nope" }, [{ id: 1 }]).problems[0]!.field).toBe("nope");
  });
});

describe("formulas", () => {
  const made = planExport(
    template(
      {
        id: "s",
        title: "It's",
        columns: [
          { key: "a b", path: "a" },
          { key: "n", formula: '={a b}*2&"{a b}"&{{1}}' },
        ],
      },
      {
        id: "t",
        title: "T",
        columns: [
          { key: "a b", path: "a" },
          { key: "sum", formula: "=SUM({s.n:all})+{a b}" },
        ],
      },
    ),
    [{ a: 1 }, { a: 2 }],
    { title: "x" },
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const [first, second] = made.value.tabs;

  test("TPL-7 references become what they name: this row's cell, a whole column, one of another tab", () => {
    const own = ownGeometry(made.value);
    expect(renderFormula(first!.columns[1]!.formula!, "s", 2, own)).toBe('=$A3*2&"{a b}"&{1}');
    expect(renderFormula(second!.columns[1]!.formula!, "t", 1, own)).toBe("=SUM('It''s'!$B$2:$B$3)+$A2");
  });

  test("TPL-7 columns that moved are followed, one that is gone leaves no formula", () => {
    const moved = { ...ownGeometry(made.value), columnAt: () => 27, rowsOf: () => ({ first: 4, last: 9 }) };
    expect(renderFormula(second!.columns[1]!.formula!, "t", 1, moved)).toBe(
      "=SUM('It''s'!$AB$5:$AB$10)+$AB2",
    );
    expect(
      renderFormula(second!.columns[1]!.formula!, "t", 1, { ...moved, columnAt: () => null }),
    ).toBeNull();
  });
});
