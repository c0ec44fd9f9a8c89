/** Validations and charts as Excel has them. */

import type { DataValidation, SheetChart } from "hucre/xlsx";
import type { Validation } from "#contract/templates.ts";
import { columnLetters, type Formula, type Geometry, renderFormula, type TabPlan } from "../plan.ts";
import { createSerials } from "../serials.ts";

/** Excel refuses longer lists written into the rule itself. */
const LIST_CHARACTERS_MAX = 255;

export function xlsxValidations(tab: TabPlan, geometry: Geometry): DataValidation[] {
  if (tab.rows.length === 0) return [];
  return tab.columns.flatMap(({ validation }, at) => {
    const rule = validation ? ruleOf(validation, tab, geometry) : null;
    if (!validation || !rule) return [];
    const letter = columnLetters(at);
    const { help, strict = false } = validation;
    return [
      {
        ...rule,
        range: `${letter}2:${letter}${tab.rows.length + 1}`,
        allowBlank: true,
        showErrorMessage: true,
        errorStyle: strict ? ("stop" as const) : ("warning" as const),
        ...(help !== undefined && { showInputMessage: true, inputMessage: help.slice(0, 255) }),
      },
    ];
  });
}

function ruleOf(
  validation: Validation,
  tab: TabPlan,
  geometry: Geometry,
): Omit<DataValidation, "range"> | null {
  switch (validation.type) {
    case "list": {
      const plain = validation.values.every((value) => !value.includes(","));
      const fits = plain && validation.values.join(",").length <= LIST_CHARACTERS_MAX;
      return fits ? { type: "list", values: [...validation.values] } : null;
    }
    case "column": {
      const range = renderFormula(columnReference(validation.column, tab, geometry), tab.id, 0, geometry);
      return range === null ? null : { type: "list", formula1: range };
    }
    case "number":
      return between("decimal", validation.min ?? null, validation.max ?? null);
    case "date": {
      const serials = createSerials("Etc/UTC");
      const day = (text: string | undefined) =>
        text === undefined ? null : (serials.parse(text)?.days ?? null);
      return between("date", day(validation.from) ?? 0, day(validation.to));
    }
    case "checkbox":
      return { type: "list", values: ["TRUE", "FALSE"] };
  }
}

function between(
  type: "decimal" | "date",
  low: number | null,
  high: number | null,
): Omit<DataValidation, "range"> | null {
  if (low !== null && high !== null)
    return { type, operator: "between", formula1: String(low), formula2: String(high) };
  if (low !== null) return { type, operator: "greaterThanOrEqual", formula1: String(low) };
  return high === null ? null : { type, operator: "lessThanOrEqual", formula1: String(high) };
}

/** "key" of this tab, or "tab.key". */
function columnReference(written: string, tab: TabPlan, geometry: Geometry): Formula {
  const dot = written.lastIndexOf(".");
  const own = geometry.columnAt(tab.id, written) !== null || dot < 1;
  return own
    ? [{ to: "column", tab: null, column: written }]
    : [{ to: "column", tab: written.slice(0, dot), column: written.slice(dot + 1) }];
}

const CHART_COLUMNS = 8;
const CHART_ROWS = 18;

/** Beside the table, one below the other. */
export function xlsxCharts(tab: TabPlan, geometry: Geometry): SheetChart[] {
  if (tab.rows.length === 0) return [];
  const range = (column: string) => {
    const text = renderFormula([{ to: "column", tab: null, column }], tab.id, 0, geometry);
    return `'${geometry.titleOf(tab.id).replaceAll("'", "''")}'!${text}`;
  };
  return tab.charts.map(({ type, title, labels, values, stacked, colors }, index) => {
    const [col, row] = [tab.columns.length + 1, 1 + index * (CHART_ROWS + 1)];
    return {
      type,
      title,
      series: values.map((key, at) => ({
        name: tab.columns.find((column) => column.key === key)?.header ?? key,
        values: range(key),
        categories: range(labels),
        ...(type !== "pie" && colors?.[at] && { color: colors[at].slice(1) }),
      })),
      anchor: { from: { row, col }, to: { row: row + CHART_ROWS, col: col + CHART_COLUMNS } },
      legend: values.length > 1 || type === "pie" ? ("bottom" as const) : false,
      ...(stacked && { barGrouping: "stacked" as const, areaGrouping: "stacked" as const }),
    };
  });
}
