/** An edits document's shared types: what stands in them, and how the daemon changes them. */
import type * as Y from "yjs";
import { CLOSE } from "#contract/close-codes.ts";
import { EDITS, OUTCOMES, PROGRESS, type Progress } from "#contract/edits.ts";
import type { EditNews } from "./edits.ts";
import { type Offer, offerOf } from "./edits-displaced.ts";
import { type Offence, offence } from "./edits-guard.ts";

export interface EditsContent {
  readonly doc: Y.Doc;
  /** Entries of `edits`, by key. */
  live(): Map<string, LiveEntry>;
  /** The ids that `progress` names, with their keys. */
  received(): readonly (readonly [id: string, key: string])[];
  /** Nothing stands in it: it can be erased. */
  isEmpty(): boolean;
  /** What stands where, to be compared after a client's update. */
  shape(): Shape;
  /** Why a client's update that led here from `before` may not stand. */
  offenceSince(before: Shape, limits: { readonly editsPerDocumentMax: number }): Offence | null;
  /**
   * Deletes what a client's update brought back of earlier documents, and sets an entry again that had to make room
   * for such a one.
   */
  dropDecided(before: Shape): void;
  /** What a client's update brings; before it is applied. */
  offer(update: Uint8Array): Offer;
  /** Sets entries again that had to make room for decided ones that their author did not know of. */
  bringBack(offer: Offer): void;
  tell(news: readonly EditNews[], outcomesMax: number): void;
  /** Withdrawn edits make no progress any more. */
  endProgress(ids: ReadonlySet<string>): void;
}

export interface LiveEntry {
  readonly id: string;
  /** Yjs id of the entry that its author set it over, "client:clock"; that one may be gone. */
  readonly over?: string;
  readonly value: unknown;
  readonly item: Y.Item;
}

export interface Shape {
  readonly edits: ReadonlyMap<string, LiveEntry>;
  readonly own: ReadonlySet<Y.Item>;
  readonly progress: readonly Y.Item[];
}

export interface EditsContentDeps {
  /** In the ids of edits. */
  readonly incarnation: () => number;
  /** Whether an element that a client brings was in an erased document, or is the daemon's own. */
  readonly isDecided: (id: Y.ID) => boolean;
}

export function createEditsContent(doc: Y.Doc, { incarnation, isDecided }: EditsContentDeps): EditsContent {
  const edits = doc.getMap(EDITS);
  const progress: Y.Map<unknown> = doc.getMap(PROGRESS);
  const outcomes: Y.Map<unknown> = doc.getMap(OUTCOMES);

  const idOf = ({ id }: Y.Item): string => `${incarnation()}:${id.client}:${id.clock}`;

  function live(): Map<string, LiveEntry> {
    const entries = new Map<string, LiveEntry>();
    for (const [key, item] of itemsOf(edits)) {
      const { origin } = item;
      const over = origin ? { over: `${origin.client}:${origin.clock}` } : {};
      const value = item.content.getContent()[item.length - 1];
      entries.set(key, { id: idOf(item), ...over, value, item });
    }
    return entries;
  }
  function drop(map: Y.Map<unknown>, key: string): void {
    if (map.has(key)) map.delete(key);
  }
  function take(news: EditNews, current: LiveEntry | undefined): void {
    const { key, id } = news;
    const known = progress.get(key) as Progress | undefined;
    if (news.tag === "progress") {
      if (current?.id === id && !Bun.deepEquals(known, news.progress))
        progress.set(key, { ...news.progress });
      return;
    }
    if (known?.id === id) progress.delete(key);
    if (current?.id !== id) return;
    edits.delete(key);
    drop(progress, key);
    if (news.tag === "outcome") outcomes.set(key, { ...news.outcome });
    else drop(outcomes, key);
  }

  return {
    doc,
    live,
    received: () => [...progress.entries()].map(([key, value]) => [(value as Progress).id, key] as const),
    isEmpty: () => edits.size === 0 && outcomes.size === 0,
    shape() {
      const own = [progress, outcomes].map((map) => [...itemsOf(map)].map(([, item]) => item));
      return { edits: live(), own: new Set(own.flat()), progress: own[0]! };
    },
    offenceSince(before, { editsPerDocumentMax }) {
      if ([edits, progress, outcomes].some(({ _start }) => _start !== null) || doc.share.size > NAMES_COUNT) {
        return offence(CLOSE.forbidden, `only entries of the map "${EDITS}" may be written here`);
      }
      const fresh = [progress, outcomes]
        .flatMap((map) => [...itemsOf(map)])
        .some(([, item]) => !before.own.has(item) && !isDecided(item.id));
      if (fresh || before.progress.some(({ deleted }) => deleted)) {
        const why = `"${PROGRESS}" and "${OUTCOMES}" are the server's to write; entries of the latter may be deleted`;
        return offence(CLOSE.forbidden, why);
      }
      let count = 0;
      for (const [, item] of itemsOf(edits)) {
        if (item.length > 1) return offence(CLOSE.malformed, "an entry of more than one value");
        if (++count > editsPerDocumentMax) {
          return offence(
            CLOSE.overloaded,
            `more than ${editsPerDocumentMax} edits at once: wait until some are decided`,
          );
        }
      }
      return null;
    },
    dropDecided(before) {
      for (const [key, item] of [...itemsOf(edits)]) {
        const displaced = before.edits.get(key);
        if (displaced?.item === item || !isDecided(item.id)) continue;
        if (displaced?.item.deleted) edits.set(key, displaced.value);
        else edits.delete(key);
      }
      for (const map of [progress, outcomes]) {
        for (const [key, item] of [...itemsOf(map)]) if (!before.own.has(item)) map.delete(key);
      }
    },
    offer: (update) => offerOf(doc, update, isDecided),
    bringBack(offer) {
      for (const [key, value] of offer.displaced(edits)) edits.set(key, value);
    },
    tell(news, outcomesMax) {
      const current = live();
      for (const one of news) {
        take(one, current.get(one.key));
        if (one.tag !== "progress" && current.get(one.key)?.id === one.id) current.delete(one.key);
      }
      const excess = outcomes.size - outcomesMax;
      if (excess <= 0) return;
      const byAge = [...itemsOf(outcomes)].sort(([, a], [, b]) => age(a, b));
      for (const [key] of byAge.slice(0, excess)) outcomes.delete(key);
    },
    endProgress(ids) {
      for (const [key, value] of [...progress.entries()])
        if (ids.has((value as Progress).id)) progress.delete(key);
    },
  };
}

/** The roots: edits, progress, outcomes. */
const NAMES_COUNT = 3;

function* itemsOf(map: Y.Map<unknown>): Generator<[string, Y.Item]> {
  for (const [key, item] of map._map) if (!item.deleted) yield [key, item];
}

/** The daemon's client ids only grow. */
function age(a: Y.Item, b: Y.Item): number {
  return a.id.client - b.id.client || a.id.clock - b.id.clock;
}
