/** What an edit replaced is what its editor knew, or the policy says so; and then the loser is kept. */
import type { CellValue } from "#contract/cell.ts";
import type { Checker } from "../checkers/checker.ts";
import type { Ledger, Wished } from "./ledger.ts";
import { told } from "./no-lost-edit.ts";

export const noBlindOverwrite: Checker = ({ world: { editing } }) => {
  if (!editing) return [];
  const { ledger, witness, options } = editing;
  if (options.policy === "client" || options.policy === "latest") return [];
  return witness.written.flatMap((write) => {
    if (write.tag !== "landed" || write.raced || write.wish.kind !== "cell") return [];
    const known = knownBases(write.wish, ledger);
    return [write.over, write.known].some((over) => over === "" || known.has(over as CellValue))
      ? []
      : [`${told(write.wish)}: replaced ${JSON.stringify(write.over)}, which its editor had not seen`];
  });
};

/** What the editor saw there or had wished for itself, and where that was another's wish, what that one saw. */
function knownBases(wish: Wished, { wishes, byValue }: Ledger): Set<CellValue> {
  const known = new Set<CellValue>();
  const seen = new Set<Wished>();
  for (let each: Wished | undefined = wish; each && !seen.has(each); each = byValue(each.base)) {
    const { editor, key, number, sent, attempts, base } = each;
    seen.add(each);
    known.add(base);
    for (const own of wishes) {
      // A request that no daemon lived to store comes again behind its author's later wishes: to the daemon it is the last.
      const isBefore = own.number < number || own.sent < sent || attempts > 1;
      if (own.editor === editor && own.key === key && isBefore) known.add(own.value);
    }
  }
  return known;
}
