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

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

/** The scroll offset nearest to `offset` at which `start` to `start + size` is in view. */
export function revealOffset(offset: number, viewport: number, start: number, size: number): number {
  if (start < offset) return start;
  return start + size > offset + viewport ? start + size - viewport : offset;
}
