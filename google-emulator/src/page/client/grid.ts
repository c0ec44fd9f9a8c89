/**
 * The grid: only the rows in sight exist as elements, so a million rows scroll like forty. Cells carry
 * data-row and data-col, counted from 0.
 */
import type { ShownCell, TabInfo } from "./api.ts";
import { columnName, element } from "./dom.ts";

export interface Selected {
  readonly row: number;
  readonly column: number;
  readonly cell: ShownCell | undefined;
}

export interface GridEvents {
  onEdit(row: number, column: number, text: string): void;
  onSelect(selected: Selected): void;
  /** Other rows came into sight. */
  onWindow(from: number, count: number): void;
}

export interface GridView {
  readonly root: HTMLElement;
  show(tab: TabInfo, from: number, rows: readonly (readonly ShownCell[])[]): void;
  selected(): Selected;
  toTop(): void;
  focus(): void;
}

/** Pixels; the same number stands in style.css. */
const ROW_PX = 26;
/** Rows kept ready above and below what is in sight. */
const MARGIN = 20;
/** More changes at once are a shift or a sort: highlighting all of them would say nothing. */
const FLASH_MAX = 40;
/** A page of columns beyond this would make every scroll slow. */
const COLUMNS_MAX = 60;

export function createGrid(events: GridEvents): GridView {
  const head = element("div", { class: "head", role: "row" });
  const body = element("div", { class: "body" });
  const root = element("div", { class: "grid", role: "grid", "aria-label": "Cells" }, head, body);
  const rows = new Map<number, HTMLElement>();
  let tab: TabInfo | null = null;
  let data: { from: number; rows: readonly (readonly ShownCell[])[] } = { from: 0, rows: [] };
  let at = { row: 0, column: 0 };
  let editor: HTMLInputElement | null = null;

  const cellAt = (row: number, column: number): ShownCell | undefined => data.rows[row - data.from]?.[column];
  const columns = (): number => Math.min(tab?.columnCount ?? 0, COLUMNS_MAX);
  const find = (row: number, column: number): HTMLElement | null =>
    rows.get(row)?.querySelector<HTMLElement>(`[data-col="${column}"]`) ?? null;

  const inSight = (): { from: number; to: number } => {
    const first = Math.floor(root.scrollTop / ROW_PX);
    const count = Math.ceil(root.clientHeight / ROW_PX);
    return { from: Math.max(0, first - MARGIN), to: Math.min(tab?.rowCount ?? 0, first + count + MARGIN) };
  };

  /** True when the text is another one than before. */
  const paintCell = (row: number, column: number, target: HTMLElement): boolean => {
    if (editor && target.contains(editor)) return false;
    const cell = cellAt(row, column);
    const text = cell?.text ?? "";
    const changed = target.textContent !== text;
    if (changed) target.textContent = text;
    target.className = `cell ${cell?.kind ?? "empty"}`;
    target.title = cell?.why ?? "";
    const chosen = row === at.row && column === at.column;
    target.setAttribute("aria-selected", String(chosen));
    target.tabIndex = chosen ? 0 : -1;
    return changed;
  };

  const makeRow = (row: number): HTMLElement => {
    const made = element("div", {
      class: "row",
      role: "row",
      "data-index": row,
      "aria-rowindex": row + 1,
      style: `top: ${row * ROW_PX}px`,
    });
    made.append(element("div", { class: "index", role: "rowheader" }, String(row + 1)));
    for (let column = 0; column < columns(); column += 1) {
      made.append(
        element("div", {
          role: "gridcell",
          "data-row": row,
          "data-col": column,
          "aria-colindex": column + 1,
        }),
      );
    }
    body.append(made);
    rows.set(row, made);
    return made;
  };

  const paint = (flash: boolean): void => {
    const { from, to } = inSight();
    const changed: HTMLElement[] = [];
    for (const [row, made] of rows) {
      if (row >= from && row < to) continue;
      if (editor && made.contains(editor)) continue;
      made.remove();
      rows.delete(row);
    }
    for (let row = from; row < to; row += 1) {
      const known = rows.get(row);
      const made = known ?? makeRow(row);
      for (const target of made.querySelectorAll<HTMLElement>("[data-col]")) {
        if (paintCell(row, Number(target.dataset.col), target) && known) changed.push(target);
      }
    }
    if (flash && changed.length <= FLASH_MAX) changed.forEach(restartFlash);
  };

  const select = (row: number, column: number, focus = true): void => {
    if (!tab) return;
    at = {
      row: Math.max(0, Math.min(row, tab.rowCount - 1)),
      column: Math.max(0, Math.min(column, columns() - 1)),
    };
    const top = at.row * ROW_PX;
    if (top < root.scrollTop) root.scrollTop = top;
    const bottom = root.scrollTop + root.clientHeight - 3 * ROW_PX;
    if (top > bottom) root.scrollTop = top - root.clientHeight + 3 * ROW_PX;
    paint(false);
    const target = find(at.row, at.column);
    if (focus) target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: "nearest", inline: "nearest" });
    events.onSelect({ ...at, cell: cellAt(at.row, at.column) });
  };

  const edit = (start: string | null): void => {
    const target = find(at.row, at.column);
    if (!target || editor) return;
    const { row, column } = at;
    const cell = cellAt(row, column);
    const before = cell?.formula ?? cell?.text ?? "";
    const input = element("input", { class: "editor", "aria-label": `${columnName(column)}${row + 1}` });
    input.value = start ?? before;
    editor = input;
    const close = (keep: boolean): void => {
      if (editor !== input) return;
      editor = null;
      const text = input.value;
      target.textContent = keep && text !== before && !text.startsWith("=") ? text : (cell?.text ?? "");
      if (keep && text !== before) events.onEdit(row, column, text);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      const move =
        event.key === "Enter"
          ? [event.shiftKey ? -1 : 1, 0]
          : event.key === "Tab"
            ? [0, event.shiftKey ? -1 : 1]
            : null;
      if (move) {
        event.preventDefault();
        close(true);
        select(row + move[0]!, column + move[1]!);
      } else if (event.key === "Escape") {
        close(false);
        select(row, column);
      }
    });
    input.addEventListener("blur", () => close(true));
    target.replaceChildren(input);
    input.focus();
    if (start === null) input.select();
  };

  const onKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(root.clientHeight / ROW_PX) - 3);
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      PageUp: [-page, 0],
      PageDown: [page, 0],
      Home: [0, -at.column],
      Tab: [0, event.shiftKey ? -1 : 1],
    };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      select(at.row + step[0], at.column + step[1]);
    } else if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      edit(null);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      if (cellAt(at.row, at.column)) events.onEdit(at.row, at.column, "");
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      edit(event.key);
    }
  };

  const place = (event: Event): { row: number; column: number } | null => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-col]") : null;
    return target ? { row: Number(target.dataset.row), column: Number(target.dataset.col) } : null;
  };
  body.addEventListener("mousedown", (event) => {
    const found = place(event);
    if (!found || event.target === editor) return;
    if (!editor) event.preventDefault();
    select(found.row, found.column);
  });
  body.addEventListener("dblclick", (event) => {
    const found = place(event);
    if (!found || event.target === editor) return;
    select(found.row, found.column);
    edit(null);
  });
  body.addEventListener("keydown", onKey);

  let asked = "";
  root.addEventListener("scroll", () => {
    paint(false);
    const { from, to } = inSight();
    const covered = from >= data.from && to <= data.from + Math.max(data.rows.length, 100);
    const wish = `${from}`;
    if (covered || wish === asked) return;
    asked = wish;
    events.onWindow(Math.max(0, from - 2 * MARGIN), to - from + 4 * MARGIN);
  });

  return {
    root,
    show(shownTab, from, shownRows) {
      const same = tab?.sheetId === shownTab.sheetId && tab.columnCount === shownTab.columnCount;
      const still = same && data.from === from;
      tab = shownTab;
      data = { from, rows: shownRows };
      asked = "";
      if (!same) {
        for (const made of rows.values()) made.remove();
        rows.clear();
        showHead(head, columns());
      }
      body.style.height = `${shownTab.rowCount * ROW_PX}px`;
      root.setAttribute("aria-rowcount", String(shownTab.rowCount));
      paint(still);
      events.onSelect({ ...at, cell: cellAt(at.row, at.column) });
    },
    selected: () => ({ ...at, cell: cellAt(at.row, at.column) }),
    toTop() {
      root.scrollTop = 0;
      at = { row: 0, column: 0 };
    },
    focus: () => find(at.row, at.column)?.focus({ preventScroll: true }),
  };
}

function showHead(head: HTMLElement, columns: number): void {
  head.replaceChildren(element("div", { class: "index" }));
  for (let column = 0; column < columns; column += 1) {
    head.append(element("div", { class: "letter", role: "columnheader" }, columnName(column)));
  }
}

/** Restarts the highlight even where one is still fading. */
function restartFlash(target: HTMLElement): void {
  target.getAnimations().forEach((animation) => {
    animation.cancel();
  });
  target.animate([{ backgroundColor: "var(--flash)" }, { backgroundColor: "transparent" }], 1200);
}
