/**
 * What is kept of an edits document besides its updates, and outlives them: who wrote it and how far. Documents are
 * erased once they are spent; a client that comes back late brings all of its copy along, and what the erased one ever
 * held must count as decided.
 */
import { createHash } from "node:crypto";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../backend/backend.ts";
import type { EditsPlace } from "./edits.ts";

export interface EditsMemory {
  /** Names the document among all that ever were, in the ids of its edits. */
  readonly incarnation: number;
  /** The daemon's Yjs client id in it; raised whenever its clock might have been used already. */
  readonly writer: number;
  /** Clocks by client: what stands before them was in an erased document of this place. The latest come last. */
  readonly floor: readonly (readonly [client: number, clock: number])[];
}

export interface EditsMemories {
  get(place: EditsPlace): Promise<EditsMemory | null>;
  put(place: EditsPlace, memory: EditsMemory): Promise<Result<void, StorageError>>;
  /** Forgets those of the places that are meant. */
  remove(isMeant: (place: EditsPlace) => boolean): Promise<Result<void, StorageError>>;
  /** Raises every writer, those of places that are not known yet too: another history may have used the next ones. */
  raiseWriters(by: number): Promise<Result<void, StorageError>>;
}

/** About 16 KB; who edited longer ago and comes back with decided edits has them taken once more. */
const FLOOR_CLIENTS_MAX = 1_000;

const PREFIX = "edits/";
/** The writer that a place without a memory begins behind. */
const WRITER_BASE_KEY = "edits-writer-base";

interface Stored extends EditsMemory {
  readonly tab: string;
  readonly subject: string;
}

export function createEditsMemories(kv: Kv): EditsMemories {
  return {
    async get(place) {
      const known = await kv.get<Stored>(keyOf(place));
      if (known) return known.value;
      const base = await kv.get<number>(WRITER_BASE_KEY);
      return base ? { incarnation: 0, writer: base.value, floor: [] } : null;
    },
    async put(place, { incarnation, writer, floor }) {
      const { tab, subject } = place;
      const stored = await kv.put(keyOf(place), {
        tab,
        subject,
        incarnation,
        writer,
        floor,
      } satisfies Stored);
      return stored.ok ? ok(undefined) : failed(stored.error);
    },
    async remove(isMeant) {
      for (const { key, value } of await kv.list<Stored>(PREFIX)) {
        const [source = ""] = key.slice(PREFIX.length).split("/");
        if (!isMeant({ source, tab: value.tab, subject: value.subject })) continue;
        const removed = await kv.remove(key);
        if (!removed.ok) return failed(removed.error);
      }
      return ok(undefined);
    },
    async raiseWriters(by) {
      for (const { key, value } of await kv.list<Stored>(PREFIX)) {
        const stored = await kv.put(key, { ...value, writer: value.writer + by });
        if (!stored.ok) return failed(stored.error);
      }
      const base = await kv.get<number>(WRITER_BASE_KEY);
      const stored = await kv.put(WRITER_BASE_KEY, (base?.value ?? 0) + by);
      return stored.ok ? ok(undefined) : failed(stored.error);
    },
  };
}

/** The floor above all that `clocks` name. */
export function raiseFloor(
  floor: EditsMemory["floor"],
  clocks: ReadonlyMap<number, number>,
): EditsMemory["floor"] {
  const raised = new Map(floor);
  for (const [client, clock] of clocks) {
    const known = raised.get(client) ?? 0;
    raised.delete(client);
    raised.set(client, Math.max(known, clock));
  }
  return [...raised].slice(-FLOOR_CLIENTS_MAX);
}

/** Tabs and subjects may be longer than a key. */
function keyOf({ source, tab, subject }: EditsPlace): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([tab, subject]))
    .digest("hex");
  return `${PREFIX}${source}/${hash}`;
}

function failed(error: { readonly tag: string } | StorageError): Result<never, StorageError> {
  const detail = "detail" in error ? error.detail : "another daemon writes this edits document";
  return err({ tag: "StorageError", detail });
}
