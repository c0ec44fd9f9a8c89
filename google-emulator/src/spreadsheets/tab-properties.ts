/** SheetProperties from a request onto a tab. */
import { type FieldMask, overwrite, wants } from "../fields/field-mask.ts";
import { sizeProblem } from "../grid/limits.ts";
import { renameTab } from "../grid/structure.ts";
import type { Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { invalid } from "../http/errors.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import { normalColor } from "./color.ts";

/** Writes the masked properties; `where` names the request in Google's errors. */
export function writeTabProperties(
  workbook: Workbook,
  tab: Tab,
  properties: JsonObject,
  mask: FieldMask,
  where: string,
): void {
  const given = (name: string): boolean =>
    mask === "all" ? properties[name] !== undefined : wants(mask, name);
  if (given("title")) setTitle(workbook, tab, String(properties.title ?? ""), where);
  if (given("gridProperties")) {
    const grid = isObject(properties.gridProperties) ? properties.gridProperties : {};
    setGridProperties(workbook, tab, grid, mask, where);
  }
  if (given("hidden")) {
    const hidden = properties.hidden === true;
    if (hidden && workbook.tabs.every((one) => one === tab || one.state.hidden)) {
      throw invalid(`Invalid ${where}: You can't hide all the sheets in a document.`);
    }
    tab.state.hidden = hidden;
  }
  if (given("rightToLeft")) tab.state.rightToLeft = properties.rightToLeft === true;
  if (given("tabColorStyle")) tab.state.tabColorStyle = colorStyle(properties.tabColorStyle);
  else if (given("tabColor")) {
    const color = properties.tabColor;
    tab.state.tabColorStyle = isObject(color) ? { rgbColor: normalColor(color) } : null;
  }
  if (given("index")) moveTab(workbook, tab, Number(properties.index ?? 0));
}

function setTitle(workbook: Workbook, tab: Tab, title: string, where: string): void {
  if (title === "") throw invalid(`Invalid ${where}: Sheet name cannot be empty.`);
  const other = workbook.tabByTitle(title);
  if (other && other !== tab) {
    throw invalid(
      `Invalid ${where}: A sheet with the name "${title}" already exists. Please enter another name.`,
    );
  }
  renameTab(workbook, tab, title);
}

function setGridProperties(
  workbook: Workbook,
  tab: Tab,
  given: JsonObject,
  mask: FieldMask,
  where: string,
): void {
  const inner = mask === "all" ? "all" : (mask.get("gridProperties") ?? "all");
  const before = tab.state.gridProperties;
  const after = inner === "all" ? { ...before, ...given } : overwrite(before, given, inner);
  const rowCount = Number(after.rowCount ?? before.rowCount);
  const columnCount = Number(after.columnCount ?? before.columnCount);
  const problem = sizeProblem(workbook, tab, { rowCount, columnCount });
  if (problem) throw invalid(`Invalid ${where}: ${problem}`);
  const kept = Object.entries(after).filter(([, value]) => value !== 0 && value !== false);
  tab.state.gridProperties = { ...Object.fromEntries(kept), rowCount, columnCount };
  tab.grid.crop(rowCount, columnCount);
}

/** An index past the tab's own place is counted with the tab still in it, as in Google. */
function moveTab(workbook: Workbook, tab: Tab, index: number): void {
  const now = workbook.tabs.indexOf(tab);
  const others = workbook.tabs.filter((one) => one !== tab);
  const at = index > now ? index - 1 : index;
  workbook.tabs = [...others.slice(0, at), tab, ...others.slice(at)];
}

/** A style without a colour clears it [R]. */
function colorStyle(value: unknown): JsonObject | null {
  if (!isObject(value)) return null;
  const rgb = value.rgbColor;
  if (isObject(rgb)) return { rgbColor: normalColor(rgb) };
  return value.themeColor === undefined ? null : { ...value };
}
