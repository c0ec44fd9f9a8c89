/** What is told of edits to who may write a tab without reading it: what they wished themselves, not what stands there. */
import type { ConflictAnswer, DeadLetterAnswer, Receipt } from "#contract/edits-rest.ts";
import { type Grant, may, type Target } from "../../access/grant.ts";

export function receiptFor(grant: Grant, target: Target, receipt: Receipt): Receipt {
  if (may(grant, "read", target)) return receipt;
  const { value: _, theirs: __, ...told } = receipt;
  return told;
}

export function conflictFor(grant: Grant, conflict: ConflictAnswer): ConflictAnswer {
  const { base: _, theirs: __, mine, resolution, ...told } = conflict;
  if (mayRead(grant, conflict)) return conflict;
  const { value, ...how } = resolution ?? {};
  const own = grant.subject === resolution?.by && value !== undefined ? { value } : {};
  return {
    ...told,
    ...(grant.subject === conflict.by && mine !== undefined ? { mine } : {}),
    ...(resolution ? { resolution: { ...(how as typeof resolution), ...own } } : {}),
  };
}

export function deadLetterFor(grant: Grant, letter: DeadLetterAnswer): DeadLetterAnswer {
  if (grant.subject === letter.by || mayRead(grant, letter)) return letter;
  const { mine: _, ...told } = letter;
  return told;
}

function mayRead(grant: Grant, { source, tab }: { readonly source: string; readonly tab: string }): boolean {
  return may(grant, "read", { source, tab });
}
