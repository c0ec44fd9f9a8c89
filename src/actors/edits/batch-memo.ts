/** What a source notes of a batch, kept beside it. */
import type { StorageError } from "../../backend/backend.ts";
import type { WriteMemo } from "../../model/write.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { Outbox } from "./outbox.ts";
import type { Batch } from "./outbox-edit.ts";
import type { Outboxes } from "./outboxes.ts";

export interface BatchMemo extends WriteMemo {
  /** Of the storage, where it did not take the last notes. */
  refusal(): StorageError | null;
}

interface Deps {
  readonly outboxes: Pick<Outboxes, "alone">;
  readonly logger: Logger;
}

interface Noted {
  readonly source: string;
  readonly outbox: Outbox;
  readonly batch: Batch;
}

export function createBatchMemo(
  { outboxes, logger }: Deps,
  { source, outbox, batch }: Noted,
  signal: AbortSignal,
): BatchMemo {
  let notes = batch.notes ?? [];
  let refusal: StorageError | null = null;
  return {
    get notes() {
      return notes;
    },
    async keep(kept) {
      if (signal.aborted) return false;
      const stored = await outboxes.alone(source, () => outbox.putBatch({ ...batch, notes: kept }));
      refusal = stored.ok ? null : stored.error;
      if (stored.ok) notes = kept;
      else logger.warn("note of a batch not kept", { source, why: stored.error.detail });
      return stored.ok;
    },
    refusal: () => refusal,
  };
}
