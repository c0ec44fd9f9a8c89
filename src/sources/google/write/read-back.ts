/** What the workbook holds after a batch: outcomes of its steps, from the answer that shows the written rows. */
import { ok, type Result } from "#contract/result.ts";
import type { WriteOutcome } from "../../../model/write.ts";
import type { SourceError } from "../../source.ts";
import { malformed, parseJson } from "../value-ranges.ts";
import type { Sent, Step } from "./decide.ts";
import { type AnsweredSheet, cellOf, type FreshCell } from "./fresh-tab.ts";
import { rowAfter } from "./places.ts";

/** Cells by their place in the grid; undefined: blank, or not shown. */
export interface Shown {
  /** Beyond the last column that the answer shows of this row. */
  width(row: number): number;
  cell(row: number, column: number): FreshCell | undefined;
}

/** By sheetId. */
export function parseUpdated(body: Uint8Array): Result<ReadonlyMap<number, Shown>, SourceError> {
  const answer = parseJson(body);
  if (!answer.ok) return answer;
  const { spreadsheetId, updatedSpreadsheet } = (answer.value ?? {}) as {
    readonly spreadsheetId?: unknown;
    readonly updatedSpreadsheet?: { readonly sheets?: readonly AnsweredSheet[] };
  };
  if (typeof spreadsheetId !== "string") return malformed("spreadsheetId", "the answer tells of no write");
  const sheets = new Map<number, Shown>();
  for (const sheet of updatedSpreadsheet?.sheets ?? []) {
    const cells = new Map<number, Map<number, FreshCell>>();
    for (const block of sheet.data ?? []) {
      (block?.rowData ?? []).forEach((row, i) => {
        const line = new Map<number, FreshCell>();
        (row?.values ?? []).forEach((cell, j) => {
          const read = cellOf(cell);
          if (read) line.set((block?.startColumn ?? 0) + j, read);
        });
        cells.set((block?.startRow ?? 0) + i, line);
      });
    }
    sheets.set(sheet.properties?.sheetId ?? 0, {
      width: (row) => Math.max(0, ...[...(cells.get(row)?.keys() ?? [])].map((column) => column + 1)),
      cell: (row, column) => cells.get(row)?.get(column),
    });
  }
  return ok(sheets);
}

/** `shown`: of the plan's tab. */
export function outcomesOf(plan: Sent, shown: Shown | undefined): WriteOutcome[] {
  return plan.steps.map((step) => outcomeOf(plan, step, shown));
}

function outcomeOf(plan: Sent, step: Step, shown: Shown | undefined): WriteOutcome {
  const { id } = step.edit;
  const row = rowAfter(plan.steps, step);
  switch (step.tag) {
    case "remove":
      return { id, tag: "written" };
    case "cell": {
      const lost = step.lost === undefined ? {} : { lost: step.lost };
      if (isRemoved(plan, step.row)) return { id, tag: "written", ...lost };
      const { value = null, formula } = shown?.cell(row, step.column) ?? {};
      return { id, tag: "written", value, ...(formula === undefined ? {} : { formula }), ...lost };
    }
    case "add": {
      const values: WriteOutcome & { tag: "written" } = {
        id,
        tag: "written",
        values: addedValues(plan, row, shown),
      };
      return values;
    }
  }
}

/** By slot. */
function addedValues({ tab, located }: Sent, row: number, shown: Shown | undefined) {
  const values: FreshCell["value"][] = [];
  located.columns.forEach(({ slot }, at) => {
    const value = shown?.cell(row, tab.gridColumn(at))?.value ?? null;
    if (value === null) return;
    while (values.length < slot) values.push(null);
    values[slot] = value;
  });
  return values;
}

/** In the same batch: there is nothing left to read. */
function isRemoved({ steps }: Sent, row: number): boolean {
  return steps.some((step) => step.tag === "remove" && step.row === row);
}
