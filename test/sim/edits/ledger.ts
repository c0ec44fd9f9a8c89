/** Every wish that was ever made in a run, and what is known of it. */
import type { CellValue } from "#contract/cell.ts";
import type { EditState } from "#contract/edits.ts";

/** One wish. `value` is found nowhere else: where it stands, this wish has landed. */
export interface Wished {
  readonly number: number;
  readonly editor: string;
  readonly source: string;
  readonly tab: string;
  readonly kind: "cell" | "add" | "remove";
  /** As in an edits document. */
  readonly key: string;
  readonly value: CellValue;
  readonly base: CellValue;
  /** What stands in the row's column of marks, which people leave alone: the row's name in truth. */
  readonly mark: string;
  /** Header of the column; empty where the whole row is meant. */
  readonly header: string;
  readonly atMs: number;
  /** In the order in which wishes were sent; who got no answer sends again, behind what was wished since. */
  sent: number;
  /** How often; beside one that was sent again others of its author may have been under way. */
  attempts: number;
  /** The Yjs id of its entry, or the receipt's id; empty until that is known. */
  id: string;
  /** What its editor was told. */
  state: EditState;
  code?: string;
}

export interface Ledger {
  readonly wishes: readonly Wished[];
  /** A value, and a mark, that stand nowhere else. */
  nextText(): string;
  nextNumber(): number;
  add(wish: Omit<Wished, "number" | "state" | "id" | "sent" | "attempts">): Wished;
  /** Its editor sends it, perhaps again. */
  send(wish: Wished): void;
  /** The wish whose value, or the mark of whose new row, is this. */
  byValue(value: unknown): Wished | undefined;
}

/** Numbers that people do not type. */
const NUMBERS_FROM = 5_000_000;

export function createLedger(): Ledger {
  const wishes: Wished[] = [];
  const values = new Map<unknown, Wished>();
  let count = 0;
  let sends = 0;
  return {
    wishes,
    nextText: () => `wish ${++count}`,
    nextNumber: () => NUMBERS_FROM + ++count,
    add(wish) {
      const made: Wished = {
        ...wish,
        number: wishes.length,
        sent: ++sends,
        attempts: 0,
        id: "",
        state: "local",
      };
      wishes.push(made);
      if (made.kind === "cell") values.set(made.value, made);
      if (made.kind === "add") values.set(made.mark, made);
      return made;
    },
    send(wish) {
      wish.sent = ++sends;
      wish.attempts++;
    },
    byValue: (value) => values.get(value),
  };
}
