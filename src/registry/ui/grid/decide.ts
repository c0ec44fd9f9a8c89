/** What a person chose at a marked cell. The record that others see of it is decided by it, too. */
import type { EditStatus, Receipt, Table } from "../../../../client-sdk/src/index.ts";
import { refusalWords } from "../parts/words.ts";
import type { EditsApi } from "../rest/edits-api.ts";

export type DecideApi = Pick<EditsApi, "resolveConflict" | "requeueDeadLetter">;

export interface Decision {
  /** keep: what stands there stays; again: what was wished is written after all. */
  readonly choice: "keep" | "again";
  readonly receipt: Receipt;
  /** Wishes once more where no record does it. */
  readonly again: () => void;
}

/** What went wrong, as a sentence; empty when it is done. The mark goes only then. */
export async function decide(api: DecideApi, { choice, receipt, again }: Decision): Promise<string> {
  const { state, record } = receipt.status;
  const isConflict = state === "conflict";
  if (record === undefined || (!isConflict && choice === "keep")) {
    receipt.dismiss();
    if (choice === "again") again();
    return "";
  }
  const answer = isConflict
    ? await api.resolveConflict(record, { choice: choice === "keep" ? "theirs" : "mine" })
    : await api.requeueDeadLetter(record);
  const { error } = answer.ok ? { error: null } : answer;
  // Somebody else has decided it otherwise or swept it away: there is nothing left to mark.
  const isOver = error?.tag === "Refused" && OVER.test(error.problem.type);
  if (!error || isOver) receipt.dismiss();
  return error ? refusalWords(error) : "";
}

/** Ends of the types of problems. */
const OVER = /(already-resolved|unknown-conflict|unknown-dead-letter)$/;

/** Own wishes whose conflict may have been decided elsewhere by now. */
export function undecided(table: Table): readonly (Receipt & { readonly status: EditStatus })[] {
  return table.receipts.filter(({ status }) => status.state === "conflict" && status.record !== undefined);
}
