/** Every wish that reached a daemon has one end, its editor knows it, and a confirmed one was in the sheet. */
import type { Checker } from "../checkers/checker.ts";
import type { Wished } from "./ledger.ts";
import type { Written } from "./witness.ts";

const FINAL: ReadonlySet<string> = new Set(["confirmed", "conflict", "refused"]);

export const noLostEdit: Checker = ({ world: { editing } }) => {
  if (!editing) return [];
  const { ledger, witness } = editing;
  return ledger.wishes.flatMap((wish) => {
    if (isSuperseded(wish, ledger.wishes)) return [];
    if (!FINAL.has(wish.state)) return [`${told(wish)}: is still ${wish.state}`];
    if (wish.state !== "confirmed") return [];
    return hasHappened(wish, ledger.wishes, witness.written)
      ? []
      : [`${told(wish)}: is confirmed but was never in the sheet`];
  });
};

/** Its editor wished for something else there before it was told anything final. */
function isSuperseded(wish: Wished, all: readonly Wished[]): boolean {
  if (FINAL.has(wish.state)) return false;
  return all.some(
    (later) => later.number > wish.number && later.editor === wish.editor && later.key === wish.key,
  );
}

function hasHappened(wish: Wished, all: readonly Wished[], written: readonly Written[]): boolean {
  if (written.some((write) => write.tag === "landed" && write.wish === wish)) return true;
  // Removed by whomever: the row is gone, as was wished. It may be that a person was faster.
  if (wish.kind === "remove") return true;
  // A wish for a row that was not in the sheet yet becomes part of that row.
  if (all.some((other) => other.kind === "add" && other.mark === wish.mark)) return true;
  // Somebody wished for something else in this cell while it waited: the last one goes out.
  return all.some((later) => later.number > wish.number && sameCell(later, wish));
}

function sameCell(a: Wished, b: Wished): boolean {
  return a.source === b.source && a.key === b.key && a.kind === b.kind;
}

export function told(wish: Wished): string {
  const { number, editor, source, kind, key, mark, header, value, base } = wish;
  return `wish ${number} of ${editor} in ${source} (${kind} ${key}, row "${mark}", ${header}: ${JSON.stringify(value)} over ${JSON.stringify(base)})`;
}
