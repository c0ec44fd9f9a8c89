import { NAME_LENGTH_MAX } from "#contract/document-name.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { TabBinding } from "./record.ts";

export interface BoundTabs {
  /** Of the snapshot's tabs in their order; then those that are missing from an incomplete snapshot. */
  readonly bindings: readonly TabBinding[];
  /** Bound before, gone from the source. */
  readonly removed: readonly TabBinding[];
}

/**
 * Names the tabs of a snapshot. A tab keeps its name by its id, a tab of a new address by its title; a new one is
 * named after its title. Only a complete snapshot with at least one tab may remove any.
 */
export function bindTabs(known: readonly TabBinding[], snapshot: Snapshot): BoundTabs {
  const byId = new Map(known.flatMap((tab) => (tab.tabId === null ? [] : [[tab.tabId, tab] as const])));
  const byTitle = new Map(known.flatMap((tab) => (tab.tabId === null ? [[tab.title, tab] as const] : [])));
  const found = snapshot.tabs.map((tab) => {
    const binding = byId.get(tab.tabId) ?? byTitle.get(tab.title);
    if (binding?.tabId === null) byTitle.delete(tab.title);
    return binding;
  });
  const stay = new Set(found);
  const missing = known.filter((tab) => !stay.has(tab));
  // Names on their way out count as taken: a document is never removed and made anew in one apply.
  const taken = new Set(known.map((tab) => tab.name));
  const bindings = snapshot.tabs.map(({ tabId, title }, index) => ({
    tabId,
    name: found[index]?.name ?? nameFor(title, taken),
    title,
  }));
  const complete = !snapshot.incomplete && snapshot.tabs.length > 0;
  return complete ? { bindings, removed: missing } : { bindings: [...bindings, ...missing], removed: [] };
}

/** The title, made fit for a name: well-formed, not empty, bounded, and unlike every name in `taken`. */
function nameFor(title: string, taken: Set<string>): string {
  const wish = title.trim() || "tab";
  let name = wish.slice(0, NAME_LENGTH_MAX).toWellFormed();
  for (let count = 2; taken.has(name); count++) {
    const suffix = ` ${count}`;
    name = wish.slice(0, NAME_LENGTH_MAX - suffix.length).toWellFormed() + suffix;
  }
  taken.add(name);
  return name;
}
