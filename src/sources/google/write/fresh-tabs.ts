/** The touched tabs of a batch as they stand, each with all of it at one moment. */
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../../source.ts";
import { sameBox } from "../a1.ts";
import type { CallError } from "../problems.ts";
import type { SheetsApi } from "../sheets-api.ts";
import { withoutBadRange } from "../workbook-reading.ts";
import { type FreshTab, type FreshTabWish, freshTab, parseSheets } from "./fresh-tab.ts";
import { readLargeTab } from "./large-fresh-tab.ts";
import type { Wishes } from "./wishes.ts";

/** A tab may go, or a named range move, between two looks at the workbook, but hardly each time. */
const ATTEMPTS = 3;

/** Cells of which all is read in one call, at some 200 bytes each: 10 MB. Of larger tabs only some rows are. */
export const FACT_CELLS_MAX = 50_000;

export interface FreshAsk {
  readonly tabId: string;
  /** About how many there are. */
  readonly cells: number;
  /** Rows of the grid that something is to be done with, in a tab of which only the values are known yet. */
  rows(tab: FreshTab): readonly number[];
}

export interface FreshDeps {
  readonly api: SheetsApi;
  readonly wishes: Wishes;
  readonly factCellsMax: number;
}

/** By tab id; a tab that is gone is missing. */
export async function readFreshTabs(
  { api, wishes, factCellsMax }: FreshDeps,
  asks: readonly FreshAsk[],
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<string, FreshTab>, SourceError>> {
  let error: SourceError = CHANGED;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const wanted = await wishes.of(
      asks.map(({ tabId }) => tabId),
      signal,
    );
    if (!wanted.ok) return wanted;
    const read = await readAll(api, [...wanted.value.values()], asks, factCellsMax, signal);
    if (read.ok && read.value !== "moved") return ok(read.value);
    if (!read.ok) {
      error = withoutBadRange(read.error);
      // A tab that is gone spoils the whole call, as a bad request.
      if (read.error.tag !== "Malformed" && read.error.tag !== "BadRange") return err(error);
    }
    const looked = await wishes.look(signal);
    if (!looked.ok) return looked;
  }
  return err(error);
}

const CHANGED: SourceError = {
  tag: "Unreachable",
  detail: "The workbook's tabs changed while they were read",
};

async function readAll(
  api: SheetsApi,
  wishes: readonly FreshTabWish[],
  asks: readonly FreshAsk[],
  factCellsMax: number,
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<string, FreshTab> | "moved", CallError>> {
  const tabs = new Map<string, FreshTab>();
  const small: FreshTabWish[] = [];
  for (const wish of wishes) {
    const ask = asks.find(({ tabId }) => tabId === wish.tabId)!;
    // Which rows are hidden is told with all of them alone.
    if (ask.cells <= factCellsMax || wish.leaveOutHidden) {
      small.push(wish);
      continue;
    }
    const tab = await readLargeTab(api, wish, ask.rows, signal);
    if (!tab.ok) return tab;
    if (tab.value === "moved") return ok("moved");
    if (tab.value) tabs.set(wish.tabId, tab.value);
  }
  for (const group of oncePerSheet(small)) {
    const body = await api.facts(group, signal);
    if (!body.ok) return body;
    const answers = parseSheets(body.value);
    if (!answers.ok) return answers;
    const { sheets, namedRanges } = answers.value;
    for (const wish of group) {
      const named = namedRanges.get(wish.tabId);
      if (named && (named.sheetId !== wish.sheetId || !sameBox(named.box, wish.box))) return ok("moved");
      const tab = freshTab(wish, sheets);
      if (tab) tabs.set(wish.tabId, tab);
    }
  }
  return ok(tabs);
}

/** Of two parts of one sheet an answer would not say which block is which. */
function oncePerSheet(wishes: readonly FreshTabWish[]): FreshTabWish[][] {
  const groups: FreshTabWish[][] = [];
  for (const wish of wishes) {
    const group = groups.find((one) => one.every(({ sheetId }) => sheetId !== wish.sheetId));
    if (group) group.push(wish);
    else groups.push([wish]);
  }
  return groups;
}
