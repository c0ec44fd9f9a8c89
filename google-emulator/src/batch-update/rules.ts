/** Requests for conditional formats: rules in an order of their own on each tab. */
import type { ConditionalFormat, Tab } from "../grid/tab.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { shownRange } from "../ranges/box.ts";
import { withNormalColors } from "../spreadsheets/color.ts";
import { type Apply, type Batch, fail, numberIn, objectIn, rangeIn, tabIn } from "./request.ts";

export const addConditionalFormatRule: Apply = (batch, request) => {
  const { tab, rule } = ruleIn(batch, request);
  tab.state.conditionalFormats.splice(numberIn(request, "index") ?? 0, 0, rule);
  return {};
};

/** Replaces the rule at an index, or moves it to another. */
export const updateConditionalFormatRule: Apply = (batch, request) => {
  const index = numberIn(request, "index") ?? 0;
  const newIndex = numberIn(request, "newIndex");
  const given = isObject(request.rule) ? ruleIn(batch, request) : null;
  const tab = given?.tab ?? tabIn(batch, numberIn(request, "sheetId"));
  const { conditionalFormats } = tab.state;
  const old = conditionalFormats[index] ?? fail(batch, "No conditional format on sheet at index.");
  if (given) {
    conditionalFormats[index] = given.rule;
    const newRule = shownRule(given.rule);
    return { updateConditionalFormatRule: { newRule, newIndex: index, oldRule: shownRule(old) } };
  }
  const to = newIndex ?? fail(batch, "Either rule or newIndex must be set.");
  if (to < 0 || to > conditionalFormats.length) fail(batch, "newIndex is out of bounds.");
  conditionalFormats.splice(index, 1);
  conditionalFormats.splice(to > index ? to - 1 : to, 0, old);
  return { updateConditionalFormatRule: { newRule: shownRule(old), newIndex: to, oldIndex: index } };
};

export const deleteConditionalFormatRule: Apply = (batch, request) => {
  const { conditionalFormats } = tabIn(batch, numberIn(request, "sheetId")).state;
  const [gone] = conditionalFormats.splice(numberIn(request, "index") ?? 0, 1);
  if (!gone) fail(batch, "No conditional format on sheet at index.");
  return { deleteConditionalFormatRule: { rule: shownRule(gone) } };
};

function ruleIn(batch: Batch, request: JsonObject): { tab: Tab; rule: ConditionalFormat } {
  const rule = objectIn(request, "rule");
  const ranges = Array.isArray(rule.ranges) ? rule.ranges.filter(isObject) : [];
  const first = ranges[0] ?? fail(batch, "A rule needs at least one range.");
  const tab = tabIn(batch, numberIn(first, "sheetId"));
  const own = ranges.map((range) => ({ ...rangeIn(batch, { range }), sheetId: tab.id }));
  return { tab, rule: { ...withNormalColors(rule), ranges: own } };
}

function shownRule(rule: ConditionalFormat): JsonObject {
  return { ...rule, ranges: rule.ranges.map(shownRange) };
}
