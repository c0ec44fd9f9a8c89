/** Conflicts: what two sides wanted of one cell, kept until a person has looked. */
import type { CellValue } from "#contract/cell.ts";
import type { ConflictAnswer, ConflictsAnswer, Receipt, ResolveBody } from "#contract/edits-rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../../backend/backend.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Arrival, EditDesk } from "./edit-desk.ts";
import { createRecordBook, type RecordBook, recordId } from "./record-book.ts";

export interface Conflicts {
  list(query: {
    readonly source?: string;
    readonly state?: ConflictAnswer["state"];
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<ConflictsAnswer>;
  get(id: string): Promise<ConflictAnswer | null>;
  /** Durable when it resolves. The same choice again gives what it gave before. */
  resolve(id: string, choice: ResolveBody, by: string): Promise<Result<ConflictAnswer, ResolveError>>;
}

export type ResolveError =
  | { readonly tag: "NoSuchConflict" }
  | { readonly tag: "Resolved"; readonly conflict: ConflictAnswer }
  /** The edit that should carry the choice out is refused; the conflict stays open. */
  | { readonly tag: "Refused"; readonly code: string; readonly why: string }
  | StorageError;

/** As it is kept, with all that either side wanted. */
export interface Conflict extends ConflictAnswer {
  readonly mine: CellValue;
  readonly theirs: CellValue;
}

export type ConflictBook = RecordBook<Conflict>;

/** A sheet that many scripts write to may bring as many as this before anybody looks. */
const CONFLICTS_PER_SOURCE_MAX = 1_000;

export function createConflictBook({
  kv,
  runtime,
}: {
  readonly kv: Kv;
  readonly runtime: Pick<Runtime, "logger">;
}): ConflictBook {
  return createRecordBook<Conflict>({
    kv,
    prefix: "conflict/",
    recordsPerSourceMax: CONFLICTS_PER_SOURCE_MAX,
    isDone: ({ state }) => state === "resolved",
    onDropped({ id, source, state }) {
      if (state === "open") runtime.logger.warn("open conflict dropped", { source, conflict: id });
    },
  });
}

export interface ConflictsDeps {
  readonly book: ConflictBook;
  readonly desk: Pick<EditDesk, "take">;
  readonly runtime: Pick<Runtime, "clock">;
}

export function createConflicts({ book, desk, runtime }: ConflictsDeps): Conflicts {
  const now = (): number => runtime.clock.nowMs();

  /** The edit that makes the cell hold what was chosen; null where it does already. */
  async function carryOut(
    conflict: Conflict,
    choice: ResolveBody,
    by: string,
  ): Promise<Result<Receipt | null, ResolveError>> {
    const arrival = editOf(conflict, choice, by, now());
    if (!arrival) return ok(null);
    const taken = await desk.take([arrival]);
    if (!taken.ok) return taken;
    const receipt = taken.value[0]!;
    if (receipt.state !== "refused") return ok(receipt);
    return err({ tag: "Refused", code: receipt.code ?? "refused", why: receipt.why ?? "It was refused." });
  }

  return {
    async list({ state, ...query }) {
      const { records, next } = await book.list({
        ...query,
        ...(state === undefined ? {} : { done: state === "resolved" }),
      });
      return { conflicts: records, ...(next === undefined ? {} : { next }) };
    },
    get: book.get,
    async resolve(id, choice, by) {
      const conflict = await book.get(id);
      if (!conflict) return err({ tag: "NoSuchConflict" });
      if (conflict.resolution) {
        return sameChoice(conflict.resolution, choice) ? ok(conflict) : err({ tag: "Resolved", conflict });
      }
      const edit = await carryOut(conflict, choice, by);
      if (!edit.ok) return edit;
      const resolved: Conflict = {
        ...conflict,
        state: "resolved",
        resolution: {
          ...choice,
          by,
          at: new Date(now()).toISOString(),
          ...(edit.value ? { edit: edit.value.id } : {}),
        },
      };
      const stored = await book.put(resolved);
      return stored.ok ? ok(resolved) : stored;
    },
  };
}

function editOf(conflict: Conflict, choice: ResolveBody, by: string, atMs: number): Arrival | null {
  const { id, source, tab, row, slot, mine, theirs, kept } = conflict;
  const stands = kept === "mine" ? "mine" : "theirs";
  if (choice.choice === stands || slot === undefined) return null;
  const value = choice.choice === "value" ? choice.value : choice.choice === "mine" ? mine : theirs;
  const base = stands === "mine" ? mine : theirs;
  return {
    // Another choice after a refused one is another edit.
    id: `resolve:${recordId(0, id, JSON.stringify(choice))}`,
    source,
    tab,
    key: `${row}:${slot}`,
    wish: { tag: "cell", row, slot, value, base },
    subject: by,
    atMs,
    via: "resolve",
    cause: id,
  };
}

function sameChoice(made: NonNullable<ConflictAnswer["resolution"]>, choice: ResolveBody): boolean {
  if (made.choice !== choice.choice) return false;
  return choice.choice !== "value" || Bun.deepEquals(made.value, choice.value);
}
