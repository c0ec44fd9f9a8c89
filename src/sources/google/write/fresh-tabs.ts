/** The touched tabs of a batch as they stand, each with all of it at one moment. */
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../../source.ts";
import { sameBox } from "../a1.ts";
import type { CallError } from "../problems.ts";
import type { SheetsApi } from "../sheets-api.ts";
import { withoutBadRange } from "../workbook-reading.ts";
import { type FreshTab, type FreshTabWish, freshTab, parseSheets } from "./fresh-tab.ts";
import type { Wishes } from "./wishes.ts";

/** A tab may go, or a named range move, between two looks at the workbook, but hardly each time. */
const ATTEMPTS = 3;

/** By tab id; a tab that is gone is missing. */
export async function readFreshTabs(
  { api, wishes }: { readonly api: SheetsApi; readonly wishes: Wishes },
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<string, FreshTab>, SourceError>> {
  let error: SourceError = CHANGED;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const wanted = await wishes.of(ids, signal);
    if (!wanted.ok) return wanted;
    const read = await readAll(api, [...wanted.value.values()], signal);
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
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<string, FreshTab> | "moved", CallError>> {
  const tabs = new Map<string, FreshTab>();
  for (const group of oncePerSheet(wishes)) {
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
