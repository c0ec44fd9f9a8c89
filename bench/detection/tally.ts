import type { Clock } from "../../src/runtime/clock.ts";
import type { Detection, Outcome, Trace, WorkbookTrace } from "./trace.ts";

/** Keeps book of what was changed, read and seen. */
export interface Tally {
  made(id: string): void;
  /** A request reached Google. */
  asked(url: string, status: number): void;
  /** What was read last is durable here. */
  seen(id: string, atMs: number): void;
  outcome(): Outcome & { readonly refused: number };
}

interface Book extends WorkbookTrace {
  /** How many of its changes were made, were in its values when they were last read, and are durable here. */
  made: number;
  read: number;
  seen: number;
}

export function createTally(trace: Trace, warmUpMs: number, clock: Clock): Tally {
  const books = new Map<string, Book>(
    trace.workbooks.map((workbook) => [workbook.id, { ...workbook, made: 0, read: 0, seen: 0 }]),
  );
  const detections: Detection[] = [];
  let [reads, found, refused] = [0, 0, 0];
  const counts = (): boolean => clock.monotonicMs() >= warmUpMs;
  return {
    made(id) {
      books.get(id)!.made++;
    },
    asked(url, status) {
      if (!url.includes("/v4/")) return;
      if (status === 429) refused++;
      if (counts()) reads++;
      const id = /\/v4\/spreadsheets\/([^/:?]+)\/values:batchGet/.exec(url)?.[1];
      const book = id === undefined ? undefined : books.get(id);
      if (book) book.read = book.made;
    },
    seen(id, atMs) {
      const book = books.get(id)!;
      if (counts()) found++;
      for (; book.seen < book.read; book.seen++) {
        const madeMs = book.changesMs[book.seen]!;
        if (madeMs >= warmUpMs) detections.push({ hot: book.hot, delayMs: atMs - madeMs });
      }
    },
    outcome: () => ({ detections, reads, found, refused }),
  };
}
