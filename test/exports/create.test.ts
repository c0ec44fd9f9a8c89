import { describe, expect, test } from "bun:test";
import type { SheetPlan } from "../../src/exports/plan.ts";
import { planExport } from "../../src/exports/plan-export.ts";
import { readyTemplates } from "../../src/exports/ready/ready-templates.ts";
import { createExportStage, tablePlan } from "./stage.ts";

interface Shown {
  readonly properties: { readonly title: string; readonly locale: string; readonly timeZone: string };
  readonly namedRanges?: readonly { readonly name: string }[];
  readonly sheets: readonly {
    readonly properties: { readonly title: string; readonly gridProperties: Record<string, number> };
    readonly data: readonly {
      readonly rowData?: readonly { readonly values?: readonly Record<string, unknown>[] }[];
      readonly columnMetadata: readonly { readonly pixelSize: number }[];
    }[];
    readonly conditionalFormats?: readonly unknown[];
    readonly bandedRanges?: readonly unknown[];
    readonly basicFilter?: unknown;
    readonly protectedRanges?: readonly { readonly warningOnly?: boolean }[];
    readonly charts?: readonly unknown[];
  }[];
}

async function made(plan: SheetPlan) {
  const stage = createExportStage();
  const exports = stage.start();
  await exports.create(stage.newExport(plan));
  const record = await stage.rest(exports);
  expect(record.phase).toEqual({ tag: "Idle" });
  const id = record.file!.id;
  const shown = () => stage.get<Shown>(id, "?includeGridData=true");
  return { stage, exports, record, id, shown, person: stage.emulator.person(id) };
}

describe("making a workbook", () => {
  test.each(readyTemplates.map((template) => [template.id, template] as const))(
    "EXP-1 the template %s becomes a workbook with all that it says",
    async (_, template) => {
      const planned = planExport(template, template.sample as never, { title: "Made" });
      if (!planned.ok) throw new Error(JSON.stringify(planned.error));
      const plan = planned.value;
      const { shown, stage } = await made(plan);
      const { properties, sheets, namedRanges = [] } = shown();
      expect(properties).toMatchObject({ title: "Made", locale: plan.locale, timeZone: plan.timeZone });
      expect(sheets.map((sheet) => sheet.properties.title)).toEqual(plan.tabs.map(({ title }) => title));
      expect(namedRanges.map(({ name }) => name).sort()).toEqual(
        plan.tabs.flatMap(({ names }) => names.map(({ name }) => name)).sort(),
      );
      plan.tabs.forEach((tab, index) => {
        const sheet = sheets[index]!;
        const { rowData = [], columnMetadata } = sheet.data[0]!;
        expect(rowData[0]!.values!.map((cell) => cell.formattedValue)).toEqual(
          tab.columns.map(({ header }) => header),
        );
        expect(columnMetadata.slice(0, tab.columns.length).map(({ pixelSize }) => pixelSize)).toEqual(
          tab.columns.map(({ width }) => width),
        );
        expect(sheet.properties.gridProperties.frozenRowCount ?? 0).toBe(tab.frozen.rows);
        expect([sheet.conditionalFormats ?? [], sheet.charts ?? []].map((list) => list.length)).toEqual([
          tab.conditions.length,
          tab.charts.length,
        ]);
        expect([Boolean(sheet.basicFilter), sheet.bandedRanges?.length ?? 0]).toEqual([
          tab.filter,
          tab.banding ? 1 : 0,
        ]);
        tab.columns.forEach(({ note, validation, format }, at) => {
          expect(rowData[0]!.values![at]!.note ?? null).toBe(note);
          const cell = rowData[1]?.values?.[at] as
            | { dataValidation?: object; userEnteredFormat?: { numberFormat?: { pattern?: string } } }
            | undefined;
          if (tab.rows.length === 0) return;
          expect(cell?.dataValidation !== undefined).toBe(validation !== null);
          const own = tab.rows[0]!.cells[at];
          const hasOwn = typeof own === "object" && own !== null && "format" in own;
          if (format !== null && !hasOwn) expect(cell?.userEnteredFormat?.numberFormat?.pattern).toBe(format);
        });
        if (tab.keyColumn !== null) {
          expect(sheet.protectedRanges?.some(({ warningOnly }) => warningOnly)).toBe(true);
        }
      });
      // The file, its first tab, and everything in one write.
      expect(stage.calls.map((call) => call.split(" ")[0])).toEqual(["POST", "GET", "POST"]);
    },
  );

  test("EXP-2 text stays text whatever it begins with", async () => {
    const texts = [
      "=1+1",
      "+49 30",
      "-5",
      "@here",
      "0042",
      "1/2",
      "TRUE",
      '=IMPORTDATA("http://x.test")',
      "'quoted",
    ];
    const { shown } = await made(tablePlan(texts.map((name, at) => ({ sku: `k${at}`, name }))));
    const cells = shown()
      .sheets[0]!.data[0]!.rowData!.slice(1)
      .map(({ values }) => values?.[1]?.userEnteredValue);
    expect(cells.filter((cell) => cell !== undefined)).toEqual(texts.map((stringValue) => ({ stringValue })));
  });

  test("EXP-3 formulas fill down, and the totals add up what is there", async () => {
    const template = {
      id: "t",
      version: 1,
      name: "T",
      tabs: [
        {
          title: "Lines",
          key: "sku",
          columns: [
            { key: "sku" },
            { key: "price", type: "number" as const },
            { key: "count", type: "number" as const },
            { key: "sum", formula: "={price}*{count}", total: "sum" as const },
            { key: "share", formula: "={sum}/SUM({sum:all})" },
          ],
        },
      ],
    };
    const rows = [
      { sku: "a", price: 2, count: 3 },
      { sku: "b", price: 1, count: 4 },
    ];
    const planned = planExport(template, rows, { title: "T" });
    if (!planned.ok) throw new Error(JSON.stringify(planned.error));
    const { person } = await made(planned.value);
    expect(person.read("Lines").slice(1)).toEqual([
      ["a", 2, 3, 6, 0.6],
      ["b", 1, 4, 4, 0.4],
      ["Total", "", "", 10],
    ]);
  });

  test("EXP-4 rows go in few calls, each below two megabytes", async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => ({
      sku: `sku-${at}`,
      name: `Name of ${at}`,
      price: at / 4,
      stock: at % 100,
      sold: at % 3 === 0,
    }));
    const { stage, person } = await made(tablePlan(rows));
    expect(person.read("Items", "A20001:E20001")).toEqual([
      ["sku-19999", "Name of 19999", 4999.75, 99, false],
    ]);
    expect(stage.sentBytes).toBeLessThan(2_000_000);
    const writes = stage.calls.filter((call) => call.endsWith(":batchUpdate")).length;
    expect(writes).toBeLessThanOrEqual(5);
  });
});
