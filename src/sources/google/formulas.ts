/** The formulas behind the cells, for sources that ask for them. */
import { ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { requestSized } from "./a1.ts";
import type { WorkbookState } from "./revision.ts";
import type { FormulaGrid } from "./tab-reading.ts";
import { parseValueRanges, type ValueRange } from "./value-ranges.ts";
import { answerSized, type Reading, type ReadingDeps, withoutBadRange } from "./workbook-reading.ts";

/** By position among the tabs of the choice; null where nothing was asked because nothing is news. */
export type Formulas = readonly (FormulaGrid | null)[];

/**
 * Reads the formulas of tabs whose values changed, or of all when the tabs were just listed: a formula may change
 * without its value. Null when the workbook changed between its values and its formulas.
 */
export async function readFormulas(
  { api, wanted, limits }: ReadingDeps,
  reading: Reading,
  known: WorkbookState | null,
  signal: AbortSignal,
): Promise<Result<Formulas | null, SourceError>> {
  const formulas: (FormulaGrid | null)[] = reading.choice.tabs.map(() => null);
  if (!wanted.formulas) return ok(formulas);
  const asked = reading.choice.tabs.filter((tab, index) => {
    const measured = reading.tabs[index]!;
    if (measured.windows) return false;
    return reading.listed || known?.tabs.find((one) => one.tabId === tab.tabId)?.values !== measured.values;
  });
  for (const group of answerSized(asked, known, limits.answerBytesMax)) {
    const parts: ValueRange[] = [];
    for (const ranges of requestSized(group.map((tab) => tab.range))) {
      const body = await api.formulas(ranges, signal);
      if (!body.ok) return { ok: false, error: withoutBadRange(body.error) };
      const parsed = parseValueRanges(body.value, ranges.length);
      if (!parsed.ok) return parsed;
      parts.push(...parsed.value);
    }
    for (const [position, tab] of group.entries()) {
      const index = reading.choice.tabs.indexOf(tab);
      const values = reading.values(index);
      if (!values.ok) return values;
      const grid = values.value && formulasOf(values.value, parts[position]!);
      if (!grid) return ok(null);
      formulas[index] = grid;
    }
  }
  return ok(formulas);
}

/** Null where a text of the one reading is not in the other: rows or texts changed in between. */
function formulasOf(values: ValueRange, entered: ValueRange): FormulaGrid | null {
  const grid: (string | null)[][] = [];
  for (const [row, cells] of entered.grid.entries()) {
    const formulas: (string | null)[] = [];
    for (const [column, text] of cells.entries()) {
      if (typeof text !== "string") continue;
      if (text === values.grid[row]?.[column]) continue;
      if (!text.startsWith("=")) return null;
      while (formulas.length < column) formulas.push(null);
      formulas.push(text);
    }
    grid.push(formulas);
  }
  return grid;
}
