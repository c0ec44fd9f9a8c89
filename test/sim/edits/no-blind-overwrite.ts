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
    return write.over === "" || known.has(write.over as CellValue)
      ? []
      : [`${told(write.wish)}: replaced ${JSON.stringify(write.over)}, which its editor had not seen`];
  });
};

/** What the editor saw there, and where that was another's wish, what that one saw. */
function knownBases(wish: Wished, ledger: Ledger): Set<CellValue> {
  const known = new Set<CellValue>();
  for (let each: Wished | undefined = wish; each && !known.has(each.base); ) {
    known.add(each.base);
    each = ledger.byValue(each.base);
  }
  return known;
}
