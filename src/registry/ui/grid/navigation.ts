/** Where the keyboard takes the focused cell of a grid. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Whole rows in view: how far a page goes. */
  readonly pageRows: number;
}

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Null when the key does not move in a grid (ARIA grid pattern of the W3C). */
export function moveFocus(from: CellPlace, { key, ctrlKey, metaKey }: Key, size: GridSize): CellPlace | null {
  const far = ctrlKey || metaKey;
  const { row, column } = from;
  const last = { row: size.rows - 1, column: size.columns - 1 };
  const to = (nextRow: number, nextColumn: number): CellPlace => ({
    row: clamp(nextRow, last.row),
    column: clamp(nextColumn, last.column),
  });
  switch (key) {
    case "ArrowUp":
      return to(far ? 0 : row - 1, column);
    case "ArrowDown":
      return to(far ? last.row : row + 1, column);
    case "ArrowLeft":
      return to(row, far ? 0 : column - 1);
    case "ArrowRight":
      return to(row, far ? last.column : column + 1);
    case "Home":
      return to(far ? 0 : row, 0);
    case "End":
      return to(far ? last.row : row, last.column);
    case "PageUp":
      return to(row - Math.max(1, size.pageRows), column);
    case "PageDown":
      return to(row + Math.max(1, size.pageRows), column);
    default:
      return null;
  }
}

/** Where an edit leads on to: a row or a column further; Tab at the end of a row goes to the next. */
export function stepFocus(
  { row, column }: CellPlace,
  to: "down" | "up" | "right" | "left" | "stay",
  size: Pick<GridSize, "rows" | "columns">,
): CellPlace {
  const last = { row: size.rows - 1, column: size.columns - 1 };
  if (to === "down" || to === "up") return { row: clamp(row + (to === "down" ? 1 : -1), last.row), column };
  if (to === "right" && column === last.column && row < last.row) return { row: row + 1, column: 0 };
  if (to === "left" && column === 0 && row > 0) return { row: row - 1, column: last.column };
  const step = to === "right" ? 1 : to === "left" ? -1 : 0;
  return { row, column: clamp(column + step, last.column) };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

/** The scroll offset nearest to `offset` at which `start` to `start + size` is in view. */
export function revealOffset(offset: number, viewport: number, start: number, size: number): number {
  if (start < offset) return start;
  return start + size > offset + viewport ? start + size - viewport : offset;
}
