import { useEffect, useMemo, useState } from "preact/hooks";
import type { Client, Table, TableChange } from "../../../../client-sdk/src/index.ts";

export interface LiveTable {
  readonly table: Table;
  /** Wall time of the last change of content seen here; null before the first. */
  readonly lastChangeMs: number | null;
}

/**
 * Opens a table while the component shows it. Renders again at most once a frame, however many changes come;
 * `onChange` hears each change of content that came while the table was live.
 */
export function useTable(
  client: Client,
  source: string,
  tab: string,
  view: string | undefined,
  onChange: (change: TableChange) => void,
): LiveTable {
  // By its parts: a tab's title may hold an "@", which names a view otherwise.
  const table = useMemo(
    () =>
      view === undefined
        ? client.table({ source, tab }, { watchEdits: true })
        : client.table({ source, tab, view }),
    [client, source, tab, view],
  );
  const [state, setState] = useState<{ lastChangeMs: number | null }>({ lastChangeMs: null });
  useEffect(() => {
    let frame = 0;
    let lastChangeMs: number | null = null;
    let wasLive = table.status.state === "live";
    const undo = table.subscribe((change) => {
      if (!change.statusChanged && wasLive) {
        onChange(change);
        if (change.rows.size > 0 || change.orderChanged || change.columnsChanged) lastChangeMs = Date.now();
      }
      wasLive ||= table.status.state === "live";
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setState({ lastChangeMs });
      });
    });
    const release = table.retain();
    setState({ lastChangeMs: null });
    return () => {
      undo();
      cancelAnimationFrame(frame);
      whenSent(table, release);
    };
  }, [table, onChange]);
  return { table, lastChangeMs: state.lastChangeMs };
}

/** A table that is left keeps its connection until the daemon has all that was wished on it. */
function whenSent(table: Table, release: () => void): void {
  if (table.unsent === 0) return release();
  const undo = table.subscribe(() => {
    if (table.unsent > 0) return;
    undo();
    release();
  });
}
