/** A source that can be written: one tab whose first column names its rows. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import type { ColumnType } from "#contract/layout.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Baseline } from "../../src/model/delta.ts";
import { resolveCell } from "../../src/model/resolve.ts";
import type { WriteBatch, WriteEdit, WriteOutcome, WriteResult } from "../../src/model/write.ts";
import type { PollResult, Source, SourceError } from "../../src/sources/source.ts";

export interface FakeSheet extends Source {
  readonly headers: string[];
  types: ColumnType[];
  /** What stands in the sheet; a person may change it. */
  rows: CellValue[][];
  /** Every batch as it arrived. */
  readonly batches: WriteBatch[];
  /** What it had noted of each batch when that arrived; it notes which one it is. */
  readonly remembered: string[][];
  /** How often each edit was carried out, by id. */
  readonly carriedOut: Map<string, number>;
  polls: number;
  /** Asked before a batch is looked at, and after it was written: what it gives is answered instead. */
  before: ((batch: WriteBatch) => Answer) | null;
  after: ((batch: WriteBatch) => Answer) | null;
  /** What the far end makes of a text. */
  madeOf: (value: CellValue) => CellValue;
  pollInstead: (() => Result<PollResult, SourceError>) | null;
}

type Answer = SourceError | WriteOutcome["tag"] | null;

export const SHEET_TAB = "Prices";

export function createFakeSheet(headers: string[], rows: CellValue[][]): FakeSheet {
  let last: { readonly receipt: number; readonly outcomes: readonly WriteOutcome[] } | null = null;
  const sheet: FakeSheet = {
    headers,
    types: headers.map(() => "mixed"),
    rows,
    batches: [],
    remembered: [],
    carriedOut: new Map(),
    polls: 0,
    before: null,
    after: null,
    madeOf: (value) => value,
    pollInstead: null,
    async poll(since) {
      sheet.polls++;
      if (sheet.pollInstead) return sheet.pollInstead();
      const revision = JSON.stringify([sheet.headers, sheet.rows]);
      if (since === revision) return ok({ tag: "Unchanged", revision });
      const columns = sheet.headers.map((header, i) => ({ header, type: sheet.types[i]! }));
      const tab = { tabId: "7", title: SHEET_TAB, columns, rows: structuredClone(sheet.rows), keyColumn: 0 };
      return ok({ tag: "Changed", revision, snapshot: { tabs: [tab], notices: [] } });
    },
    async write(batch): Promise<Result<WriteResult, SourceError>> {
      const { memo, ...sent } = batch;
      sheet.batches.push(structuredClone(sent));
      sheet.remembered.push([...(memo?.notes ?? [])]);
      const notes = [...(memo?.notes ?? []), `batch ${sheet.batches.length}`].slice(-4);
      if ((await memo?.keep(notes)) === false) return err({ tag: "Unreachable", detail: "it was not noted" });
      const wrong = answerOf(sheet.before, batch);
      if (wrong) return wrong;
      if (!(batch.again && last?.receipt === batch.receipt)) {
        const outcomes = batch.tabs.flatMap(({ baseline, edits }) =>
          edits.map((edit) => carryOut(sheet, baseline, edit)),
        );
        last = { receipt: batch.receipt, outcomes };
      }
      return answerOf(sheet.after, batch) ?? ok({ outcomes: last.outcomes });
    },
  };
  return sheet;
}

function answerOf(ask: FakeSheet["after"], batch: WriteBatch): Result<WriteResult, SourceError> | null {
  const answer = ask?.(batch) ?? null;
  if (answer === null) return null;
  if (typeof answer !== "string") return err(answer);
  const edits = batch.tabs.flatMap((tab) => tab.edits);
  return ok({
    outcomes: edits.map(({ id }): WriteOutcome => {
      if (answer === "later") return { id, tag: "later", why: "somebody sorts it" };
      return { id, tag: "refused", code: "protected", why: "The cell is protected." };
    }),
  });
}

function carryOut(sheet: FakeSheet, baseline: Baseline, edit: WriteEdit): WriteOutcome {
  const { id } = edit;
  const count = (): void => void sheet.carriedOut.set(id, (sheet.carriedOut.get(id) ?? 0) + 1);
  const columnOf = (slot: number): number =>
    sheet.headers.indexOf(baseline.columns.find((column) => column.slot === slot)?.header ?? "");
  if (edit.tag === "add") {
    const row = sheet.headers.map((header) => {
      const slot = baseline.columns.find((column) => column.header === header)?.slot;
      return slot === undefined ? null : sheet.madeOf(edit.values[slot] ?? null);
    });
    const place = edit.after == null ? -1 : placeOf(sheet, baseline, edit.after);
    sheet.rows.splice(edit.after === null ? 0 : place < 0 ? sheet.rows.length : place + 1, 0, row);
    count();
    return { id, tag: "written", values: baseline.columns.map(({ slot }) => row[columnOf(slot)] ?? null) };
  }
  const place = placeOf(sheet, baseline, edit.row);
  if (edit.tag === "remove") {
    if (place >= 0) sheet.rows.splice(place, 1);
    count();
    return { id, tag: "written" };
  }
  if (place < 0) return { id, tag: "conflict", reason: "row-gone", theirs: null, asked: false };
  const column = columnOf(edit.slot);
  const value = sheet.rows[place]![column] ?? null;
  const known = baseline.rows.get(edit.row)?.values[edit.slot] ?? null;
  const verdict = resolveCell(edit, { value, known }, sheet.madeOf);
  if (verdict.tag === "conflict") return { id, reason: "changed", ...verdict };
  if (verdict.tag === "confirm") return { id, tag: "written", value };
  sheet.rows[place]![column] = sheet.madeOf(edit.value);
  count();
  const lost = verdict.lost === undefined ? {} : { lost: verdict.lost };
  return { id, tag: "written", value: sheet.madeOf(edit.value), ...lost };
}

function placeOf(sheet: FakeSheet, baseline: Baseline, row: number): number {
  const name = baseline.rows.get(row)?.values[0];
  return name === undefined ? -1 : sheet.rows.findIndex(([first]) => cellsEqual(first, name));
}
