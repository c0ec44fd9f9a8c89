/** Takes what stands in the edits documents to the desk, and tells the documents what became of it. */
import { ok } from "#contract/result.ts";
import type { EditsDocuments, EditsTaker } from "../../sync/edits.ts";
import type { EditDesk } from "./edit-desk.ts";
import { newsOf } from "./edit-news.ts";

export function createEditsTaker(
  desk: Pick<EditDesk, "take" | "withdraw">,
  documents: Pick<EditsDocuments, "tell">,
): EditsTaker {
  return async (place, { put, withdrawn }) => {
    const { source, tab, subject } = place;
    const arrivals = put.map((edit) => ({ ...edit, source, tab, subject, via: "document" as const }));
    const taken = await desk.take(arrivals);
    if (!taken.ok) return taken;
    // A wish that replaces one of the same key is taken before that one goes, so that it knows what it is made on.
    const gone = withdrawn.length > 0 ? await desk.withdraw(source, withdrawn) : ok(undefined);
    if (!gone.ok || arrivals.length === 0) return gone;
    const news = taken.value.map((receipt, index) => {
      const { wish } = arrivals[index]!;
      return typeof wish === "string" ? newsOf(receipt) : newsOf(receipt, { wish });
    });
    return documents.tell(place, news);
  };
}
