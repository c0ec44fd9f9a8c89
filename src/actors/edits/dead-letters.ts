/** Edits that could not be written for a reason that nobody foresaw, kept for a person. */
import type { DeadLetterAnswer, DeadLettersAnswer, Receipt } from "#contract/edits-rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../../backend/backend.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Arrival, EditDesk } from "./edit-desk.ts";
import { createRecordBook, type RecordBook } from "./record-book.ts";

export interface DeadLetters {
  list(query: {
    readonly source?: string;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<DeadLettersAnswer>;
  get(id: string): Promise<DeadLetterAnswer | null>;
  /** Takes the edit anew; the letter is gone once it was taken. */
  requeue(id: string): Promise<Result<Receipt, DeadLetterError>>;
  discard(id: string): Promise<Result<void, DeadLetterError>>;
}

export type DeadLetterError =
  | { readonly tag: "NoSuchDeadLetter" }
  /** The letter stays. */
  | { readonly tag: "Refused"; readonly code: string; readonly why: string }
  | StorageError;

/** What people see of it, and the edit as it arrived. */
export interface DeadLetter extends DeadLetterAnswer {
  readonly arrival: Arrival;
}

export type DeadLetterBook = RecordBook<DeadLetter>;

/** Parked one by one, each after several tries: so many mean that something else is broken. */
const DEAD_LETTERS_PER_SOURCE_MAX = 1_000;

export function createDeadLetterBook({
  kv,
  runtime,
}: {
  readonly kv: Kv;
  readonly runtime: Pick<Runtime, "logger">;
}): DeadLetterBook {
  return createRecordBook<DeadLetter>({
    kv,
    prefix: "deadletter/",
    recordsPerSourceMax: DEAD_LETTERS_PER_SOURCE_MAX,
    isDone: () => false,
    onDropped: ({ id, source }) => runtime.logger.warn("dead letter dropped", { source, letter: id }),
  });
}

export interface DeadLettersDeps {
  readonly book: DeadLetterBook;
  readonly desk: Pick<EditDesk, "take">;
  readonly runtime: Pick<Runtime, "clock">;
  /** Told how many there are. */
  readonly onCount: (count: number) => void;
}

export function createDeadLetters({ book, desk, runtime, onCount }: DeadLettersDeps): DeadLetters {
  async function discard(id: string): Promise<Result<void, DeadLetterError>> {
    if (!(await book.get(id))) return err({ tag: "NoSuchDeadLetter" });
    const removed = await book.remove(id);
    if (removed.ok) onCount(await book.size());
    return removed;
  }
  return {
    async list(query) {
      const { records, next } = await book.list(query);
      return { deadLetters: records.map(seen), ...(next === undefined ? {} : { next }) };
    },
    async get(id) {
      const letter = await book.get(id);
      return letter && seen(letter);
    },
    async requeue(id) {
      const letter = await book.get(id);
      if (!letter) return err({ tag: "NoSuchDeadLetter" });
      const { arrival } = letter;
      // Its author may have acknowledged the outcome by now: the new try is asked for by its receipt.
      const again = { ...arrival, id: `requeue:${id}`, via: "rest", cause: id } as const;
      const taken = await desk.take([{ ...again, atMs: runtime.clock.nowMs() }]);
      if (!taken.ok) return taken;
      const receipt = taken.value[0]!;
      if (receipt.state === "refused") {
        return err({
          tag: "Refused",
          code: receipt.code ?? "refused",
          why: receipt.why ?? "It was refused.",
        });
      }
      const gone = await discard(id);
      return gone.ok ? ok(receipt) : gone;
    },
    discard,
  };
}

function seen({ arrival: _, ...letter }: DeadLetter): DeadLetterAnswer {
  return letter;
}
