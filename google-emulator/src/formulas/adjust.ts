/** Rewrites the references of formulas when what they point at moves; all other text stays as it was typed. */
import { type AxisEdit, type Dimension, editedSpan } from "../grid/axis-edit.ts";
import { columnIndex, columnName, quoteTitle, readA1, readPlace } from "../ranges/a1.ts";
import { type Box, contains } from "../ranges/box.ts";
import { tokenize } from "./tokens.ts";

/** `change` gets a reference's tab title (null: the formula's own tab) and its place as text. */
export function mapReferences(
  formula: string,
  change: (title: string | null, place: string) => { title: string | null; place: string } | null,
): string {
  const tokens = tokenize(formula.slice(1));
  if (!tokens) return formula;
  const texts = tokens.map((token) => {
    if (token.kind !== "reference") return token.text;
    const mark = token.text.lastIndexOf("!");
    const title = mark < 0 ? null : (readA1(token.text)?.title ?? null);
    const place = token.text.slice(mark + 1);
    const changed = change(title, place);
    if (!changed) return "#REF!";
    if (changed.title === title && changed.place === place) return token.text;
    return changed.title === null ? changed.place : `${quoteTitle(changed.title)}!${changed.place}`;
  });
  return `=${texts.join("")}`;
}

/** The formula after rows or columns of the tab `editedTitle` moved; `ownTitle` is the tab it stands on. */
export function afterEdit(
  formula: string,
  ownTitle: string,
  editedTitle: string,
  dimension: Dimension,
  edit: AxisEdit,
): string {
  const wanted = editedTitle.toLowerCase();
  return mapReferences(formula, (title, place) => {
    if ((title ?? ownTitle).toLowerCase() !== wanted) return { title, place };
    const edited = editedPlace(place, dimension, edit);
    return edited === null ? null : { title, place: edited };
  });
}

/** The formula as it reads when copied `rows` down and `columns` to the right; "$" pins a part. */
export function copiedBy(formula: string, rows: number, columns: number): string {
  return mapReferences(formula, (title, place) => {
    const corners = place.split(":").map((corner) => copiedCorner(corner, rows, columns));
    return corners.includes(null) ? null : { title, place: corners.join(":") };
  });
}

/**
 * The formula after the cells of `from` were cut and put elsewhere, or deleted (null). References that lie wholly
 * within the block follow; others stay.
 */
export function afterMove(
  formula: string,
  ownTitle: string,
  from: { readonly title: string; readonly box: Box },
  to: { readonly title: string; readonly rows: number; readonly columns: number } | null,
): string {
  const wanted = from.title.toLowerCase();
  return mapReferences(formula, (title, place) => {
    const range = readPlace(place);
    const { startRowIndex, endRowIndex, startColumnIndex, endColumnIndex } = range ?? {};
    const bounded =
      startRowIndex !== undefined &&
      endRowIndex !== undefined &&
      startColumnIndex !== undefined &&
      endColumnIndex !== undefined;
    if (!bounded || (title ?? ownTitle).toLowerCase() !== wanted) return { title, place };
    const box = {
      startRow: startRowIndex,
      endRow: endRowIndex,
      startColumn: startColumnIndex,
      endColumn: endColumnIndex,
    };
    if (!contains(from.box, box)) return { title, place };
    if (!to) return null;
    const corners = place.split(":").map((one) => {
      const at = corner(one);
      const column = columnName(columnIndex(at.column) + to.columns);
      return joined({ ...at, column, row: String(Number(at.row) + to.rows) });
    });
    return { title: to.title.toLowerCase() === wanted ? title : to.title, place: corners.join(":") };
  });
}

export function afterRename(formula: string, before: string, after: string): string {
  const wanted = before.toLowerCase();
  return mapReferences(formula, (title, place) => ({
    title: title?.toLowerCase() === wanted ? after : title,
    place,
  }));
}

export function afterTabDeleted(formula: string, deleted: string): string {
  const wanted = deleted.toLowerCase();
  return mapReferences(formula, (title, place) =>
    title?.toLowerCase() === wanted ? null : { title, place },
  );
}

const CORNER = /^(\$?)([A-Za-z]*)(\$?)(\d*)$/;

interface Corner {
  readonly columnPin: string;
  readonly column: string;
  readonly rowPin: string;
  readonly row: string;
}

/** "$5" is a row with its pin, which the pattern would take for a column's. */
function corner(text: string): Corner {
  const [, first = "", column = "", second = "", row = ""] = CORNER.exec(text) ?? [];
  return column === ""
    ? { columnPin: "", column, rowPin: first || second, row }
    : { columnPin: first, column, rowPin: second, row };
}

function joined(at: Corner): string {
  return `${at.columnPin}${at.column}${at.rowPin}${at.row}`;
}

function editedPlace(place: string, dimension: Dimension, edit: AxisEdit): string | null {
  const [from, to] = place.split(":").map(corner);
  if (!from) return place;
  const last = to ?? from;
  const index = (at: Corner): number | null => {
    if (dimension === "ROWS") return at.row === "" ? null : Number(at.row) - 1;
    return at.column === "" ? null : columnIndex(at.column);
  };
  const put = (at: Corner, value: number): Corner =>
    dimension === "ROWS" ? { ...at, row: String(value + 1) } : { ...at, column: columnName(value) };
  const [start, end] = [index(from), index(last)];
  if (start === null && end === null) return place;
  const span = editedSpan(start ?? 0, (end ?? Number.MAX_SAFE_INTEGER / 2) + 1, edit);
  if (!span) return null;
  const newFrom = start === null ? from : put(from, span[0]);
  if (!to) return joined(newFrom);
  return `${joined(newFrom)}:${joined(end === null ? to : put(to, span[1] - 1))}`;
}

function copiedCorner(text: string, rows: number, columns: number): string | null {
  const at = corner(text);
  const column = at.column === "" || at.columnPin ? 0 : columns;
  const row = at.row === "" || at.rowPin ? 0 : rows;
  if (at.column !== "" && columnIndex(at.column) + column < 0) return null;
  if (at.row !== "" && Number(at.row) + row < 1) return null;
  return joined({
    ...at,
    column: at.column === "" ? "" : columnName(columnIndex(at.column) + column),
    row: at.row === "" ? "" : String(Number(at.row) + row),
  });
}
