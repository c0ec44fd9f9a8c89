/**
 * What a client may bring into its edits document. Looked at before anything of it is applied: Yjs itself takes
 * whatever can be decoded, and some of it at a cost that grows with the square of its size.
 */
import * as Y from "yjs";
import { CLOSE } from "#contract/close-codes.ts";
import { EDITS, OUTCOMES, PROGRESS } from "#contract/edits.ts";
import type { SyncLimits } from "./limits.ts";

export interface Offence {
  readonly tag: "Refused";
  readonly code: number;
  readonly why: string;
}

export interface Offered {
  readonly tag: "Offered";
  /** Elements that the document does not have yet. */
  readonly news: number;
}

export type GuardLimits = Pick<SyncLimits, "editCharsMax">;

/** Steps that Yjs may take over concurrent edits of one update: some 100 ms. */
const STEPS_MAX = 2_000_000;
/** Keys of known shape are shorter; a longer one could not be told in an outcome. */
const KEY_CHARS_MAX = 200;
const DEPTH_MAX = 6;
/** Clocks of honest clients count their changes. */
const CLOCK_MAX = 2 ** 32;
const NAMES: readonly unknown[] = [EDITS, PROGRESS, OUTCOMES];

/** `update` is in a buffer of its own: lib0 would read on behind its end otherwise. */
export function checkEditsUpdate(doc: Y.Doc, update: Uint8Array, limits: GuardLimits): Offered | Offence {
  let structs: readonly (Y.Item | Y.GC | Y.Skip)[];
  try {
    structs = Y.decodeUpdate(update).structs;
  } catch {
    return offence(CLOSE.malformed, "an update that cannot be read");
  }
  const cost = createCost(doc, structs.length);
  let news = 0;
  for (const struct of structs) {
    const { client, clock } = struct.id;
    const end = clock + struct.length;
    if (!(end <= CLOCK_MAX)) return offence(CLOSE.malformed, "a clock out of range");
    if (struct instanceof Y.Skip || end <= Y.getState(doc.store, client)) continue;
    news++;
    if (client === doc.clientID) return offence(CLOSE.forbidden, "this client id is the server's own");
    if (struct instanceof Y.GC) continue;
    const wrong = checkItem(struct as Y.Item, limits);
    if (wrong) return wrong;
    if (cost.add(struct as Y.Item) > STEPS_MAX) {
      return offence(CLOSE.overloaded, "too many changes of the same entries at once");
    }
  }
  return { tag: "Offered", news };
}

function checkItem(item: Y.Item, { editCharsMax }: GuardLimits): Offence | null {
  const { parent, parentSub, content } = item;
  if (
    item.rightOrigin !== null ||
    (item.origin === null && !(NAMES.includes(parent) && parentSub !== null))
  ) {
    return offence(CLOSE.forbidden, `only entries of the map "${EDITS}" may be written here`);
  }
  if (parentSub !== null && parentSub.length > KEY_CHARS_MAX) {
    return offence(CLOSE.malformed, `a key of more than ${KEY_CHARS_MAX} characters`);
  }
  if (content instanceof Y.ContentDeleted) return null;
  if (!(content instanceof Y.ContentAny)) {
    return offence(CLOSE.forbidden, "an edit is a plain object: no shared types, documents or bytes");
  }
  for (const value of content.arr) {
    if (sizeOf(value, editCharsMax) > editCharsMax) {
      return offence(
        CLOSE.malformed,
        `an edit deeper than ${DEPTH_MAX} or longer than ${editCharsMax} characters`,
      );
    }
  }
  return null;
}

/** About how many characters the value has as JSON; stops counting beyond `most`. */
function sizeOf(value: unknown, most: number, depth = 0): number {
  if (depth > DEPTH_MAX) return most + 1;
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (value instanceof Uint8Array) return value.length;
  let size = 2;
  for (const [key, part] of Object.entries(value)) {
    size += key.length + sizeOf(part, most, depth + 1);
    if (size > most) return size;
  }
  return size;
}

/**
 * How far Yjs walks to find the places of concurrent entries, at most. An honest client's entry follows the last one
 * of its key that it saw, so that only what others changed meanwhile lies behind it.
 */
function createCost(doc: Y.Doc, structs: number): { add(item: Y.Item): number } {
  const followed = new Set<string>();
  let steps = 0;
  const behind = (from: Y.Item | null): number => {
    let count = 0;
    for (let item = from; item && steps + count <= STEPS_MAX; item = item.right) count++;
    return count;
  };
  const before = (from: Y.Item | undefined): number => {
    let count = 0;
    for (let item = from ?? null; item && steps + count <= STEPS_MAX; item = item.left) count++;
    return count;
  };
  return {
    add({ origin, parent, parentSub }) {
      const mark = origin ? `${origin.client}:${origin.clock}` : `${parent}/${parentSub}`;
      if (followed.has(mark)) steps += structs;
      followed.add(mark);
      if (!origin) steps += before(doc.getMap(parent as unknown as string)._map.get(parentSub!));
      else if (origin.clock < Y.getState(doc.store, origin.client)) {
        const left = Y.getItem(doc.store, origin);
        if (left instanceof Y.Item) steps += behind(left.right);
      }
      return steps;
    },
  };
}

export function offence(code: number, why: string): Offence {
  return { tag: "Refused", code, why };
}
