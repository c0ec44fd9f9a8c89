/** What a feed's next poll must know of the last good one. It travels in the opaque revision. */
import type { Revision } from "../source.ts";

export interface FeedState {
  /** Of the settings that shape the snapshot. */
  readonly settings: string;
  /** Validators of the first page's answer, for the next request's conditions. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** Of all pages' bytes: equal ones are equal content. */
  readonly body: string;
  readonly bytes: number;
  readonly tabs: readonly FeedTabState[];
  readonly notices: readonly string[];
}

export interface FeedTabState {
  readonly tabId: string;
  readonly title: string;
  readonly rows: number;
  readonly fields: readonly string[];
  readonly content: string;
}

/** Raised whenever a field changes its meaning: an older revision then counts as none. */
const VERSION = 1;

export function formatRevision(state: FeedState): Revision {
  return JSON.stringify({ version: VERSION, ...state });
}

/** Null for no revision, one of another version, or one made under other settings: everything is read anew. */
export function parseRevision(revision: Revision | null, settings: string): FeedState | null {
  if (revision === null) return null;
  try {
    const parsed = JSON.parse(revision) as (FeedState & { version?: unknown }) | null;
    return parsed?.version === VERSION && parsed.settings === settings ? parsed : null;
  } catch {
    return null;
  }
}

/** As if these tabs had held something else. */
export function withoutContent(state: FeedState, tabIds: ReadonlySet<string>): FeedState {
  if (!state.tabs.some(({ tabId }) => tabIds.has(tabId))) return state;
  const { etag: _, lastModified: __, ...rest } = state;
  const tabs = state.tabs.map((tab) => (tabIds.has(tab.tabId) ? { ...tab, content: "" } : tab));
  return { ...rest, body: "", tabs };
}

/** Wyhash, 64 bits: two contents of one feed meet by chance once in 10^19 polls. */
export function hashOf(content: string | Uint8Array): string {
  return Bun.hash(content).toString(36);
}
