/** Brings the fate of edits into the documents that they came from. */
import type { Receipt } from "#contract/edits-rest.ts";
import { ok, type Result } from "#contract/result.ts";
import type { StorageError } from "../../backend/backend.ts";
import type { EditNews, EditsDocuments } from "../../sync/edits.ts";
import { mineOf, type OutboxEdit } from "./outbox-edit.ts";

export type TellEdits = Pick<EditsDocuments, "tell">;

/** What a document is told of an edit; `mine` is what was wished. */
export function newsOf(receipt: Receipt, edit?: Pick<OutboxEdit, "wish">): EditNews {
  const { id, key, state, why, row } = receipt;
  switch (state) {
    case "confirmed":
      return { key, id, tag: "confirmed" };
    case "received":
    case "writing": {
      const told = { ...(why === undefined ? {} : { waits: why }), ...(row === undefined ? {} : { row }) };
      return { key, id, tag: "progress", progress: { id, state, ...told } };
    }
    case "conflict":
    case "refused":
    case "parked": {
      const { theirs, record } = receipt;
      const mine = edit?.wish.tag === "cell" ? mineOf(edit) : undefined;
      const outcome = {
        id,
        state,
        why: why ?? "",
        code: receipt.code ?? state,
        ...(theirs === undefined ? {} : { theirs }),
        ...(mine === undefined ? {} : { mine }),
        ...(record === undefined ? {} : { record }),
      };
      return { key, id, tag: "outcome", outcome };
    }
  }
}

/** Tells the documents; those who came in another way ask for their receipts. */
export async function tellAll(
  documents: TellEdits,
  fates: readonly (readonly [OutboxEdit, Receipt])[],
): Promise<Result<void, StorageError>> {
  const places = new Map<string, { edit: OutboxEdit; news: EditNews[] }>();
  for (const [edit, receipt] of fates) {
    if (edit.via !== "document") continue;
    const key = JSON.stringify([edit.source, edit.tab, edit.subject]);
    const place = places.get(key) ?? { edit, news: [] };
    place.news.push(newsOf(receipt, edit));
    places.set(key, place);
  }
  let all: Result<void, StorageError> = ok(undefined);
  for (const { edit, news } of places.values()) {
    const { source, tab, subject } = edit;
    const told = await documents.tell({ source, tab, subject }, news);
    // The others are told all the same: who is not told is given its edits again.
    if (!told.ok) all = told;
  }
  return all;
}
