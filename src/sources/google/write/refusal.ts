/** What of a batch Google refuses. */
import type { SourceError } from "../../source.ts";
import type { CallError } from "../problems.ts";
import type { BatchRequests } from "./requests.ts";

export type Refusal =
  | { readonly tag: "error"; readonly error: SourceError }
  /** The tab was renamed, or its grid changed. */
  | { readonly tag: "moved" }
  | { readonly tag: "proof" }
  | { readonly tag: "edits"; readonly ids: readonly string[]; readonly why: string };

export function whichRefused(error: CallError, { edits }: BatchRequests): Refusal {
  if (error.tag === "BadRange") return { tag: "moved" };
  const refused = refusedRequest(error);
  const ids = refused && edits[refused.at];
  if (!ids) return { tag: "error", error };
  return ids.length === 0
    ? { tag: "proof" }
    : { tag: "edits", ids, why: `Google refuses it: ${refused.why}` };
}

/** Google names the request that it refuses by its position; null: it refuses none of them. */
export function refusedRequest(
  error: CallError,
): { readonly at: number; readonly why: string | undefined } | null {
  if (error.tag !== "Malformed" || error.path !== "request") return null;
  const [, position, why] = /requests\[(\d+)\](?:\.\w+)?:? ?(.*)/s.exec(error.detail) ?? [];
  return position === undefined ? null : { at: Number(position), why };
}
