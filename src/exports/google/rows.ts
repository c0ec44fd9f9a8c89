/** Rows of a plan as requests that write them where they stand. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { NO_COUNTS } from "../jobs/record.ts";
import type { ColumnPlan, RowPlan, TabPlan } from "../plan.ts";
import { type Piece, pieceOf } from "./batches.ts";
import { cellData, cellLooks, hasLooks, LOOKS_FIELDS } from "./cells.ts";
import type { TabPlace } from "./places.ts";

type Request = sheets_v4.Schema$Request;

/** So that pieces stay far below a batch, however wide the rows are. */
const PIECE_CELLS_MAX = 4_000;
const PIECE_ROWS_MAX = 1_000;

/** A column of the plan and where it stands; columns side by side are written together. */
interface Run {
  readonly at: number;
  readonly columns: readonly { readonly column: ColumnPlan; readonly index: number }[];
}

/** Rows `from` and on of `rows`, written below each other from row `at` of the tab. */
export function* rowPieces(
  tab: TabPlan,
  place: TabPlace,
  rows: readonly RowPlan[],
  at: number,
): Generator<Piece> {
  const runs = runsOf(tab, place);
  const step = Math.max(
    1,
    Math.min(PIECE_ROWS_MAX, Math.floor(PIECE_CELLS_MAX / Math.max(1, tab.columns.length))),
  );
  for (let from = 0; from < rows.length; from += step) {
    const part = rows.slice(from, from + step);
    const counts = { ...NO_COUNTS, added: part.length };
    yield pieceOf(blockRequests(runs, place.sheetId, part, at + from), { rows: part.length, counts });
  }
}

/** The cells of these rows, those of formulas that fill down left out: they come by one request for all. */
function blockRequests(
  runs: readonly Run[],
  sheetId: number,
  rows: readonly RowPlan[],
  rowIndex: number,
): Request[] {
  const requests: Request[] = [];
  for (const { at, columns } of runs) {
    requests.push({
      updateCells: {
        start: { sheetId, rowIndex, columnIndex: at },
        rows: rows.map(({ cells }) => ({ values: columns.map(({ index }) => cellData(cells[index])) })),
        fields: "userEnteredValue",
      },
    });
    columns.forEach(({ column, index }, offset) => {
      if (!rows.some(({ cells }) => hasLooks(cells[index]))) return;
      requests.push({
        updateCells: {
          start: { sheetId, rowIndex, columnIndex: at + offset },
          rows: rows.map(({ cells }) => ({ values: [cellLooks(cells[index], column)] })),
          fields: LOOKS_FIELDS,
        },
      });
    });
  }
  return requests;
}

function runsOf(tab: TabPlan, place: TabPlace): Run[] {
  const placed = tab.columns
    .map((column, index) => ({ column, index, at: place.columns.get(column.key) ?? -1 }))
    .filter(({ column, at }) => at >= 0 && !column.formula)
    .sort((a, b) => a.at - b.at);
  const runs: { at: number; columns: { column: ColumnPlan; index: number }[] }[] = [];
  for (const { column, index, at } of placed) {
    const last = runs.at(-1);
    if (last && last.at + last.columns.length === at) last.columns.push({ column, index });
    else runs.push({ at, columns: [{ column, index }] });
  }
  return runs;
}
