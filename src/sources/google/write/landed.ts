/** A batch that may have been sent before: whether it landed, and what then became of its edits. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { WriteBatch, WriteEdit, WriteOutcome } from "../../../model/write.ts";
import type { SourceError } from "../../source.ts";
import type { SheetsApi } from "../sheets-api.ts";
import { malformed, parseJson } from "../value-ranges.ts";
import { withoutBadRange } from "../workbook-reading.ts";
import type { TabPlan } from "./decide.ts";
import { idOf, readProof } from "./receipt.ts";

/** What stands under the batch's proof id: its own proof with the edits that were written, another batch's, nothing. */
export type Found =
  | { readonly tag: "landed"; readonly written: readonly boolean[] }
  | { readonly tag: "other" }
  | { readonly tag: "none" };

export async function findProof(
  { api, sourceId }: { readonly api: SheetsApi; readonly sourceId: string },
  batch: WriteBatch,
  signal: AbortSignal,
): Promise<Result<Found, SourceError>> {
  const id = idOf(sourceId, batch.receipt);
  const body = await api.metadata(id, signal);
  if (!body.ok) return err(withoutBadRange(body.error));
  const answer = parseJson(body.value);
  if (!answer.ok) return answer;
  const matched = (answer.value as Answer | null)?.matchedDeveloperMetadata ?? [];
  if (!Array.isArray(matched)) return malformed("matchedDeveloperMetadata", "should be a list");
  const proof = (matched as Match[]).find((one) => one?.developerMetadata?.metadataId === id);
  if (!proof) return ok({ tag: "none" });
  const written = readProof(batch, proof.developerMetadata?.metadataValue ?? "");
  return ok(written ? { tag: "landed", written } : { tag: "other" });
}

interface Answer {
  readonly matchedDeveloperMetadata?: unknown;
}

interface Match {
  readonly developerMetadata?: { readonly metadataId?: number; readonly metadataValue?: string };
}

/** `plans`: as the tabs stand now, with what landed in them. What was not written then is decided by how it stands now. */
export function afterLanding(
  batch: WriteBatch,
  plans: readonly TabPlan[],
  written: readonly boolean[],
): WriteOutcome[] {
  const decided = new Map(plans.flatMap((plan) => plan.outcomes).map((outcome) => [outcome.id, outcome]));
  let index = 0;
  return batch.tabs.flatMap((tab) => {
    const plan = plans.find((one) => one.tab.tabId === tab.tabId);
    const taken = new Set<number>();
    return tab.edits.map((edit): WriteOutcome => {
      if (written[index++]) return standing(edit, plan, taken, tab.baseline.nextRow);
      return (
        decided.get(edit.id) ?? {
          id: edit.id,
          tag: "later",
          why: "The others of its batch were written first",
        }
      );
    });
  });
}

/** What stands there now of an edit that was written. */
function standing(
  edit: WriteEdit,
  plan: TabPlan | undefined,
  taken: Set<number>,
  nextRow: number,
): WriteOutcome {
  const { id } = edit;
  if (edit.tag === "remove" || !plan) return { id, tag: "written" };
  const { tab, located } = plan;
  if (edit.tag === "cell") {
    const [row, column] = [located.row(edit.row), located.column(edit.slot)];
    if (row.tag !== "at" || column.tag !== "at") return { id, tag: "written" };
    const { value = null, formula } = tab.cell(tab.gridRow(row.at), tab.gridColumn(column.at)) ?? {};
    const mine = edit.formula !== undefined || cellsEqual(blankAsNull(edit.value), value);
    // Somebody took it back, or its row moved under the write and it went astray: its author is not told that it stands.
    if (!mine && edit.base !== undefined && cellsEqual(blankAsNull(edit.base), value)) {
      return { id, tag: "conflict", reason: "changed", theirs: value, asked: edit.policy === "ask" };
    }
    const replaced = mine ? {} : ({ replaced: true } as const);
    return { id, tag: "written", value, ...(formula === undefined ? {} : { formula }), ...replaced };
  }
  const at = located.order.findIndex((row, i) => {
    return row >= nextRow && !taken.has(i) && sameRow(edit.values, bySlot(plan, i));
  });
  if (at < 0) return { id, tag: "written", values: edit.values };
  taken.add(at);
  return { id, tag: "written", values: bySlot(plan, at) };
}

function bySlot({ tab, located }: TabPlan, at: number): CellValue[] {
  const values: CellValue[] = [];
  located.columns.forEach(({ slot }, position) => {
    const value = tab.snapshot.rows[at]?.[position] ?? null;
    if (value === null) return;
    while (values.length < slot) values.push(null);
    values[slot] = value;
  });
  return values;
}

function blankAsNull(value: CellValue | undefined): CellValue {
  return value === "" ? null : (value ?? null);
}

function sameRow(a: readonly CellValue[], b: readonly CellValue[]): boolean {
  return Array.from({ length: Math.max(a.length, b.length) }).every((_, slot) =>
    cellsEqual(blankAsNull(a[slot]), blankAsNull(b[slot])),
  );
}
