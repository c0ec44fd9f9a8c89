/** Which conditional formats hold of a cell, and what they make of its looks. */
import type { CellValue } from "#contract/cell.ts";
import type { CellStyle } from "#contract/templates.ts";
import type { Computed } from "../compute/compute.ts";
import type { ConditionPlan, TabPlan } from "../plan.ts";

export interface Conditions {
  /** Of the cell with this value; the first condition that sets something wins. */
  styleOf(column: string, row: number, value: CellValue): CellStyle;
}

interface Spread {
  readonly lowest: number;
  readonly highest: number;
}

export function createConditions(tab: TabPlan, computed: Computed): Conditions {
  const spreads = new Map(
    tab.conditions
      .filter(({ type }) => type === "scale")
      .map((rule) => [rule, spreadOf(rule, tab, computed)]),
  );

  function styleBy(rule: ConditionPlan, row: number, value: CellValue): CellStyle | null {
    if (rule.type === "scale") {
      const spread = spreads.get(rule);
      if (!spread || typeof value !== "number") return null;
      return { background: scaleColor(rule, spread, value) };
    }
    if (rule.type === "formula") return computed.at(tab.id, row, rule.formula) === true ? rule.style : null;
    return holds(rule, value) ? rule.style : null;
  }

  return {
    styleOf(column, row, value) {
      let style: CellStyle = {};
      for (const rule of tab.conditions) {
        if (rule.columns.includes(column)) style = { ...styleBy(rule, row, value), ...style };
      }
      return style;
    },
  };
}

type Plain = Exclude<ConditionPlan, { type: "scale" | "formula" }>;

function holds(rule: Plain, value: CellValue): boolean {
  switch (rule.type) {
    case "blank":
      return value === null || value === "";
    case "filled":
      return value !== null && value !== "";
    case "is":
      return typeof value === "string" && value.toLowerCase() === rule.text.toLowerCase();
    case "contains":
      return typeof value === "string" && value.toLowerCase().includes(rule.text.toLowerCase());
    default:
      return typeof value === "number" && compares(rule, value);
  }
}

function compares(
  rule: Extract<Plain, { type: "below" | "above" | "equal" | "between" }>,
  value: number,
): boolean {
  switch (rule.type) {
    case "below":
      return value < rule.value;
    case "above":
      return value > rule.value;
    case "equal":
      return value === rule.value;
    case "between":
      return value >= rule.from && value <= rule.to;
  }
}

function spreadOf({ columns }: ConditionPlan, tab: TabPlan, computed: Computed): Spread | null {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const key of columns) {
    for (const value of computed.column(tab.id, key) ?? []) {
      if (typeof value !== "number") continue;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  return highest >= lowest ? { lowest, highest } : null;
}

function scaleColor(
  { low, middle, high }: Extract<ConditionPlan, { type: "scale" }>,
  { lowest, highest }: Spread,
  value: number,
): string {
  const place = highest === lowest ? 0 : (value - lowest) / (highest - lowest);
  if (middle === null) return mixed(low, high, place);
  return place < 0.5 ? mixed(low, middle, place * 2) : mixed(middle, high, place * 2 - 1);
}

function mixed(from: string, to: string, place: number): string {
  const part = (color: string, at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  const both = [1, 3, 5].map((at) => Math.round(part(from, at) + (part(to, at) - part(from, at)) * place));
  return `#${both.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
