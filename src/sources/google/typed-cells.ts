/** What values alone do not tell: number formats, shown headers, and whether "#N/A" is an error or a text. */
import { ok, type Result } from "#contract/result.ts";
import type { NumberFormat } from "../../model/mapping.ts";
import type { SourceError } from "../source.ts";
import { malformed, parseJson, type Suspect } from "./value-ranges.ts";

/** The part of a cell that we ask for, as spreadsheets.get gives it. */
interface TypedCell {
  readonly formattedValue?: string;
  readonly userEnteredValue?: { readonly formulaValue?: string };
  readonly effectiveValue?: { readonly stringValue?: string; readonly numberValue?: number };
  readonly effectiveFormat?: {
    readonly numberFormat?: { readonly type?: string; readonly pattern?: string };
  };
}

/** The typed cells of one tab that were asked for. */
export interface TypedCells {
  at(row: number, column: number): TypedCell | undefined;
}

/** By sheetId. Ranges may overlap. */
export function parseTypedCells(body: Uint8Array): Result<Map<number, TypedCells>, SourceError> {
  const answer = parseJson(body);
  if (!answer.ok) return answer;
  const sheets = (answer.value as { sheets?: unknown } | null)?.sheets;
  if (!Array.isArray(sheets)) return malformed("sheets", "should be a list of tabs");
  const tabs = new Map<number, TypedCells>();
  for (const sheet of sheets as (AnsweredSheet | null)[]) {
    const cells = new Map<string, TypedCell>();
    for (const block of list(sheet?.data)) {
      list(block?.rowData).forEach((row, rowOffset) => {
        list(row?.values).forEach((cell, columnOffset) => {
          if (!cell) return;
          cells.set(
            `${(block?.startRow ?? 0) + rowOffset} ${(block?.startColumn ?? 0) + columnOffset}`,
            cell,
          );
        });
      });
    }
    tabs.set(sheet?.properties?.sheetId ?? 0, { at: (row, column) => cells.get(`${row} ${column}`) });
  }
  return ok(tabs);
}

interface AnsweredSheet {
  readonly properties?: { readonly sheetId?: number };
  readonly data?: readonly (AnsweredBlock | null)[];
}

interface AnsweredBlock {
  readonly startRow?: number;
  readonly startColumn?: number;
  readonly rowData?: readonly ({ readonly values?: readonly (TypedCell | null)[] } | null)[];
}

const KINDS: Readonly<Record<string, NumberFormat["kind"]>> = {
  DATE: "date",
  TIME: "time",
  DATE_TIME: "datetime",
};

/** The format of a column's first number within `rows`, else of its first formatted cell there. */
export function columnFormat(
  cells: TypedCells,
  column: number,
  rows: { readonly from: number; readonly to: number },
): NumberFormat | null {
  let found: NumberFormat | null = null;
  for (let row = rows.from; row < rows.to; row++) {
    const cell = cells.at(row, column);
    const format = cell?.effectiveFormat?.numberFormat;
    if (!format?.type) continue;
    const kind = KINDS[format.type] ?? "number";
    const read = format.pattern ? { kind, pattern: format.pattern } : { kind };
    if (cell?.effectiveValue?.numberValue !== undefined) return read;
    found ??= read;
  }
  return found;
}

/** True for a cell that holds the suspect text as a text: typed in, or made by a formula that has settled. */
export function isPlainText(cell: TypedCell | undefined, suspect: Suspect, settled: boolean): boolean {
  if (cell?.effectiveValue?.stringValue !== suspect.text) return false;
  return settled || cell.userEnteredValue?.formulaValue === undefined;
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
