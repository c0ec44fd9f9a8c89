/** What lies over the cells of a tab: validation, conditional formats, charts, protection, names. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { TemplateChart, Validation } from "#contract/templates.ts";
import { type ConditionPlan, columnLetters, renderFormula, type TabPlan } from "../plan.ts";
import { cellFormat, rgb } from "./cells.ts";
import { numberFor } from "./names.ts";
import { columnRange, geometryOf, type Places, type TabPlace, tableRange } from "./places.ts";

type Request = sheets_v4.Schema$Request;
type Condition = sheets_v4.Schema$BooleanCondition;
type GridRange = sheets_v4.Schema$GridRange;

export interface Dressed {
  readonly exportId: string;
  readonly tab: TabPlan;
  readonly place: TabPlace;
  readonly places: Places;
}

export function dressing(dressed: Dressed): Request[] {
  const { exportId, tab, place } = dressed;
  return [
    ...validations(dressed),
    ...(tab.filter ? [{ setBasicFilter: { filter: { range: tableRange(place, "all") } } }] : []),
    ...(tab.banding ? [banding(dressed, tab.banding)] : []),
    ...tab.conditions.flatMap((condition, index) => conditional(dressed, condition, index)),
    ...tab.charts.flatMap((chart, index) => {
      const spec = chartSpec(chart, place);
      return spec
        ? [
            {
              addChart: {
                chart: { chartId: chartId(exportId, tab.id, index), spec, position: anchor(place, index) },
              },
            },
          ]
        : [];
    }),
    ...protections(dressed),
    ...tab.names.flatMap(({ name, column }) => {
      const range = columnRange(place, column);
      const namedRangeId = `sw${numberFor(exportId, tab.id, "name", name)}`;
      return range ? [{ addNamedRange: { namedRange: { namedRangeId, name, range } } }] : [];
    }),
  ];
}

function validations({ tab, place, places }: Dressed): Request[] {
  return tab.columns.flatMap((column) => {
    const range = columnRange(place, column.key);
    const condition = column.validation && conditionOf(column.validation, tab.id, places);
    if (!range || !condition) return [];
    const { strict = false, help } = column.validation!;
    const rule = { condition, strict, showCustomUi: true, ...(help !== undefined && { inputMessage: help }) };
    return [{ setDataValidation: { range, rule } }];
  });
}

function conditionOf(validation: Validation, ownTab: string, places: Places): Condition | null {
  const is = (type: string, ...values: string[]): Condition => ({
    type,
    ...(values.length > 0 && { values: values.map((userEnteredValue) => ({ userEnteredValue })) }),
  });
  switch (validation.type) {
    case "checkbox":
      return is("BOOLEAN");
    case "list":
      return is("ONE_OF_LIST", ...validation.values);
    case "column": {
      const dot = validation.column.indexOf(".");
      const [tab, key] =
        dot < 0
          ? [ownTab, validation.column]
          : [validation.column.slice(0, dot), validation.column.slice(dot + 1)];
      const place = places.get(tab);
      const at = place?.columns.get(key);
      if (!place || at === undefined) return null;
      const letters = columnLetters(at);
      const title = place.title.replaceAll("'", "''");
      return is(
        "ONE_OF_RANGE",
        `='${title}'!$${letters}$${place.headerRow + 2}:$${letters}$${Math.max(place.lastRow, place.headerRow + 1) + 1}`,
      );
    }
    case "number": {
      const { min, max } = validation;
      if (min !== undefined && max !== undefined) return is("NUMBER_BETWEEN", String(min), String(max));
      if (max !== undefined) return is("NUMBER_LESS_THAN_EQ", String(max));
      return is("NUMBER_GREATER_THAN_EQ", String(min ?? -1e300));
    }
    case "date": {
      const { from, to } = validation;
      if (from !== undefined && to !== undefined)
        return is("DATE_BETWEEN", dateFormula(from), dateFormula(to));
      if (from !== undefined) return is("DATE_ON_OR_AFTER", dateFormula(from));
      return to === undefined ? is("DATE_IS_VALID") : is("DATE_ON_OR_BEFORE", dateFormula(to));
    }
  }
}

/** A text would be read by the workbook's locale. */
function dateFormula(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  return `=DATE(${year},${month},${day})`;
}

function banding(
  { exportId, tab, place }: Dressed,
  { first, second }: { first: string; second: string },
): Request {
  const rowProperties = {
    firstBandColorStyle: { rgbColor: rgb(first) },
    secondBandColorStyle: { rgbColor: rgb(second) },
  };
  const range = { ...tableRange(place, "all"), startRowIndex: place.headerRow + 1 };
  return {
    addBanding: {
      bandedRange: { bandedRangeId: numberFor(exportId, tab.id, "banding"), range, rowProperties },
    },
  };
}

function conditional({ tab, place, places }: Dressed, condition: ConditionPlan, index: number): Request[] {
  const ranges = condition.columns.flatMap((key) => columnRange(place, key) ?? []);
  if (ranges.length === 0) return [];
  if (condition.type === "scale") {
    const { low, middle, high } = condition;
    const at = (type: string, color: string, value?: string) => ({
      type,
      colorStyle: { rgbColor: rgb(color) },
      ...(value !== undefined && { value }),
    });
    const gradientRule = {
      minpoint: at("MIN", low),
      ...(middle !== null && { midpoint: at("PERCENTILE", middle, "50") }),
      maxpoint: at("MAX", high),
    };
    return [{ addConditionalFormatRule: { index, rule: { ranges, gradientRule } } }];
  }
  const found = ruleCondition(condition, tab.id, place, places);
  if (!found) return [];
  const booleanRule = { condition: found, format: cellFormat(condition.style) };
  return [{ addConditionalFormatRule: { index, rule: { ranges, booleanRule } } }];
}

function ruleCondition(
  condition: Exclude<ConditionPlan, { type: "scale" }>,
  tab: string,
  place: TabPlace,
  places: Places,
): Condition | null {
  const is = (type: string, ...values: (string | number)[]): Condition => ({
    type,
    ...(values.length > 0 && { values: values.map((value) => ({ userEnteredValue: String(value) })) }),
  });
  switch (condition.type) {
    case "below":
      return is("NUMBER_LESS", condition.value);
    case "above":
      return is("NUMBER_GREATER", condition.value);
    case "equal":
      return is("NUMBER_EQ", condition.value);
    case "between":
      return is("NUMBER_BETWEEN", condition.from, condition.to);
    case "is":
      return is("TEXT_EQ", condition.text);
    case "contains":
      return is("TEXT_CONTAINS", condition.text);
    case "blank":
      return is("BLANK");
    case "filled":
      return is("NOT_BLANK");
    case "formula": {
      const text = renderFormula(condition.formula, tab, place.headerRow + 1, geometryOf(places));
      return text === null ? null : is("CUSTOM_FORMULA", text);
    }
  }
}

export function chartId(exportId: string, tab: string, index: number): number {
  return numberFor(exportId, tab, "chart", index);
}

/** Null when a column that it draws is gone. */
export function chartSpec(chart: TemplateChart, place: TabPlace): sheets_v4.Schema$ChartSpec | null {
  const sources = (key: string) => {
    const range = columnRange(place, key, true);
    return range ? { sourceRange: { sources: [range] } } : null;
  };
  const domain = sources(chart.labels);
  const values = chart.values.map(sources);
  if (!domain || values.some((one) => one === null)) return null;
  if (chart.type === "pie") {
    return { title: chart.title, pieChart: { domain, series: values[0]!, legendPosition: "RIGHT_LEGEND" } };
  }
  const targetAxis = chart.type === "bar" ? "BOTTOM_AXIS" : "LEFT_AXIS";
  const series = values.map((series, index) => {
    const color = chart.colors?.[index];
    return { series: series!, targetAxis, ...(color && { colorStyle: { rgbColor: rgb(color) } }) };
  });
  const basicChart = {
    chartType: chart.type.toUpperCase(),
    domains: [{ domain }],
    series,
    headerCount: 1,
    legendPosition: series.length > 1 ? "BOTTOM_LEGEND" : "NO_LEGEND",
    ...(chart.stacked && { stackedType: "STACKED" }),
  };
  return { title: chart.title, basicChart };
}

/** Beside the table, one below the other; Google's own height of a chart is about 18 rows. */
function anchor(
  { sheetId, headerRow, columns }: TabPlace,
  index: number,
): sheets_v4.Schema$EmbeddedObjectPosition {
  const columnIndex = Math.max(...columns.values()) + 2;
  return { overlayPosition: { anchorCell: { sheetId, rowIndex: headerRow + 1 + index * 20, columnIndex } } };
}

function protections({ exportId, tab, place }: Dressed): Request[] {
  const add = (range: GridRange | null, part: string, strict: boolean, description: string): Request[] =>
    range
      ? [
          {
            addProtectedRange: {
              protectedRange: {
                protectedRangeId: numberFor(exportId, tab.id, "protected", part),
                range,
                description,
                warningOnly: !strict,
              },
            },
          },
        ]
      : [];
  const { keyColumn } = tab;
  const known = tab.protections.some(({ part, column }) => part === "column" && column === keyColumn);
  const own =
    keyColumn === null || known
      ? []
      : add(
          columnRange(place, keyColumn),
          "key",
          false,
          "Rows are known by these values: updates go by them.",
        );
  const asked = tab.protections.flatMap(({ part, column, strict = false, description }, index) => {
    const range =
      part === "header"
        ? tableRange(place, "header")
        : part === "totals"
          ? totalsRange(place)
          : part === "tab"
            ? { sheetId: place.sheetId }
            : columnRange(place, column ?? "");
    return add(range, `${part} ${index}`, strict, description ?? `Kept by the export: ${part}`);
  });
  return [...own, ...asked];
}

function totalsRange(place: TabPlace): GridRange | null {
  const { totalsRow } = place;
  if (totalsRow === null) return null;
  return { ...tableRange(place, "header"), startRowIndex: totalsRow, endRowIndex: totalsRow + 1 };
}
