/** Styles and conditional formats as Excel has them. */

import type { ConditionalRule, CellStyle as XlsxStyle } from "hucre/xlsx";
import type { CellStyle } from "#contract/templates.ts";
import { type ConditionPlan, columnLetters, type Geometry, renderFormula, type TabPlan } from "../plan.ts";

export function xlsxStyle(style: CellStyle): XlsxStyle {
  const { bold, italic, color, background, size, font, align, vertical, wrap } = style;
  const fontStyle = {
    ...(bold && { bold }),
    ...(italic && { italic }),
    ...(color !== undefined && { color: { rgb: color.slice(1) } }),
    ...(size !== undefined && { size }),
    ...(font !== undefined && { name: font }),
  };
  const alignment = {
    ...(align && { horizontal: align }),
    ...(vertical && { vertical: vertical === "middle" ? ("center" as const) : vertical }),
    ...(wrap && { wrapText: true }),
  };
  return {
    ...(Object.keys(fontStyle).length > 0 && { font: fontStyle }),
    ...(background !== undefined && { fill: solid(background) }),
    ...(Object.keys(alignment).length > 0 && { alignment }),
  };
}

/** The bands come last: Excel has no other way to colour every second row for good. */
export function xlsxConditions(tab: TabPlan, geometry: Geometry): ConditionalRule[] {
  const rules: ConditionalRule[] = [];
  for (const condition of tab.conditions) {
    for (const column of condition.columns) {
      const at = geometry.columnAt(tab.id, column);
      const rule = at === null ? null : ruleOf(condition, { tab, at, geometry });
      if (rule) rules.push({ ...rule, priority: rules.length + 1 });
    }
  }
  if (tab.banding && tab.columns.length > 0) {
    const range = `A2:${columnLetters(tab.columns.length - 1)}${Math.max(2, tab.rows.length + 1)}`;
    for (const [remainder, color] of [tab.banding.first, tab.banding.second].entries()) {
      const formula = `MOD(ROW(),2)=${remainder}`;
      rules.push({
        type: "expression",
        priority: rules.length + 1,
        range,
        formula,
        style: { fill: solid(color) },
      });
    }
  }
  return rules;
}

function ruleOf(
  condition: ConditionPlan,
  { tab, at, geometry }: { tab: TabPlan; at: number; geometry: Geometry },
): Omit<ConditionalRule, "priority"> | null {
  const letter = columnLetters(at);
  const first = `${letter}2`;
  const range = `${first}:${letter}${Math.max(2, tab.rows.length + 1)}`;
  const style = xlsxStyle(condition.style);
  const expression = (formula: string) => ({ type: "expression" as const, range, style, formula });
  switch (condition.type) {
    case "below":
      return { type: "cellIs", operator: "lessThan", range, style, formula: String(condition.value) };
    case "above":
      return { type: "cellIs", operator: "greaterThan", range, style, formula: String(condition.value) };
    case "equal":
      return expression(`AND(ISNUMBER($${first}),$${first}=${condition.value})`);
    case "between":
      return {
        type: "cellIs",
        operator: "between",
        range,
        style,
        formula: [String(condition.from), String(condition.to)],
      };
    case "is":
      return expression(`$${first}=${quoted(condition.text)}`);
    case "contains":
      return expression(`ISNUMBER(SEARCH(${quoted(condition.text)},$${first}))`);
    case "blank":
      return expression(`LEN($${first})=0`);
    case "filled":
      return expression(`LEN($${first})>0`);
    case "formula": {
      const formula = renderFormula(condition.formula, tab.id, 1, geometry);
      return formula === null ? null : expression(formula.slice(1));
    }
    case "scale": {
      const colors = [condition.low, condition.middle, condition.high].filter((color) => color !== null);
      const middle = { type: "percentile" as const, value: "50" };
      const cfvo = [
        { type: "min" as const },
        ...(condition.middle === null ? [] : [middle]),
        { type: "max" as const },
      ];
      return {
        type: "colorScale",
        range,
        colorScale: { cfvo, colors: colors.map((color) => `FF${color.slice(1)}`) },
      };
    }
  }
}

/** In a conditional format the background counts, in a cell the foreground. */
function solid(color: string) {
  const rgb = color.slice(1);
  return { type: "pattern" as const, pattern: "solid" as const, fgColor: { rgb }, bgColor: { rgb } };
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
