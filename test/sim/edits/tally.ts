/** What came of the wishes of a run, so that nobody takes silence for success. */
import type { Editing } from "./editing.ts";

export interface Tally {
  readonly wishes: number;
  readonly landed: number;
  readonly confirmed: number;
  readonly conflicts: number;
  readonly refused: number;
  /** Writes under which somebody's change slipped, and those of them that hit another row or an unseen value. */
  readonly raced: number;
  /** Cells that got back what such a write had replaced; those that lost what was there, for no daemon had seen it. */
  readonly repaired: number;
  readonly lost: number;
  /** Values that stand in another row or column than was meant at the end of the run. */
  readonly astray: number;
  /** Rows that a removal took, whether it was theirs or another one's. */
  readonly removed: number;
  /** Rows that a removal of another one took, and that did not come back. */
  readonly taken: number;
  /** Rows that a person removed, and that came back. */
  readonly raised: number;
}

export function tallyOf({ ledger, witness }: Editing): Tally {
  const ended = (state: string): number => ledger.wishes.filter((wish) => wish.state === state).length;
  const landed = witness.written.filter(({ tag }) => tag === "landed");
  return {
    wishes: ledger.wishes.length,
    landed: landed.length,
    confirmed: ended("confirmed"),
    conflicts: ended("conflict"),
    refused: ended("refused"),
    raced: witness.written.filter(({ raced }) => raced).length,
    repaired: witness.written.filter(({ tag }) => tag === "repaired").length,
    lost: witness.written.filter(({ tag }) => tag === "lost").length,
    astray: witness.astray().length,
    removed: witness.written.filter(({ tag }) => tag === "removed").length,
    taken: witness.taken().length,
    raised: witness.raised.length,
  };
}

export const NO_WISHES: Tally = {
  ...{ wishes: 0, landed: 0, confirmed: 0, conflicts: 0, refused: 0 },
  ...{ raced: 0, repaired: 0, lost: 0, astray: 0, removed: 0, taken: 0, raised: 0 },
};

export function addTallies(a: Tally, b: Tally): Tally {
  const sum = { ...a };
  for (const key of Object.keys(sum) as (keyof Tally)[]) Object.assign(sum, { [key]: a[key] + b[key] });
  return sum;
}
