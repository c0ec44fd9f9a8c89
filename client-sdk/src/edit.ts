/**
 * One wish of this client, from being made to being decided.
 *
 *     local --> received --> writing --> confirmed | conflict | refused | parked
 *       '-----------'-----------'------> superseded   by a later wish for the same cell
 *                                        withdrawn    before it was sent
 *                                        unknown      closed, or the token is refused, before it was decided
 */
import type { CellValue } from "./contract/cell.ts";
import type { EditState } from "./contract/edits.ts";
import type { RowId, Slot } from "./contract/layout.ts";
import { listenTo } from "./listeners.ts";
import { settleable } from "./settleable.ts";

export type ReceiptState = EditState | "superseded" | "withdrawn" | "unknown";

/** Where a wish is; another object as soon as it is elsewhere. */
export interface EditStatus {
  readonly state: ReceiptState;
  readonly kind: "set" | "insert" | "remove";
  /** Below 0: a row that the source has not given an id yet. */
  readonly row: RowId;
  /** Of a set: the column's slot, what was wished, and what stood there before. */
  readonly slot?: Slot;
  readonly value?: CellValue;
  readonly base?: CellValue;
  /** Of an insert: the new row, by slot. Still there when it was refused. */
  readonly values?: ReadonlyMap<Slot, CellValue>;
  /** When it was wished, ms since 1970. */
  readonly atMs: number;
  /** Why it takes longer than usual. */
  readonly waits?: string | undefined;
  /** Why it was not confirmed: for people, and for programs. */
  readonly why?: string;
  readonly code?: string;
  /** What stands there instead. */
  readonly theirs?: CellValue;
  /** Id of the conflict or dead letter in the REST API. */
  readonly record?: string;
}

export interface Receipt {
  readonly status: EditStatus;
  /** Resolves once it is decided, whichever way; also when the table is closed before. Never rejects. */
  readonly settled: Promise<EditStatus>;
  /** Resolves once the sheet has it and the row shows it; rejects with an EditError otherwise. */
  readonly confirmed: Promise<EditStatus>;
  /** Calls `listener` after each change of `status`; returns its undo. */
  subscribe(listener: (status: EditStatus) => void): () => void;
  /** Takes note of what was not confirmed: its mark goes, here and on the subject's other devices. */
  dismiss(): void;
}

/** Why `confirmed` was not to be. */
export class EditError extends Error {
  readonly status: EditStatus;

  constructor(status: EditStatus) {
    super(status.why ?? `the edit was ${status.state}`);
    this.name = "EditError";
    this.status = status;
  }
}

/** The wish's own side of a receipt. */
export interface Edit {
  readonly receipt: Receipt;
  readonly status: EditStatus;
  readonly pending: boolean;
  /** Replaces parts of the status; a final state settles the promises. Does nothing once it is decided. */
  become(part: Partial<EditStatus>): void;
}

const PENDING: ReadonlySet<ReceiptState> = new Set(["local", "received", "writing"]);

export const isPending = ({ state }: EditStatus): boolean => PENDING.has(state);

export function createEdit(first: EditStatus, onDismiss = (): void => {}): Edit {
  let status = first;
  const listeners = new Set<(status: EditStatus) => void>();
  const { promise: settled, resolve: settle } = settleable<EditStatus>();
  const confirmed = settled.then((final) => {
    if (final.state === "confirmed") return final;
    throw new EditError(final);
  });
  // Who does not wait for it sees its state all the same.
  confirmed.catch(() => {});
  if (!isPending(first)) settle(first);

  return {
    receipt: {
      get status() {
        return status;
      },
      settled,
      confirmed,
      subscribe: (listener) => listenTo(listeners, listener),
      dismiss: onDismiss,
    },
    get status() {
      return status;
    },
    get pending() {
      return isPending(status);
    },
    become(part) {
      if (!isPending(status)) return;
      status = { ...status, ...part };
      if (!isPending(status)) settle(status);
      for (const listener of [...listeners]) listener(status);
    },
  };
}
