/** Gathers changes into one sentence now and then: a screen reader must not be flooded. */
export interface Announcements {
  note(counts: { readonly cells: number; readonly added: number; readonly removed: number }): void;
  /** What happened since the last call, as a sentence; empty when nothing did. */
  take(): string;
}

/** At most one sentence in this time. */
export const ANNOUNCE_EVERY_MS = 5000;

export function createAnnouncements(title: string): Announcements {
  let [cells, added, removed] = [0, 0, 0];
  return {
    note(counts) {
      cells += counts.cells;
      added += counts.added;
      removed += counts.removed;
    },
    take() {
      const parts = [
        part(cells, "cell", "changed"),
        part(added, "row", "added"),
        part(removed, "row", "removed"),
      ];
      [cells, added, removed] = [0, 0, 0];
      const said = parts.filter((text) => text !== "");
      return said.length === 0 ? "" : `${title}: ${said.join(", ")}`;
    },
  };
}

function part(count: number, thing: string, what: string): string {
  return count === 0 ? "" : `${count} ${thing}${count === 1 ? "" : "s"} ${what}`;
}
