/**
 * Two entries of one key that were set without knowing of each other stand beside each other by chance, and Yjs shows the
 * last: an edit that a client made before it heard of a decided one of the same key may be deleted as it arrives.
 */
import * as Y from "yjs";

/** The new entries of a client's update; to be asked for before it is applied, and again after. */
export interface Offer {
  /** Values by key, of those that have to make room for an entry that was decided before. */
  displaced(edits: Y.Map<unknown>): Map<string, unknown>;
}

export function offerOf(doc: Y.Doc, update: Uint8Array, isDecided: (id: Y.ID) => boolean): Offer {
  const { structs, ds } = Y.decodeUpdate(update);
  const fresh: { readonly id: Y.ID; readonly value: unknown }[] = [];
  for (const struct of structs) {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentAny)) continue;
    const id = struct.lastId;
    if (id.clock < Y.getState(doc.store, id.client)) continue;
    // What its author took back itself is to stay so.
    if (Y.isDeleted(ds, id) || isDecided(id)) continue;
    fresh.push({ id, value: struct.content.arr.at(-1) });
  }
  return {
    displaced(edits) {
      const found = new Map<string, unknown>();
      for (const { id, value } of fresh) {
        if (id.clock >= Y.getState(doc.store, id.client)) continue;
        const item = Y.getItem(doc.store, id);
        if (!(item instanceof Y.Item) || !item.deleted || item.parent !== edits) continue;
        const key = item.parentSub;
        if (key !== null && edits._map.get(key)?.deleted && edits._map.get(key) !== item)
          found.set(key, value);
      }
      return found;
    },
  };
}
