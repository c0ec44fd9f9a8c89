/**
 * What the source must remember from one poll to the next. It travels in the opaque revision, so that the source
 * itself holds nothing and a restart loses nothing.
 */
import type { NumberFormat } from "../../model/mapping.ts";
import type { Revision } from "../source.ts";
import type { Choice, WantedTab } from "./tab-choice.ts";

export interface WorkbookState extends Choice {
  /** Of the settings that shape the snapshot: other settings make another snapshot of the same content. */
  readonly settings: string;
  /** Of the values' bodies: equal bytes are equal values (Google's answers are byte-stable). Windows excepted. */
  readonly body: string;
  /** When the workbook and the formats were last looked at: wall time, and polls since. */
  readonly structureAtMs: number;
  readonly polls: number;
  readonly tabs: readonly TabState[];
  /** By tabId, which window of a large table is looked at next. */
  readonly cursors: Readonly<Record<string, number>>;
}

/** Everything that decides a tab's snapshot: equal states are equal snapshots. */
export interface TabState extends WantedTab {
  readonly values: string;
  /** Of the header row and the width: where it changes, formats must be read again. */
  readonly shape: string;
  /** In the grid; -1 without a header. */
  readonly headerRow: number;
  /** In the grid: the first row below the header. */
  readonly firstRow: number;
  /** Where the cells that were read begin, and how far they reach. */
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
  /** About what the cells take in an answer. */
  readonly bytes: number;
  readonly cells: number;
  /** By column; where the tab is blank, none. */
  readonly formats: readonly (NumberFormat | null)[];
  /** Headers that are not text, as the sheet shows them, by column. */
  readonly shownHeaders: readonly (string | null)[];
  /** Of the cells that read like errors, and those of them that are text: [row, column]. */
  readonly suspects: string;
  readonly texts: readonly (readonly [row: number, column: number])[];
  /** Of the formulas; empty where they are not synced. */
  readonly formulas: string;
  /** Null: it fits one answer together with others. */
  readonly windows: readonly TableWindow[] | null;
  /** More than a source takes: nothing of it is synced. */
  readonly tooLarge: boolean;
  readonly notices: readonly string[];
}

/** Some rows of a large table, read by themselves. */
export interface TableWindow {
  /** In the grid. */
  readonly row: number;
  /** Null: down to the end of the table. */
  readonly endRow: number | null;
  /** Of its answer. */
  readonly hash: string;
}

/** Raised whenever a field changes its meaning: an older revision then counts as none. */
const VERSION = 2;

export function formatRevision(state: WorkbookState): Revision {
  return JSON.stringify({ version: VERSION, ...state });
}

/** Null for no revision, one of another version, or one made under other settings: everything is read anew. */
export function parseRevision(revision: Revision | null, settings: string): WorkbookState | null {
  if (revision === null) return null;
  try {
    const parsed = JSON.parse(revision) as (WorkbookState & { version?: unknown }) | null;
    return parsed?.version === VERSION && parsed.settings === settings ? parsed : null;
  } catch {
    return null;
  }
}

/** As if these tabs had held something else. */
export function withoutValues(state: WorkbookState, tabIds: ReadonlySet<string>): WorkbookState {
  if (!state.tabs.some(({ tabId }) => tabIds.has(tabId))) return state;
  const tabs = state.tabs.map((tab) => {
    if (!tabIds.has(tab.tabId)) return tab;
    return { ...tab, values: "", windows: tab.windows?.map((window) => ({ ...window, hash: "" })) ?? null };
  });
  return { ...state, body: "", tabs };
}

/** Wyhash, 64 bits: two contents of one workbook meet by chance once in 10^19 polls. */
export function hashOf(content: string | Uint8Array): string {
  return Bun.hash(content).toString(36);
}
