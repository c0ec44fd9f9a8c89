/** The steps of a batch as the requests of one spreadsheets.batchUpdate, and where its cells stand afterwards. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { CellValue } from "#contract/cell.ts";
import { rangeOf } from "../a1.ts";
import type { Sent, Step } from "./decide.ts";
import type { SeenTab } from "./fresh-tab.ts";
import type { Proof } from "./receipt.ts";
import { addedPlaces, rowsBelow, watchedHeader, watchedRows } from "./watched.ts";

type Request = sheets_v4.Schema$Request;

export interface BatchRequests {
  readonly requests: readonly Request[];
  /** By position in `requests`: the edits that it is for; none of the proof's. */
  readonly edits: readonly (readonly string[])[];
  /** What the answer is to show. */
  readonly ranges: readonly string[];
}

/** `replace`: something else stands under the proof's id and goes. */
export function batchRequests(plans: readonly Sent[], proof: Proof, replace = false): BatchRequests {
  const requests: Request[] = [];
  const edits: (readonly string[])[] = [];
  const add = (request: Request, ids: readonly string[]): void => {
    requests.push(request);
    edits.push(ids);
  };
  for (const plan of plans) {
    for (const { request, ids } of cellRequests(plan)) add(request, ids);
    // From the bottom up, so that no place moves before its turn.
    for (const group of structural(plan.steps))
      for (const { request, ids } of rowRequests(plan, group)) add(request, ids);
  }
  for (const request of proofRequests(proof, replace)) add(request, []);
  return { requests, edits, ranges: plans.flatMap(readBackRanges) };
}

type CellStep = Extract<Step, { tag: "cell" }>;

interface Part {
  readonly request: Request;
  readonly ids: readonly string[];
}

export function cellRequests({ tab, steps }: Pick<Sent, "tab" | "steps">): Part[] {
  return runsOf(steps).map((run) => ({
    request: updateRun(tab, run),
    ids: run.steps.map(({ edit }) => edit.id),
  }));
}

interface Run {
  readonly row: number;
  readonly column: number;
  readonly steps: CellStep[];
}

/** Neighbours in a row that are written together. */
function runsOf(steps: readonly Step[]): Run[] {
  const cells = steps.filter((step) => step.tag === "cell");
  const runs: Run[] = [];
  for (const step of cells.toSorted((a, b) => a.row - b.row || a.column - b.column)) {
    const last = runs.at(-1);
    if (last && last.row === step.row && last.column + last.steps.length === step.column)
      last.steps.push(step);
    else runs.push({ row: step.row, column: step.column, steps: [step] });
  }
  return runs;
}

function updateRun({ sheetId }: SeenTab, { row, column, steps }: Run): Request {
  const values = steps.map(({ edit }) => cellData(edit.value, edit.formula));
  return updateCells({ sheetId, row, column }, values);
}

/** The range is as large as its values: a larger one would clear the rest. Formats are no part of it. */
export function updateCells(
  { sheetId, row, column }: { readonly sheetId: number; readonly row: number; readonly column: number },
  values: sheets_v4.Schema$CellData[],
): Request {
  return {
    updateCells: {
      range: {
        sheetId,
        startRowIndex: row,
        endRowIndex: row + 1,
        startColumnIndex: column,
        endColumnIndex: column + values.length,
      },
      rows: [{ values }],
      fields: "userEnteredValue",
    },
  };
}

/** A text is never read as a number, a date or a formula; a blank has no value. */
export function cellData(value: CellValue, formula?: string): sheets_v4.Schema$CellData {
  if (formula !== undefined) return { userEnteredValue: { formulaValue: formula } };
  if (typeof value === "number") return { userEnteredValue: { numberValue: value } };
  if (typeof value === "boolean") return { userEnteredValue: { boolValue: value } };
  return typeof value === "string" && value !== "" ? { userEnteredValue: { stringValue: value } } : {};
}

type RowStep = Exclude<Step, { tag: "cell" }>;

/** Rows that come and go, those of one place together, the lowest first; where both, a row goes before others come. */
function structural(steps: readonly Step[]): RowStep[][] {
  const groups = new Map<string, RowStep[]>();
  for (const step of steps) {
    if (step.tag === "cell") continue;
    const key = `${step.row} ${step.tag}`;
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups.values()].sort(([a], [b]) => b!.row - a!.row || (a!.tag === "remove" ? -1 : 1));
}

function rowRequests({ tab, located }: Sent, group: readonly RowStep[]): Part[] {
  const { sheetId } = tab;
  const { row, tag } = group[0]!;
  const ids = group.map(({ edit }) => edit.id);
  const rows = (count: number) => ({ sheetId, dimension: "ROWS", startIndex: row, endIndex: row + count });
  if (tag === "remove") return [{ request: { deleteDimension: { range: rows(1) } }, ids }];
  const adds = group.filter((step) => step.tag === "add");
  const inserted = adds.filter((step) => step.like !== "none");
  const result: Part[] = [];
  if (inserted.length > 0) {
    const inheritFromBefore = inserted[0]!.like === "above";
    result.push({ request: { insertDimension: { range: rows(inserted.length), inheritFromBefore } }, ids });
  }
  adds.forEach((step, index) => {
    const to = row + index;
    for (const { column, values } of valueRuns(
      located.columns.map(({ slot }) => step.edit.values[slot] ?? null),
    )) {
      const place = { sheetId, row: to, column: tab.gridColumn(column) };
      result.push({
        request: updateCells(
          place,
          values.map((value) => cellData(value)),
        ),
        ids: [step.edit.id],
      });
    }
  });
  return result;
}

/** Filled neighbours; nothing is written where a new row is empty. */
function valueRuns(
  values: readonly CellValue[],
): { readonly column: number; readonly values: CellValue[] }[] {
  const runs: { column: number; values: CellValue[] }[] = [];
  values.forEach((value, column) => {
    if (value === null || value === "") return;
    const last = runs.at(-1);
    if (last && last.column + last.values.length === column) last.values.push(value);
    else runs.push({ column, values: [value] });
  });
  return runs;
}

/** Whole rows of the table: what stands beside a written cell tells whether it is the right one. */
export function readBackRanges(plan: Sent): string[] {
  const { tab } = plan;
  const header = watchedHeader(plan);
  const rows = new Set([
    ...(header === null ? [] : [header]),
    ...addedPlaces(plan),
    ...watchedRows(plan).keys(),
    ...rowsBelow(plan),
  ]);
  // A column that came in between pushes others out of the table's width.
  const { column, endColumn } = tab.box;
  return runs([...rows].sort((a, b) => a - b)).map(([from, count]) =>
    rangeOf(tab.sheetTitle, { row: from, column, endRow: from + count, endColumn }),
  );
}

function runs(rows: readonly number[]): [from: number, count: number][] {
  const found: [number, number][] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last && last[0] + last[1] === row) last[1]++;
    else found.push([row, 1]);
  }
  return found;
}

/** The proof's own comes first: where it is there already, nothing of the batch is done. */
function proofRequests(proof: Proof, replace: boolean): Request[] {
  const { id, oldestKey } = proof;
  return [
    ...(replace
      ? [{ deleteDeveloperMetadata: { dataFilter: { developerMetadataLookup: { metadataId: id } } } }]
      : []),
    leaveProof(proof),
    { deleteDeveloperMetadata: { dataFilter: { developerMetadataLookup: { metadataKey: oldestKey } } } },
  ];
}

/** Refused where its id is there already. */
export function leaveProof({ id, key, value }: Omit<Proof, "oldestKey">): Request {
  return {
    createDeveloperMetadata: {
      developerMetadata: {
        metadataId: id,
        metadataKey: key,
        metadataValue: value,
        location: { spreadsheet: true },
        visibility: "DOCUMENT",
      },
    },
  };
}
