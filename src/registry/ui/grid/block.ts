/** Blocks of cells as spreadsheets put them on the clipboard: tabs between cells, line ends between rows. */

/** Rows of texts. A cell with a tab, a line end or a quote stands in quotes, doubled inside. */
export function parseBlock(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const body = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < body.length; at++) {
    const char = body[at]!;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (body[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (char === '"' && cell === "" && closes(body, at)) quoted = true;
    else if (char === "\t" || char === "\n") {
      rows.at(-1)!.push(cell);
      cell = "";
      if (char === "\n") rows.push([]);
    } else cell += char;
  }
  rows.at(-1)!.push(cell);
  return rows;
}

export function formatBlock(rows: readonly (readonly string[])[]): string {
  const shown = (cell: string): string => (/["\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => row.map(shown).join("\t")).join("\n");
}

/** A text such as `"tea" and more` begins with a quote and is no quoted cell. */
function closes(text: string, at: number): boolean {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] !== '"') continue;
    if (text[end + 1] !== '"') return end + 1 === text.length || /[\t\n]/.test(text[end + 1]!);
    end++;
  }
  return false;
}
