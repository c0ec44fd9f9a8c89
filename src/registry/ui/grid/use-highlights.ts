import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { TableChange } from "../../../../client-sdk/src/index.ts";
import { ANNOUNCE_EVERY_MS, createAnnouncements } from "./announce.ts";
import { createFlashes } from "./flashes.ts";

/** What changed a moment ago: for the eye as highlights, for the ear as a sentence now and then. */
export function useHighlights(title: string) {
  const flashes = useMemo(createFlashes, [title]);
  const pending = useMemo(() => createAnnouncements(title), [title]);
  const [announcement, setAnnouncement] = useState("");
  const [, render] = useState(0);
  const note = useCallback(
    (change: TableChange) => {
      flashes.note(change, Date.now());
      pending.note({
        cells: change.cells.length,
        added: change.added.length,
        removed: change.removed.length,
      });
    },
    [flashes, pending],
  );
  useEffect(() => {
    const pruner = setInterval(() => {
      if (flashes.prune(Date.now())) render((count) => count + 1);
    }, 300);
    const speaker = setInterval(() => {
      const sentence = pending.take();
      if (sentence !== "") setAnnouncement(sentence);
    }, ANNOUNCE_EVERY_MS);
    return () => {
      clearInterval(pruner);
      clearInterval(speaker);
    };
  }, [flashes, pending]);
  return { flashes, announcement, note };
}
