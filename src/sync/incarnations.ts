import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../backend/backend.ts";

/** Where the last number is kept: of writers of mirrors, and of edits documents. */
export const INCARNATION_KEYS = { mirrors: "incarnation", edits: "edits-incarnation" } as const;

/** Numbers from 1 that are given out once: each is durably taken before anybody has it. */
export function createIncarnations(kv: Kv, key: string): () => Promise<Result<number, StorageError>> {
  return async () => {
    for (;;) {
      const known = await kv.get<number>(key);
      const next = (known?.value ?? 0) + 1;
      const stored = await kv.put(key, next, known?.version ?? 0);
      if (stored.ok) return ok(next);
      if (stored.error.tag === "StorageError") return err(stored.error);
    }
  };
}
