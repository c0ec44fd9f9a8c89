/**
 * What a restored backup must be told before anybody writes it. The daemon that it was taken of went on: clients know more
 * than is here, under the very numbers that the next writers would take, and would take half of what those write for their
 * own. So from here on all writers have numbers that nobody can have had, and each mirror is of another epoch.
 *
 * A client that has seen no more than the backup holds goes on as if nothing had happened. One that has seen more is told
 * so (4409) for ever after, since nobody will write the clocks that it knows. Revisions and ETags name the epoch: readers
 * of events start anew.
 */
import * as Y from "yjs";
import { META } from "#contract/layout.ts";
import { ok, type Result } from "#contract/result.ts";
import type { Backend, Kv, KvError, StorageError } from "../backend/backend.ts";
import { type Random, randomHex } from "../runtime/random.ts";
import { createEditsMemories } from "./edits-memory.ts";
import { parseEditsName } from "./edits-name.ts";
import { INCARNATION_KEYS } from "./incarnations.ts";

/**
 * More than a daemon raises its numbers between a backup and its end: once a start, a removed document or a refused
 * write. Numbers end at 2^20, so that 255 restores are possible, one after the other.
 */
const INCARNATIONS_SKIPPED = 4_096;
/** Raised once a life of an edits document. Clients' own ids are random in 32 bits and must not fall below it. */
const EDITS_WRITERS_SKIPPED = 1_024;
const EPOCH_BYTES = 6;

export interface NewHistory {
  /** Mirrors that are of another epoch now. */
  readonly mirrors: number;
}

/** `onMirror` is told how many are done. Repeating it does no harm. Nobody else may have the backend open. */
export async function beginNewHistory(
  { log, kv }: Pick<Backend, "log" | "kv">,
  random: Random,
  onMirror: (done: number, all: number) => Promise<void> = async () => {},
): Promise<Result<NewHistory, StorageError | KvError>> {
  const raised = await raise(kv, INCARNATION_KEYS.mirrors);
  if (!raised.ok) return raised;
  const edits = await raise(kv, INCARNATION_KEYS.edits);
  if (!edits.ok) return edits;
  const writers = await createEditsMemories(kv).raiseWriters(EDITS_WRITERS_SKIPPED);
  if (!writers.ok) return writers;
  const names = (await log.documents("")).filter((name) => parseEditsName(name) === null);
  const mirrors = names.filter((name) => !name.includes("@"));
  // Views are made again of their tabs when they are asked for.
  for (const name of names.filter((one) => one.includes("@"))) {
    const removed = await log.remove(name);
    if (!removed.ok) return removed;
  }
  for (const [index, name] of mirrors.entries()) {
    await onMirror(index, mirrors.length);
    const changed = await changeEpoch(log, name, raised.value, randomHex(random, EPOCH_BYTES));
    if (!changed.ok) return changed;
  }
  return ok({ mirrors: mirrors.length });
}

async function raise(kv: Kv, key: string): Promise<Result<number, KvError>> {
  const known = await kv.get<number>(key);
  const next = (known?.value ?? 0) + INCARNATIONS_SKIPPED;
  const stored = await kv.put(key, next, known?.version ?? 0);
  return stored.ok ? ok(next) : stored;
}

/** The log becomes one checkpoint: positions of another epoch say nothing of what stood at them before. */
async function changeEpoch(
  log: Backend["log"],
  name: string,
  writer: number,
  epoch: string,
): Promise<Result<void, StorageError>> {
  const doc = new Y.Doc({ guid: name });
  for (const { update } of await log.read(name, 0)) Y.applyUpdate(doc, update);
  doc.clientID = writer;
  const before = Y.encodeStateVector(doc);
  doc.getMap(META).set("epoch", epoch);
  const appended = await log.append(name, { update: Y.encodeStateAsUpdate(doc, before), author: "restore" });
  if (!appended.ok) {
    const { error } = appended;
    return {
      ok: false,
      error: error.tag === "Fenced" ? { tag: "StorageError", detail: "another writer" } : error,
    };
  }
  return log.compact(name, appended.value, Y.encodeStateAsUpdate(doc));
}
