/** Which tables of a workbook a source wants: whole tabs, ranges of tabs, named ranges. */
import type { HiddenParts, WorkbookAnswer } from "#contract/rest.ts";
import type { RowRun } from "../../model/snapshot.ts";
import { type Box, formatBox, parseBox, rangeOf, WHOLE_TAB } from "./a1.ts";
import { type ListedTab, mergesWithin, type NamedRange, type WorkbookList } from "./tab-list.ts";

export interface Choice {
  readonly workbook: WorkbookAnswer;
  readonly tabs: readonly WantedTab[];
  /** What was not chosen and why, each a sentence. */
  readonly notices: readonly string[];
}

export interface WantedTab {
  /** The sheetId; of a range, with its place or the named range's id. */
  readonly tabId: string;
  readonly sheetId: number;
  readonly title: string;
  /** What the settings call it: the title that it had when first seen, or the entry of `tabs`. */
  readonly name: string;
  /** Of the tab it stands in. */
  readonly sheetTitle: string;
  readonly box: Box;
  /** What Google is asked for. */
  readonly range: string;
  /** Of the grid within `box`, filled or not, when it was listed. */
  readonly rows: number;
  readonly columns: number;
  /** As A1 ranges. */
  readonly merges: readonly string[];
  /** Rows of the grid to leave out. */
  readonly hiddenRows: readonly RowRun[];
}

export interface ChoiceSettings {
  readonly tabs?: readonly string[] | undefined;
  readonly hidden?: HiddenParts | undefined;
}

/** What of earlier choices decides later ones. */
type Known = Pick<WantedTab, "tabId" | "sheetId" | "name">;

/**
 * Without `tabs` all tabs that can be seen, and the hidden ones by choice; with it what its entries name. A tab that
 * was `known` stays chosen when it is renamed, unless another tab took its title over.
 */
export function chooseTabs(list: WorkbookList, wanted: ChoiceSettings, known: readonly Known[]): Choice {
  const notices: string[] = [];
  const tabs: WantedTab[] = [];
  const entries = new Set(wanted.tabs);
  const titles = new Set(list.tabs.map((tab) => tab.title));
  const nameOf = (tab: ListedTab): string => {
    const before = known.find((one) => one.tabId === String(tab.sheetId))?.name;
    return before === undefined || titles.has(before) ? tab.title : before;
  };
  const found = new Set<string>();
  const chosenParts = [...entries].flatMap((entry) => {
    if (titles.has(entry)) return [];
    const part = findPart(entry, list, known);
    return part ? [{ entry, ...part }] : [];
  });
  for (const tab of list.tabs) {
    const name = nameOf(tab);
    const named = entries.has(name);
    const parts = chosenParts.filter(({ sheetId }) => sheetId === tab.sheetId);
    for (const entry of [...(named ? [name] : []), ...parts.map((part) => part.entry)]) found.add(entry);
    const whole = named || (!wanted.tabs && (!tab.hidden || wanted.hidden?.tabs === true));
    if (!tab.hasCells && (whole || parts.length > 0)) {
      notices.push(
        `The tab "${tab.title}" is not synced: it is a chart or a connected table, without cells.`,
      );
      continue;
    }
    if (whole) tabs.push(wantedTab(tab, { tabId: String(tab.sheetId), title: tab.title, name }));
    else if (tab.hidden && !wanted.tabs) {
      notices.push(`The hidden tab "${tab.title}" is not synced: name it under "tabs" to sync it.`);
    }
    for (const { entry, ...part } of parts) {
      if (part.box.row < tab.rows && part.box.column < tab.columns) {
        tabs.push(wantedTab(tab, { ...part, name: entry }));
        continue;
      }
      const size = `${tab.rows} rows and ${tab.columns} columns`;
      notices.push(
        `"${entry}" is not synced: the tab "${tab.title}" ends before it, with ${size}. Correct it under "tabs".`,
      );
    }
  }
  for (const entry of entries) {
    if (found.has(entry)) continue;
    notices.push(`The workbook has no tab, range or named range "${entry}": correct it under "tabs".`);
  }
  return { workbook: list.facts, tabs, notices };
}

interface Part {
  readonly sheetId: number;
  readonly tabId: string;
  readonly title: string;
  readonly box: Box;
  readonly range?: string;
}

/** The named range, or the range of a tab, that an entry means. */
function findPart(entry: string, { tabs, namedRanges }: WorkbookList, known: readonly Known[]): Part | null {
  const before = known.find((one) => one.name === entry);
  const named =
    namedRanges.find((one) => one.name === entry) ??
    namedRanges.find((one) => namedId(one) === before?.tabId);
  if (named) return partOf(named);
  const mark = entry.lastIndexOf("!");
  const box = mark < 0 ? null : parseBox(entry.slice(mark + 1));
  if (!box) return null;
  const title = entry
    .slice(0, mark)
    .replace(/^'(.*)'$/s, (_, quoted: string) => quoted.replaceAll("''", "'"));
  const tab = tabs.find((one) => one.title === title) ?? tabs.find((one) => one.sheetId === before?.sheetId);
  if (!tab) return null;
  const place = entry.slice(mark + 1);
  return {
    sheetId: tab.sheetId,
    tabId: `${tab.sheetId}!${formatBox(box)}`,
    title: `${tab.title}!${place}`,
    box,
  };
}

function partOf(named: NamedRange): Part {
  // Asked for by its name: Google moves it along with its cells, whenever that happens.
  const { sheetId, name, box } = named;
  return { sheetId, tabId: namedId(named), title: name, box, range: name };
}

function namedId({ id }: NamedRange): string {
  return `named ${id}`;
}

function wantedTab(
  tab: ListedTab,
  part: { tabId: string; title: string; name: string; box?: Box; range?: string },
): WantedTab {
  const { tabId, title, name, box = WHOLE_TAB } = part;
  return {
    tabId,
    sheetId: tab.sheetId,
    title,
    name,
    sheetTitle: tab.title,
    box,
    range: part.range ?? rangeOf(tab.title, box),
    rows: Math.min(box.endRow ?? tab.rows, tab.rows) - box.row,
    columns: Math.min(box.endColumn ?? tab.columns, tab.columns) - box.column,
    merges: mergesWithin(tab.merges, box),
    hiddenRows: tab.hiddenRows,
  };
}
