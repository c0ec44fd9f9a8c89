/** A grid of values as a table: its header row, its columns with their keys and types, its rows. */

/** Names that a row object cannot give to a column: the row's id, and what JavaScript keeps for itself. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(["$row", "__proto__"]);

/**
 * A unique key for each column, in the columns' order: the key it is known by if it has one, else its header
 * without surrounding blanks. Who comes second to a key gets `price_2`, `price_3`; a blank header at the third
 * position gives `column_3`. A key that is another column's own header is never made up for somebody else.
 */
export function uniqueKeys(
  columns: readonly { readonly header: string; readonly known?: string | undefined }[],
): string[] {
  const keys: (string | undefined)[] = columns.map(() => undefined);
  const taken = new Set(RESERVED_KEYS);
  const claim = (index: number, key: string | undefined): void => {
    if (key === undefined || key === "" || keys[index] !== undefined || taken.has(key)) return;
    taken.add(key);
    keys[index] = key;
  };
  columns.forEach((column, index) => {
    claim(index, column.known);
  });
  columns.forEach((column, index) => {
    claim(index, column.header.trim());
  });
  return columns.map((column, index) => {
    const wish = column.header.trim() || `column_${index + 1}`;
    claim(index, wish);
    for (let count = 2; keys[index] === undefined; count++) claim(index, `${wish}_${count}`);
    return keys[index]!;
  });
}
