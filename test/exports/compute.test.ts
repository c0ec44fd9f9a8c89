import { describe, expect, test } from "bun:test";
import type { CellValue } from "#contract/cell.ts";
import type { TemplateColumn } from "#contract/templates.ts";
import { compute } from "../../src/exports/compute/compute.ts";
import type { GivenData } from "../../src/exports/items.ts";
import { planExport } from "../../src/exports/plan-export.ts";

const DATA: GivenData = [
  { a: 4, b: "x", c: true, d: null },
  { a: 1.5, b: "Y", c: false, d: 0 },
  { a: -3, b: "y", c: true, d: 2 },
];

function computed(columns: readonly TemplateColumn[], data = DATA) {
  const planned = planExport(
    { id: "t", name: "T", version: 1, tabs: [{ id: "t", title: "T", columns }] },
    data,
    { title: "x" },
  );
  if (!planned.ok) throw new Error(JSON.stringify(planned.error));
  return compute(planned.value);
}

/** Of the first row; undefined: not known. */
function value(formula: string): CellValue | undefined {
  const keys = ["a", "b", "c", "d"].map((key) => ({ key }));
  return computed([...keys, { key: "f", formula }]).column("t", "f")?.[0];
}

describe("formulas", () => {
  test("TPL-13 signs bind, blanks count and errors spread as in sheets", () => {
    const known: [string, CellValue][] = [
      ["=1+2*3^2", 19],
      ["=-2^2", 4],
      ["=2-3-4", -5],
      ["=50%*{a}", 2],
      ['={a}&"-"&{c}&{d}', "4-TRUE"],
      ['="X"={b}', true],
      ["={d}=0", true],
      ['={d}=""', true],
      ['=1<"a"', true],
      ["={a}/{d}", { error: "#DIV/0!" }],
      ["=1+{a}/{d}", { error: "#DIV/0!" }],
      ['="a"+1', { error: "#VALUE!" }],
      ['="2"+1', 3],
      ['=IF({c},"yes",1/0)', "yes"],
      ["=IFERROR(1/0,7)", 7],
      ["=AND(TRUE,{a}>3)", true],
      ["=OR(FALSE,NOT({c}))", false],
      ["=ROUND(1.005,2)", 1.01],
      ["=ROUND(-2.5,0)", -3],
      ["=MOD(-1,3)", 2],
      ["=SUM({a:all})", 2.5],
      ["=AVERAGE({a:all},{d:all})", 0.9],
      ["=COUNT({a:all};{b:all})", 3],
      ["=COUNTA({b:all},{d:all})", 5],
      ["=MIN({a:all})+MAX({a:all})", 1],
      ['=SUMIFS({a:all},{b:all},"y")', -1.5],
      ['=SUMIFS({a:all},{b:all},"y",{c:all},TRUE)', -3],
      ['=COUNTIF({a:all},">=1.5")', 2],
      ['=COUNTIFS({b:all},"<>x")', 2],
      ['=SUMIF({b:all},"x",{a:all})', 4],
      ['=AVERAGEIFS({a:all},{b:all},"none")', { error: "#DIV/0!" }],
      ["=SUBTOTAL(109,{a:all})", 2.5],
      ["=ABS({a:all})", { error: "#VALUE!" }],
    ];
    for (const [formula, wanted] of known) expect([formula, value(formula)]).toEqual([formula, wanted]);
  });

  test("TPL-13 what is not known here is not guessed: other functions, cell addresses, circles, broken formulas", () => {
    for (const formula of [
      "=VLOOKUP(1,{a:all},1)",
      "=A1+1",
      "={f}+1",
      "=(1",
      "=1 2",
      "={{1,2}}",
      "=IF(",
      "=constructor(1)",
    ]) {
      expect([formula, value(formula)]).toEqual([formula, undefined]);
    }
    expect(value(`=${"(".repeat(5_000)}1${")".repeat(5_000)}`)).toBeUndefined();
  });

  test("TPL-13 columns may be built on columns; what takes too long is left to the sheet", () => {
    const columns = [{ key: "a" }, { key: "x", formula: "={y}*2" }, { key: "y", formula: "={a}+1" }];
    expect(computed(columns).column("t", "x")).toEqual([10, 5, -4]);
    const many = Array.from({ length: 20_000 }, (_, at) => ({ a: at }));
    const slow = computed([{ key: "a" }, { key: "s", formula: "=SUMIFS({a:all},{a:all},{a})" }], many);
    expect(slow.column("t", "s")).toBeNull();
    expect(slow.column("t", "a")).toHaveLength(20_000);
  });
});
