/** Rectangles of cells: a bounded one (Box), and Google's GridRange, whose sides may be open. */

/** Half-open on both axes, 0-based, always bounded. */
export interface Box {
  readonly startRow: number;
  readonly endRow: number;
  readonly startColumn: number;
  readonly endColumn: number;
}

/** As in the API: half-open, 0-based; a missing side is open; a missing sheetId is 0. */
export type GridRange = {
  sheetId?: number;
  startRowIndex?: number;
  endRowIndex?: number;
  startColumnIndex?: number;
  endColumnIndex?: number;
};

export interface Size {
  readonly rowCount: number;
  readonly columnCount: number;
}

export function boxOf(range: GridRange, size: Size): Box {
  return {
    startRow: range.startRowIndex ?? 0,
    endRow: range.endRowIndex ?? size.rowCount,
    startColumn: range.startColumnIndex ?? 0,
    endColumn: range.endColumnIndex ?? size.columnCount,
  };
}

export function rangeOf(sheetId: number, box: Box): GridRange {
  return {
    sheetId,
    startRowIndex: box.startRow,
    endRowIndex: box.endRow,
    startColumnIndex: box.startColumn,
    endColumnIndex: box.endColumn,
  };
}

/** How answers show a range: a sheetId of 0 is left out [R]. */
export function shownRange(range: GridRange): GridRange {
  const { sheetId, ...sides } = range;
  return sheetId ? { sheetId, ...sides } : sides;
}

export function overlaps(a: Box, b: Box): boolean {
  return (
    a.startRow < b.endRow &&
    b.startRow < a.endRow &&
    a.startColumn < b.endColumn &&
    b.startColumn < a.endColumn
  );
}

export function contains(outer: Box, inner: Box): boolean {
  return (
    outer.startRow <= inner.startRow &&
    outer.endRow >= inner.endRow &&
    outer.startColumn <= inner.startColumn &&
    outer.endColumn >= inner.endColumn
  );
}

export function height(box: Box): number {
  return box.endRow - box.startRow;
}

export function width(box: Box): number {
  return box.endColumn - box.startColumn;
}
