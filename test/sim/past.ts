/** What tabs held at some moments of a run, as their logs told then: the history must still say so at the end. */
import * as Y from "yjs";
import { parseDocumentName } from "#contract/document-name.ts";
import { META } from "#contract/layout.ts";
import type { Baseline } from "../../src/model/delta.ts";
import { createMirror } from "../../src/sync/mirror.ts";
import type { World } from "./world.ts";

export interface Moment {
  readonly source: string;
  readonly name: string;
  readonly epoch: string;
  /** Wall time. */
  readonly atMs: number;
  /** The last of the log. */
  readonly position: number;
  readonly rows: readonly object[];
}

export interface Past {
  readonly moments: readonly Moment[];
  stop(): void;
}

const EVERY_MS = 15_000;
/** While nothing is written before and behind it, it is hardly in doubt which changes a moment has. */
const STILL_MS = 500;

/** Looks from now on. A wall clock that jumps tells no moment. */
export function createPast({ clock, disk, options }: World): Past {
  const moments: Moment[] = [];
  let cancel = (): void => {};
  if (options.wallJumpEveryMs === 0) next();

  function next(): void {
    cancel = after(EVERY_MS, () => {
      const before = positions();
      after(STILL_MS, () => {
        const then = positions();
        const atMs = clock.nowMs();
        after(STILL_MS, () => {
          const still = positions();
          for (const [name, at] of then) {
            if (before.get(name) === at && still.get(name) === at) note(name, atMs);
          }
        });
      });
      next();
    });
  }

  function after(ms: number, run: () => void): () => void {
    return clock.wakeAt(clock.monotonicMs() + ms, run);
  }

  function positions(): ReadonlyMap<string, number> {
    const mirrors = [...disk.logs].filter(([name, log]) => log.length > 0 && !name.includes("~"));
    return new Map(mirrors.map(([name, log]) => [name, log.at(-1)!.position]));
  }

  function note(document: string, atMs: number): void {
    const parsed = parseDocumentName(document);
    if (!parsed.ok || parsed.value.kind !== "mirror") return;
    const { source, tab: name } = parsed.value;
    const doc = new Y.Doc();
    const log = disk.logs.get(document)!;
    for (const { update } of log) Y.applyUpdate(doc, update);
    const epoch = String(doc.getMap(META).get("epoch"));
    const mirror = createMirror(doc, 1, { source, tab: name, epoch });
    moments.push({
      source,
      name,
      epoch,
      atMs,
      position: log.at(-1)!.position,
      rows: rowsOf(mirror.baseline()),
    });
    doc.destroy();
  }

  return { moments, stop: () => cancel() };
}

/** In the shape of the rows' answer. */
export function rowsOf({ columns, order, rows }: Pick<Baseline, "columns" | "order" | "rows">): object[] {
  return order.map((row) => ({
    $row: row,
    ...Object.fromEntries(columns.map(({ slot, key }) => [key, rows.get(row)?.values[slot] ?? null])),
  }));
}
