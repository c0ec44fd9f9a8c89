import { describe, expect, test } from "bun:test";
import { type ExportRecord, newJob } from "../../src/exports/jobs/record.ts";
import { type ExportEvent, transition } from "../../src/exports/jobs/transition.ts";

const NOW = { nowMs: 0, jitter: 0.5 };
const PROBLEM = { code: "x", message: "x", fix: "x" };
const INTENT = { rows: 5, appended: { t: 5 }, counts: { ...newJob("", "create", 0, 0).counts, added: 5 } };

const record = (more: Partial<ExportRecord> = {}): ExportRecord => ({
  id: "exp-1",
  subject: "admin",
  conversationId: null,
  title: "T",
  template: { id: "t", version: 1 },
  account: "a",
  folder: null,
  share: [],
  edits: "overwrite",
  live: null,
  claims: {},
  key: null,
  notices: [],
  createdAt: 0,
  file: null,
  sequence: 0,
  calls: 0,
  shown: null,
  nextGeneration: 0,
  jobs: [newJob("create", "create", 0, 10)],
  ended: [],
  phase: { tag: "Ready" },
  failures: 0,
  lastSync: null,
  lastUpdate: null,
  ...more,
});
const after = (start: ExportRecord, ...events: ExportEvent[]) =>
  events.reduce(
    (step, event) => transition(step.record, event, NOW),
    transition(start, { tag: "Started" }, NOW),
  );
const FILE = { id: "f", link: "l", before: [0] };

describe("the machine of an export", () => {
  test("EXP-30 a batch is sent only once it is an intent, and an intent found at the start is settled first", () => {
    const prepared = after(record(), { tag: "Made", file: FILE }, { tag: "Prepared", intent: INTENT });
    expect(prepared.effect).toEqual({ tag: "send" });
    const found = transition(prepared.record, { tag: "Started" }, NOW);
    expect(found.effect).toEqual({ tag: "settle" });
    const made = transition(found.record, { tag: "Settled", made: true }, NOW);
    expect([made.record.sequence, made.record.jobs[0]!.rowsWritten, made.effect.tag]).toEqual([
      1,
      5,
      "prepare",
    ]);
    const not = transition(found.record, { tag: "Settled", made: false }, NOW);
    expect([not.record.sequence, not.record.jobs[0]!.rowsWritten, not.effect.tag]).toEqual([0, 0, "prepare"]);
  });

  test("EXP-30 trouble waits longer each time, at most a minute, until a step goes well", () => {
    const trouble: ExportEvent = { tag: "Troubled", problem: PROBLEM, retryAfterMs: null };
    const waits: number[] = [];
    let at = record();
    for (let times = 0; times < 8; times++) {
      const step = transition(at, trouble, NOW);
      waits.push((step.effect as { ms: number }).ms);
      at = transition(step.record, { tag: "Woken" }, NOW).record;
    }
    expect(waits).toEqual([1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000, 45_000]);
    const well = transition(at, { tag: "Made", file: FILE }, NOW).record;
    expect(transition(well, trouble, NOW).effect).toEqual({ tag: "wait", ms: 1_500 });
  });

  test("EXP-30 what comes of a step that was cancelled changes nothing", () => {
    const cancelled = after(record(), { tag: "CancelAsked" });
    const late: ExportEvent[] = [
      { tag: "Made", file: FILE },
      { tag: "Prepared", intent: INTENT },
      { tag: "Sent" },
      { tag: "Written", counts: INTENT.counts, shown: 0 },
      { tag: "Refused", problem: PROBLEM, structure: false },
    ];
    for (const event of late) {
      expect(transition(cancelled.record, event, NOW)).toEqual({
        record: cancelled.record,
        effect: { tag: "rest" },
      });
    }
  });

  test("EXP-30 a failed update makes way for the next, a failed creation does not", () => {
    const refused: ExportEvent = { tag: "Refused", problem: PROBLEM, structure: true };
    const asked: ExportEvent = { tag: "UpdateAsked", job: newJob("u2", "replace", 4, 1) };
    const update = record({ shown: 0, file: FILE, jobs: [newJob("u1", "replace", 2, 1)] });
    expect(after(update, refused, asked).record.jobs.map(({ id }) => id)).toEqual(["u2"]);
    expect(after(record(), refused, asked).record.jobs.map(({ id }) => id)).toEqual(["create", "u2"]);
    expect(after(record(), refused, { tag: "RetryAsked" }).effect).toEqual({
      tag: "make",
      again: true,
    });
  });
});
