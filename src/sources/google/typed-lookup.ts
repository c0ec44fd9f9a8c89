/** The second look at some cells: what their values alone do not tell. */
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { requestSized } from "./a1.ts";
import type { WorkbookState } from "./revision.ts";
import type { SheetsApi } from "./sheets-api.ts";
import type { WantedTab } from "./tab-choice.ts";
import { formatRange, type Measured, suspectRanges, type Typed } from "./tab-reading.ts";
import { parseTypedCells, type TypedCells } from "./typed-cells.ts";
import { type Reading, withoutBadRange } from "./workbook-reading.ts";

/** Cells that may be errors or texts are looked up in so many ranges; the rest count as what they seem. */
const SUSPECT_RANGES_MAX = 50;
/** What must be looked up beyond the values, in one call where anything must. */
export async function readTyped(
  api: SheetsApi,
  reading: Reading,
  known: WorkbookState | null,
  signal: AbortSignal,
): Promise<Result<Typed[], SourceError>> {
  const asks = reading.tabs.map((tab, index) => ask(reading, tab, reading.choice.tabs[index]!, known));
  const formats = asks.flatMap((one) => one.formats);
  const suspects = asks.flatMap((one) => one.suspects).slice(0, SUSPECT_RANGES_MAX);
  const cells = new Map<number, TypedCells[]>();
  for (const ranges of requestSized([...formats, ...suspects])) {
    const body = await api.cells(ranges, signal);
    if (!body.ok) return err(withoutBadRange(body.error));
    const parsed = parseTypedCells(body.value);
    if (!parsed.ok) return parsed;
    for (const [sheetId, part] of parsed.value) cells.set(sheetId, [...(cells.get(sheetId) ?? []), part]);
  }
  return ok(
    reading.choice.tabs.map(({ sheetId }, index) => {
      const parts = cells.get(sheetId) ?? [];
      const all: TypedCells = { at: (row, column) => firstOf(parts, row, column) };
      const { formats, checks } = asks[index]!;
      return { formats: formats.length > 0 ? all : null, suspects: checks ? all : null };
    }),
  );
}

function ask(reading: Reading, measured: Measured, tab: WantedTab, known: WorkbookState | null) {
  const before = known?.tabs.find((state) => state.tabId === tab.tabId);
  const formats = reading.listed || before?.shape !== measured.shape ? formatRange(tab, measured) : null;
  const checks = measured.read !== null && (reading.listed || before?.suspects !== measured.suspects);
  return {
    formats: formats === null ? [] : [formats],
    suspects: checks ? suspectRanges(tab.sheetTitle, measured.checkable) : [],
    checks,
  };
}

function firstOf(parts: readonly TypedCells[], row: number, column: number): ReturnType<TypedCells["at"]> {
  for (const part of parts) {
    const cell = part.at(row, column);
    if (cell) return cell;
  }
  return undefined;
}
