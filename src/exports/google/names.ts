/** What an export calls its parts in a workbook: notes and ids that outlive moves and renames. */

/** Keys of developer metadata. The values begin with the export's id, which a copied workbook carries along. */
export const NOTE_KEYS = { tab: "sheetwire.tab", column: "sheetwire.column", row: "sheetwire.row" } as const;
export const RECEIPT_KEY = "sheetwire.receipt";
/** Of the file: found by it when it is not known whether it was made. */
export const FILE_PROPERTY = "sheetwireExport";

export type NotedRow = "header" | "totals";

export function noteValue(exportId: string, ...parts: readonly string[]): string {
  return [exportId, ...parts].map(encodeURIComponent).join("/");
}

/** The parts behind the export's id; null: another's note. */
export function readNote(value: string | null | undefined, exportId: string): readonly string[] | null {
  const [id, ...parts] = (value ?? "").split("/").map(decodeURIComponent);
  return id === exportId ? parts : null;
}

/** A positive 31 bit number that is the same for the same words: ids that Google lets us choose. */
export function numberFor(...words: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const letter of words.join("\u0000")) {
    hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return ((hash >>> 1) % 2_147_483_646) + 1;
}
