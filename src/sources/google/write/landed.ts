/** A batch that may have been sent before: whether it landed, and what then became of its edits. */
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { CellWrite } from "../../../model/resolve.ts";
import type { ConflictReason, WriteBatch, WriteEdit, WriteOutcome } from "../../../model/write.ts";
import { withWritten } from "../../../model/written.ts";
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

/** The batch on what its tabs held right after it. */
export function onLanding(batch: WriteBatch, written: readonly boolean[]): WriteBatch {
  let index = 0;
  const tabs = batch.tabs.map((tab) => {
    const landed = tab.edits.filter(() => written[index++]);
    return { ...tab, baseline: withWritten(tab.baseline, landed) };
  });
  return { ...batch, tabs };
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

/**
 * What stands there now of an edit that was written. Where the sheet does not show it, somebody changed it since, or its row
 * moved under the write and it went astray: nobody knows which, so its author is not told that it stands.
 */
function standing(
  edit: WriteEdit,
  plan: TabPlan | undefined,
  taken: Set<number>,
  nextRow: number,
): WriteOutcome {
  const { id } = edit;
  if (edit.doubt !== undefined) return unheard(edit, "unheard");
  switch (edit.tag) {
    case "cell":
      return plan ? cellStanding(edit, plan) : unheard(edit, "row-gone");
    case "remove":
      return !plan || plan.located.row(edit.row).tag === "gone"
        ? { id, tag: "written" }
        : unheard(edit, "unheard");
    case "add": {
      const at = plan?.located.order.findIndex(
        (row, i) => row >= nextRow && !taken.has(i) && sameRow(edit.values, bySlot(plan, i)),
      );
      if (!plan || at === undefined || at < 0) return { id, tag: "written", values: edit.values };
      taken.add(at);
      return { id, tag: "written", values: bySlot(plan, at) };
    }
  }
}

function cellStanding(edit: CellWrite, { tab, located }: TabPlan): WriteOutcome {
  const [row, column] = [located.row(edit.row), located.column(edit.slot)];
  if (row.tag === "gone" || column.tag === "gone")
    return unheard(edit, row.tag === "gone" ? "row-gone" : "column-gone");
  if (row.tag === "doubtful" || column.tag === "doubtful") return unheard(edit, "unheard");
  const { value = null, formula } = tab.cell(tab.gridRow(row.at), tab.gridColumn(column.at)) ?? {};
  const mine =
    edit.formula === undefined ? cellsEqual(blankAsNull(edit.value), value) : formula !== undefined;
  if (!mine) return unheard(edit, "changed", value);
  return { id: edit.id, tag: "written", value, ...(formula === undefined ? {} : { formula }) };
}

function unheard(edit: WriteEdit, reason: ConflictReason, theirs: CellValue = null): WriteOutcome {
  return {
    id: edit.id,
    tag: "conflict",
    reason,
    theirs,
    asked: edit.tag === "cell" && edit.policy === "ask",
  };
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
