import { err, type Result } from "#contract/result.ts";
import type { Position, StorageError } from "./backend.ts";

export function storageError(detail: string): Result<never, StorageError> {
  return err({ tag: "StorageError", detail });
}

/** Why a compaction up to `upTo` is refused when the log holds `first` to `last`; 0 and 0 for no log. */
export function compactRange(upTo: Position, first: Position, last: Position): string {
  return `cannot compact up to ${upTo}: the log holds positions ${first} to ${last}`;
}
