/** What the settings say of each tab, by its id: as the polls chose them, or by a look of our own. */
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../../source.ts";
import type { SheetsApi } from "../sheets-api.ts";
import { chooseTabs, type WantedTab } from "../tab-choice.ts";
import { parseTabList } from "../tab-list.ts";
import { headerOf, type Wanted, withoutBadRange } from "../workbook-reading.ts";
import type { FreshTabWish } from "./fresh-tab.ts";

export interface Wishes {
  /** The tabs that a poll was about. */
  seen(tabs: readonly WantedTab[]): void;
  /** By tab id; a tab that the workbook does not have, or the settings do not choose, is missing. */
  of(
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, FreshTabWish>, SourceError>>;
  /** Looks again: tabs may be gone, named ranges may have moved. */
  look(signal: AbortSignal): Promise<Result<void, SourceError>>;
}

export function createWishes(api: SheetsApi, wanted: Wanted): Wishes {
  let tabs: readonly WantedTab[] = [];

  async function look(signal: AbortSignal): Promise<Result<void, SourceError>> {
    const body = await api.list({ hiddenRows: false }, signal);
    if (!body.ok) return err(withoutBadRange(body.error));
    const list = parseTabList(body.value);
    if (!list.ok) return list;
    tabs = chooseTabs(list.value, wanted, tabs).tabs;
    return ok(undefined);
  }

  return {
    seen(now) {
      tabs = now;
    },
    look,
    async of(ids, signal) {
      const missing = (): boolean => ids.some((id) => !tabs.some((tab) => tab.tabId === id));
      if (missing()) {
        const looked = await look(signal);
        if (!looked.ok) return looked;
      }
      const chosen = tabs.filter((tab) => ids.includes(tab.tabId));
      return ok(new Map(chosen.map((tab) => [tab.tabId, wishOf(tab, wanted)])));
    },
  };
}

function wishOf({ tabId, sheetId, sheetTitle, box, name }: WantedTab, wanted: Wanted): FreshTabWish {
  return {
    tabId,
    sheetId,
    sheetTitle,
    box,
    header: headerOf(wanted, name),
    keyHeader: wanted.keyColumns?.[name],
    leaveOutHidden: wanted.hidden?.rows === false,
  };
}
