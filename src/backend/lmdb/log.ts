import { err, ok } from "#contract/result.ts";
import type { AppendError, Position, StorageError, StoredUpdate, UpdateLog } from "../backend.ts";
import { compactRange, storageError } from "../errors.ts";
import { createFollowers } from "../followers.ts";
import { compareBytes } from "../kv-key.ts";
import type { Environment } from "./environment.ts";
import { documentKey, logKey, POSITION_MAX } from "./records.ts";
import type { Change, Writer } from "./writer.ts";

/**
 * What is known of one document's log. Its positions have no gaps: first, first + 1, ..., last; so compaction and
 * removal know their keys without reading.
 */
interface LogState {
  readonly id: number;
  first: Position;
  last: Position;
}

export interface LmdbLog extends UpdateLog {
  close(): void;
}

export function createLmdbLog(environment: Environment, writer: Writer): LmdbLog {
  const { decodeEntry, encodeEntry, encodeName } = environment.records;
  const ids = readIds(environment);
  const states = new Map<string, LogState>();
  let nextId = [...ids.values()].reduce((most, id) => Math.max(most, id), 0) + 1;
  const followers = createFollowers({
    whenDurable: (document, run) => void writer.whenDurable(document, run),
    read,
  });

  /** The document's state, read from the file when first asked for. */
  function stateOf(document: string): LogState | null {
    const id = ids.get(document);
    if (id === undefined) return null;
    const known = states.get(document);
    if (known) return known;
    const range = { start: logKey(id, 0), end: logKey(id, POSITION_MAX) };
    const edge = (keys: Iterable<Buffer>): Position => [...keys][0]?.readUIntBE(4, 6) ?? 0;
    const state = {
      id,
      first: edge(environment.log.getKeys({ ...range, limit: 1 })),
      last: edge(environment.log.getKeys({ start: range.end, end: range.start, reverse: true, limit: 1 })),
    };
    states.set(document, state);
    return state;
  }

  function read(document: string, after: Position): StoredUpdate[] {
    const id = ids.get(document);
    if (id === undefined) return [];
    const range = { start: logKey(id, after + 1), end: logKey(id, POSITION_MAX) };
    return [...environment.log.getRange(range)].map(({ key, value }) => decodeEntry(key, value));
  }

  function create(document: string, changes: Change[]): LogState {
    const state = { id: nextId++, first: 1, last: 0 };
    ids.set(document, state.id);
    states.set(document, state);
    const key = documentKey(state.id);
    changes.push({ table: environment.documents, key, record: encodeName(key, document) });
    return state;
  }

  function forget(document: string): void {
    ids.delete(document);
    states.delete(document);
  }

  return {
    append: (document, { update, author, change, fence }) => {
      // Copied now: the caller may reuse its buffer after this call.
      const kept = { author, update: update.slice(), ...(change && { change: change.slice() }) };
      return writer.write<Position, AppendError>(document, (changes) => {
        const last = stateOf(document)?.last ?? 0;
        if (fence !== undefined && fence !== last) return err({ tag: "Fenced", last });
        const isNew = !ids.has(document);
        const state = stateOf(document) ?? create(document, changes);
        const position = ++state.last;
        const key = logKey(state.id, position);
        changes.push({ table: environment.log, key, record: encodeEntry(key, kept) });
        return ok({
          value: position,
          done: () => followers.publish(document, [{ position, ...kept }]),
          undo() {
            if (isNew) forget(document);
            else state.last--;
          },
        });
      });
    },
    read: (document, after) => writer.whenDurable(document, () => read(document, after)),
    follow: followers.follow,
    compact: (document, upTo, checkpoint) => {
      const checkpointed = { author: "checkpoint", update: checkpoint.slice() };
      return writer.write<void, StorageError>(document, (changes) => {
        const state = stateOf(document);
        const { first, last } = state ?? { first: 0, last: 0 };
        if (!state || upTo < 1 || upTo < first || upTo > last) {
          return storageError(compactRange(upTo, first, last));
        }
        for (let position = first; position < upTo; position++) {
          changes.push({ table: environment.log, key: logKey(state.id, position), record: null });
        }
        const key = logKey(state.id, upTo);
        changes.push({ table: environment.log, key, record: encodeEntry(key, checkpointed) });
        state.first = upTo;
        return ok({
          value: undefined,
          undo() {
            state.first = first;
          },
        });
      });
    },
    remove: (document) =>
      writer.write(document, (changes) => {
        const state = stateOf(document);
        if (state) {
          for (let position = state.first; position <= state.last; position++) {
            changes.push({ table: environment.log, key: logKey(state.id, position), record: null });
          }
          changes.push({ table: environment.documents, key: documentKey(state.id), record: null });
          forget(document);
        }
        return ok({
          value: undefined,
          done: () => followers.end(document),
          undo() {
            if (!state) return;
            ids.set(document, state.id);
            states.set(document, state);
          },
        });
      }),
    documents: (prefix) =>
      writer.whenDurable(null, () =>
        [...ids.keys()].filter((name) => name.startsWith(prefix)).sort(compareBytes),
      ),
    close: followers.endAll,
  };
}

function readIds(environment: Environment): Map<string, number> {
  const ids = new Map<string, number>();
  for (const { key, value } of environment.documents.getRange({})) {
    ids.set(environment.records.decodeName(key, value), key.readUInt32BE(0));
  }
  return ids;
}
