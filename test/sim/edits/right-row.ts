/** An edit never lands on a row or in a column with another identity, and nothing else is touched. */
import type { Checker } from "../checkers/checker.ts";
import type { Ledger } from "./ledger.ts";
import { told } from "./no-lost-edit.ts";
import type { Written } from "./witness.ts";

/** Writes that somebody's change slipped under are not blamed: Google has no compare-and-set for rows. */
export const rightRow: Checker = ({ world: { editing } }) => {
  if (!editing) return [];
  return editing.witness.written
    .filter(({ raced }) => !raced)
    .flatMap((write) => wrong(write, editing.ledger));
};

function wrong(write: Written, { wishes }: Ledger): readonly string[] {
  if (write.tag === "repaired" || write.tag === "lost") return [];
  if (write.tag === "touched") return [`${write.source}: ${write.detail}, which nobody wished for`];
  if (write.tag === "landed") {
    const { wish, mark, header } = write;
    return mark === wish.mark && header === wish.header
      ? []
      : [`${told(wish)}: landed in row "${mark}", ${header}`];
  }
  const wished = wishes.some(
    ({ kind, source, mark }) => kind === "remove" && source === write.source && mark === write.mark,
  );
  return wished ? [] : [`${write.source}: row "${write.mark}" was removed, which nobody wished for`];
}
