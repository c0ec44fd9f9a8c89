/**
 * What the source must remember from one poll to the next. It travels in the opaque revision, so that the source
 * itself holds nothing and a restart loses nothing.
 */
import type { NumberFormat } from "../../model/mapping.ts";
import type { Revision } from "../source.ts";

export interface WorkbookState {
  /** Of the settings that shape the snapshot: other settings make another snapshot of the same content. */
  readonly settings: string;
  /** Of the values' bodies: equal bytes are equal values (Google's answers are byte-stable). */
  readonly body: string;
  /** When the list of tabs and the formats were last read: wall time, and polls since. */
  readonly structureAtMs: number;
  readonly polls: number;
  readonly tabs: readonly TabState[];
  /** About the workbook, not about one tab. */
  readonly notices: readonly string[];
}

/** Everything that decides a tab's snapshot: equal states are equal snapshots. */
export interface TabState {
  readonly sheetId: number;
  readonly title: string;
  /** What the settings call it: see WantedTab. */
  readonly name: string;
  readonly values: string;
  /** Of the header row and the width: where it changes, formats must be read again. */
  readonly shape: string;
  readonly headerRow: number;
  /** Of the grid as read. */
  readonly height: number;
  readonly width: number;
  /** By column; where the tab is blank, none. */
  readonly formats: readonly (NumberFormat | null)[];
  /** Headers that are not text, as the sheet shows them, by column. */
  readonly shownHeaders: readonly (string | null)[];
  /** Of the cells that read like errors, and those of them that are text: [row, column]. */
  readonly suspects: string;
  readonly texts: readonly (readonly [row: number, column: number])[];
  readonly notices: readonly string[];
}

/** Raised whenever a field changes its meaning: an older revision then counts as none. */
const VERSION = 1;

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

/** Wyhash, 64 bits: two contents of one workbook meet by chance once in 10^19 polls. */
export function hashOf(content: string | Uint8Array): string {
  return Bun.hash(content).toString(36);
}
