/** What every source owes its actor. Each kind of source runs this suite over a far end of its own. */
import { beforeEach, describe, expect, test } from "bun:test";
import { isCellValue } from "#contract/cell.ts";
import type { ColumnType } from "#contract/layout.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { PollResult, Revision, Source } from "../../src/sources/source.ts";

/** A far end with at least one tab of at least one row, and ways to disturb it. */
export interface SourceHarness {
  /** A new source over the same far end, as after a restart. */
  open(): Source;
  /** Changes one cell at the far end. */
  change(): void | Promise<void>;
  /** From now on the far end does not answer. */
  hang(): void;
  /** The far end's next answers are like this one, whatever it is asked, until the next call of `rest`. */
  answer(response: Response): void;
  /** The far end is well again, and so much time passes that no quota refuses the next poll. */
  rest(): void | Promise<void>;
}

const TYPES: readonly ColumnType[] = "text number boolean date time datetime mixed empty".split(
  " ",
) as ColumnType[];
const ERRORS = "RateLimited Unreachable Unauthorized NotFound Malformed Doubtful Forbidden".split(" ");

export function sourceContract(kind: string, create: () => SourceHarness | Promise<SourceHarness>): void {
  describe(`${kind} as a source`, () => {
    let harness: SourceHarness;
    beforeEach(async () => {
      harness = await create();
    });

    test("SRC-1 the first poll brings every tab whole, in a valid snapshot", async () => {
      const { snapshot, revision } = changed(await poll(harness.open(), null));
      expect(revision).toBeString();
      expect(snapshot.tabs.length).toBeGreaterThan(0);
      checkSnapshot(snapshot);
      for (const tab of snapshot.tabs) expect(tab.unchanged).not.toBe(true);
    });

    test("SRC-2 a poll of the same content is Unchanged, for another source object too", async () => {
      const source = harness.open();
      const first = changed(await poll(source, null));
      const second = await poll(source, first.revision);
      expect(second.tag).toBe("Unchanged");
      expect((await poll(harness.open(), first.revision)).tag).toBe("Unchanged");
    });

    test("SRC-3 a changed cell brings a snapshot that differs from the one before", async () => {
      const source = harness.open();
      const first = changed(await poll(source, null));
      await harness.change();
      const second = changed(await poll(source, first.revision));
      checkSnapshot(second.snapshot);
      expect(second.revision).not.toBe(first.revision);
      expect(second.snapshot.tabs).not.toEqual(first.snapshot.tabs);
      expect((await poll(source, second.revision)).tag).toBe("Unchanged");
    });

    test("SRC-4 the signal ends a poll, before it began and while the far end hangs", async () => {
      const source = harness.open();
      expect((await source.poll(null, AbortSignal.abort())).ok).toBe(false);
      harness.hang();
      const end = new AbortController();
      const hanging = source.poll(null, end.signal);
      end.abort();
      expect((await hanging).ok).toBe(false);
    });

    test("SRC-5 whatever the far end answers, a poll ends with a Result and does not throw", async () => {
      const source = harness.open();
      for (const body of [
        "",
        "<html>sorry</html>",
        "null",
        "[]",
        '{"error": 5}',
        '{"cut": "of',
        "{}",
        '"x"',
      ]) {
        for (const status of [200, 400, 401, 403, 404, 429, 500, 503]) {
          harness.answer(new Response(body, { status }));
          const result = await source.poll(null, new AbortController().signal);
          if (!result.ok) expect(ERRORS).toContain(result.error.tag);
          else expect(["Changed", "Unchanged", "Pending"]).toContain(result.value.tag);
          await harness.rest();
        }
      }
    });

    test("SRC-6 a revision it cannot read is no revision", async () => {
      for (const garbage of ["", "{", "null", "7", '{"version":99}']) {
        changed(await poll(harness.open(), garbage));
        await harness.rest();
      }
    });
  });
}

async function poll(source: Source, since: Revision | null): Promise<PollResult> {
  const result = await source.poll(since, new AbortController().signal);
  if (!result.ok) throw new Error(`the poll failed: ${JSON.stringify(result.error)}`);
  return result.value;
}

function changed(result: PollResult): Extract<PollResult, { tag: "Changed" }> {
  if (result.tag !== "Changed") throw new Error(`the poll is ${result.tag}, not Changed`);
  return result;
}

function checkSnapshot(snapshot: Snapshot): void {
  const ids = snapshot.tabs.map((tab) => tab.tabId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const tab of snapshot.tabs) {
    expect(tab.title).toBeString();
    if (tab.unchanged) continue;
    for (const column of tab.columns) {
      expect(column.header).toBeString();
      expect(TYPES).toContain(column.type);
    }
    for (const row of tab.rows) {
      for (const value of row) expect(isCellValue(value)).toBe(true);
      expect(row.findLastIndex((value) => value !== null)).toBeLessThan(tab.columns.length);
    }
    if (tab.keyColumn !== undefined) expect(tab.columns[tab.keyColumn]).toBeDefined();
  }
  for (const notice of snapshot.notices) expect(notice).toEndWith(".");
}
