/** What takes edits, writes them back, and keeps what went wrong with them. */
import {
  type ConflictBook,
  type Conflicts,
  createConflictBook,
  createConflicts,
} from "./actors/edits/conflicts.ts";
import { createEditDesk } from "./actors/edits/create-edit-desk.ts";
import {
  createDeadLetterBook,
  createDeadLetters,
  type DeadLetterBook,
  type DeadLetters,
} from "./actors/edits/dead-letters.ts";
import type { EditDesk } from "./actors/edits/edit-desk.ts";
import { createEditsTaker } from "./actors/edits/edits-taker.ts";
import { createOutboxes } from "./actors/edits/outboxes.ts";
import { createReceipts } from "./actors/edits/receipts.ts";
import { createSeenTimes } from "./actors/edits/seen-times.ts";
import { createWriteBack, type WriteBack } from "./actors/edits/write-back.ts";
import type { Supervisor } from "./actors/status.ts";
import type { Kv } from "./backend/backend.ts";
import type { Metrics } from "./runtime/metrics.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Documents } from "./sync/documents.ts";
import type { EditsDocuments } from "./sync/edits.ts";

export interface EditParts {
  /** What the actors write with. */
  readonly writeBack: WriteBack;
  /** Once there are actors: where edits come in. */
  open(supervisor: Pick<Supervisor, "settings" | "editsTaken">): EditDesks;
}

export interface EditDesks {
  readonly desk: EditDesk;
  readonly conflicts: Conflicts;
  readonly deadLetters: DeadLetters;
  /** Begins to take what stands in the edits documents; once every source has its actor. */
  start(): Promise<void>;
}

export interface EditPartsDeps {
  readonly kv: Kv;
  readonly runtime: Runtime;
  readonly documents: Pick<Documents, "open">;
  readonly edits: EditsDocuments;
  readonly metrics: Pick<Metrics, "deadletters">;
}

export function createEditParts({ kv, runtime, documents, edits, metrics }: EditPartsDeps): EditParts {
  const { clock, random } = runtime;
  const receipts = createReceipts({ kv, clock });
  const outboxes = createOutboxes({ kv, random, receipts });
  const conflictBook: ConflictBook = createConflictBook({ kv, runtime });
  const letterBook: DeadLetterBook = createDeadLetterBook({ kv, runtime });
  const reasons = new Map<string, string>();
  const writeBack = createWriteBack({
    ...{ kv, runtime, documents, edits, outboxes, receipts, reasons },
    conflicts: conflictBook,
    deadLetters: letterBook,
    seen: createSeenTimes(clock),
    onDeadLetters: metrics.deadletters,
  });
  return {
    writeBack,
    open(supervisor) {
      const desk = createEditDesk({
        ...{ outboxes, receipts, documents, edits, clock },
        settings: supervisor.settings,
        waits: (source) => reasons.get(source),
        onTaken: supervisor.editsTaken,
      });
      return {
        desk,
        conflicts: createConflicts({ book: conflictBook, desk, runtime }),
        deadLetters: createDeadLetters({ book: letterBook, desk, runtime, onCount: metrics.deadletters }),
        async start() {
          metrics.deadletters(await letterBook.size());
          await edits.start(createEditsTaker(desk, edits));
        },
      };
    },
  };
}
