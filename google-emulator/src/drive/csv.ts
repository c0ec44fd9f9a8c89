/** CSV as Drive imports and exports it: RFC 4180, no line break after the last row. */

export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/y;
  for (pattern.lastIndex = 0; pattern.lastIndex <= text.length; ) {
    const match = pattern.exec(text);
    if (!match) break;
    const [all, field = "", end] = match;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "" || (all === "" && pattern.lastIndex >= text.length)) break;
    if (pattern.lastIndex >= text.length) break;
  }
  return rows;
}

export function writeCsv(rows: readonly (readonly string[])[], separator: string): string {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return rows
    .map((row) =>
      Array.from({ length: width }, (_none, i) => {
        const field = row[i] ?? "";
        return /["\r\n]/.test(field) || field.includes(separator)
          ? `"${field.replaceAll('"', '""')}"`
          : field;
      }).join(separator),
    )
    .join("\r\n");
}
