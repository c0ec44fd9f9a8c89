/** Which tabs a workbook has, and which of them a source wants. */
import { ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { malformed, parseJson } from "./value-ranges.ts";

export interface ListedTab {
  readonly sheetId: number;
  readonly title: string;
  readonly hidden: boolean;
  /** A chart sheet or a connected database has no cells. */
  readonly hasCells: boolean;
}

/** In the workbook's order. */
export function parseTabList(body: Uint8Array): Result<ListedTab[], SourceError> {
  const answer = parseJson(body);
  if (!answer.ok) return answer;
  const sheets = (answer.value as { sheets?: unknown } | null)?.sheets;
  if (!Array.isArray(sheets) || sheets.length === 0) return malformed("sheets", "should be a list of tabs");
  const tabs: (ListedTab & { index: number })[] = [];
  for (const [position, sheet] of sheets.entries()) {
    const properties = (sheet as { properties?: Record<string, unknown> } | null)?.properties;
    // Google leaves out a 0 where a field is not required: the first sheet's id may be missing.
    const { sheetId = 0, title, index = position, hidden = false, sheetType = "GRID" } = properties ?? {};
    if (typeof sheetId !== "number" || typeof title !== "string" || typeof index !== "number") {
      return malformed(`sheets[${position}].properties`, "should have a sheetId and a title");
    }
    tabs.push({ sheetId, title, index, hidden: hidden === true, hasCells: sheetType === "GRID" });
  }
  return ok(tabs.sort((a, b) => a.index - b.index));
}

export interface Choice {
  readonly tabs: readonly WantedTab[];
  /** What was not chosen and why, each a sentence. */
  readonly notices: readonly string[];
}

export interface WantedTab {
  readonly sheetId: number;
  readonly title: string;
  /** What the settings call it: the title that it had when first seen. */
  readonly name: string;
}

/**
 * Without `titles` all tabs that can be seen; a hidden tab only by its title. A tab that was `known` stays
 * chosen when it is renamed, unless another tab took its title over.
 */
export function chooseTabs(
  listed: readonly ListedTab[],
  titles: readonly string[] | undefined,
  known: readonly WantedTab[],
): Choice {
  const notices: string[] = [];
  const tabs: WantedTab[] = [];
  const taken = new Set(listed.map((tab) => tab.title));
  for (const { sheetId, title, hidden, hasCells } of listed) {
    const before = known.find((tab) => tab.sheetId === sheetId)?.name;
    const name = before === undefined || taken.has(before) ? title : before;
    const named = titles?.includes(name) ?? false;
    if (titles && !named) continue;
    if (hidden && !named) {
      notices.push(`The hidden tab "${title}" is not synced: name it under "tabs" to sync it.`);
    } else if (!hasCells) {
      notices.push(`The tab "${title}" is not synced: it is a chart or a connected table, without cells.`);
    } else tabs.push({ sheetId, title, name });
  }
  for (const title of new Set(titles)) {
    if (taken.has(title) || tabs.some((tab) => tab.name === title)) continue;
    notices.push(`The workbook has no tab "${title}": correct the title under "tabs".`);
  }
  return { tabs, notices };
}
