/**
 * The grid: only the rows in sight exist as elements, so a million rows scroll like forty. Cells carry
 * data-row and data-col, counted from 0.
 */
import type { ShownCell, TabInfo } from "./api.ts";
import { columnName, element } from "./dom.ts";
import { openEditor } from "./editor.ts";

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

/** Pixels; the same number stands in style.css. */
const ROW_PX = 26;
/** Rows kept ready above and below what is in sight. */
const MARGIN = 20;
/** More changes at once are a shift or a sort: highlighting all of them would say nothing. */
const FLASH_MAX = 40;
/** A page of columns beyond this would make every scroll slow. */
const COLUMNS_MAX = 60;

export class Grid {
  readonly root: HTMLElement;
  private readonly events: GridEvents;
  private readonly head = element("div", { class: "head", role: "row" });
  private readonly body = element("div", { class: "body" });
  private readonly rows = new Map<number, HTMLElement>();
  private tab: TabInfo | null = null;
  private data: { from: number; rows: readonly (readonly ShownCell[])[] } = { from: 0, rows: [] };
  private at = { row: 0, column: 0 };
  private editor: HTMLInputElement | null = null;
  /** The window that was asked for last, so that scrolling asks once. */
  private asked = -1;

  constructor(events: GridEvents) {
    this.events = events;
    this.root = element("div", { class: "grid", role: "grid", "aria-label": "Cells" }, this.head, this.body);
    this.root.addEventListener("scroll", () => this.onScroll());
    this.body.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("mousedown", (event) => {
      const found = this.placeOf(event);
      if (!found) return;
      if (!this.editor) event.preventDefault();
      this.select(found.row, found.column);
    });
    this.body.addEventListener("dblclick", (event) => {
      const found = this.placeOf(event);
      if (!found) return;
      this.select(found.row, found.column);
      this.edit(null);
    });
  }

  show(tab: TabInfo, from: number, rows: readonly (readonly ShownCell[])[]): void {
    const same = this.tab?.sheetId === tab.sheetId && this.tab.columnCount === tab.columnCount;
    const still = same && this.data.from === from;
    this.tab = tab;
    this.data = { from, rows };
    this.asked = -1;
    if (!same) {
      for (const made of this.rows.values()) made.remove();
      this.rows.clear();
      showHead(this.head, this.columns());
    }
    this.body.style.height = `${tab.rowCount * ROW_PX}px`;
    this.root.setAttribute("aria-rowcount", String(tab.rowCount));
    this.paint(still);
    this.events.onSelect(this.selected());
  }

  selected(): Selected {
    return { ...this.at, cell: this.cellAt(this.at.row, this.at.column) };
  }

  toTop(): void {
    this.root.scrollTop = 0;
    this.at = { row: 0, column: 0 };
  }

  focus(): void {
    this.find(this.at.row, this.at.column)?.focus({ preventScroll: true });
  }

  private cellAt(row: number, column: number): ShownCell | undefined {
    return this.data.rows[row - this.data.from]?.[column];
  }

  private columns(): number {
    return Math.min(this.tab?.columnCount ?? 0, COLUMNS_MAX);
  }

  private find(row: number, column: number): HTMLElement | null {
    return this.rows.get(row)?.querySelector<HTMLElement>(`[data-col="${column}"]`) ?? null;
  }

  private inSight(): { from: number; to: number } {
    const first = Math.floor(this.root.scrollTop / ROW_PX);
    const count = Math.ceil(this.root.clientHeight / ROW_PX);
    const to = Math.min(this.tab?.rowCount ?? 0, first + count + MARGIN);
    return { from: Math.max(0, first - MARGIN), to };
  }

  private paint(flash: boolean): void {
    const { from, to } = this.inSight();
    const changed: HTMLElement[] = [];
    for (const [row, made] of this.rows) {
      if (row >= from && row < to) continue;
      if (this.editor && made.contains(this.editor)) continue;
      made.remove();
      this.rows.delete(row);
    }
    for (let row = from; row < to; row += 1) {
      const known = this.rows.get(row);
      const made = known ?? this.makeRow(row);
      for (const target of made.querySelectorAll<HTMLElement>("[data-col]")) {
        if (this.paintCell(row, Number(target.dataset.col), target) && known) changed.push(target);
      }
    }
    if (flash && changed.length <= FLASH_MAX) changed.forEach(restartFlash);
  }

  /** True when the text is another one than before. */
  private paintCell(row: number, column: number, target: HTMLElement): boolean {
    if (this.editor && target.contains(this.editor)) return false;
    const cell = this.cellAt(row, column);
    const text = cell?.text ?? "";
    const changed = target.textContent !== text;
    if (changed) target.textContent = text;
    target.className = `cell ${cell?.kind ?? "empty"}`;
    target.title = cell?.why ?? "";
    const chosen = row === this.at.row && column === this.at.column;
    target.setAttribute("aria-selected", String(chosen));
    target.tabIndex = chosen ? 0 : -1;
    return changed;
  }

  private makeRow(row: number): HTMLElement {
    const made = element("div", {
      class: "row",
      role: "row",
      "data-index": row,
      "aria-rowindex": row + 1,
      style: `top: ${row * ROW_PX}px`,
    });
    made.append(element("div", { class: "index", role: "rowheader" }, String(row + 1)));
    for (let column = 0; column < this.columns(); column += 1) {
      const place = { "data-row": row, "data-col": column, "aria-colindex": column + 1 };
      made.append(element("div", { role: "gridcell", ...place }));
    }
    this.body.append(made);
    this.rows.set(row, made);
    return made;
  }

  private select(row: number, column: number): void {
    if (!this.tab) return;
    this.at = {
      row: Math.max(0, Math.min(row, this.tab.rowCount - 1)),
      column: Math.max(0, Math.min(column, this.columns() - 1)),
    };
    const { root, at } = this;
    const top = at.row * ROW_PX;
    if (top < root.scrollTop) root.scrollTop = top;
    const bottom = root.scrollTop + root.clientHeight - 3 * ROW_PX;
    if (top > bottom) root.scrollTop = top - root.clientHeight + 3 * ROW_PX;
    this.paint(false);
    const target = this.find(at.row, at.column);
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.events.onSelect(this.selected());
  }

  /** Opens the editor in the selected cell, with `start` typed already or with what the cell holds. */
  private edit(start: string | null): void {
    const { row, column } = this.at;
    const target = this.find(row, column);
    if (!target || this.editor) return;
    const cell = this.cellAt(row, column);
    const before = cell?.formula ?? cell?.text ?? "";
    this.editor = openEditor(target, {
      label: `${columnName(column)}${row + 1}`,
      text: start ?? before,
      selectAll: start === null,
      onClose: (text) => {
        this.editor = null;
        const kept = text !== null && text !== before;
        target.textContent = kept && !text.startsWith("=") ? text : (cell?.text ?? "");
        if (kept) this.events.onEdit(row, column, text);
      },
      onMove: (down, right) => this.select(row + down, column + right),
    });
  }

  private onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.root.clientHeight / ROW_PX) - 3);
    const step = stepOf(event, page, this.at.column);
    const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    const { row, column } = this.at;
    if (step) this.select(row + step[0], column + step[1]);
    else if (event.key === "Enter" || event.key === "F2") this.edit(null);
    else if (event.key === "Delete" || event.key === "Backspace") {
      if (this.cellAt(row, column)) this.events.onEdit(row, column, "");
    } else if (types) this.edit(event.key);
    else return;
    event.preventDefault();
  }

  private onScroll(): void {
    this.paint(false);
    const { from, to } = this.inSight();
    const covered = from >= this.data.from && to <= this.data.from + Math.max(this.data.rows.length, 100);
    if (covered || from === this.asked) return;
    this.asked = from;
    this.events.onWindow(Math.max(0, from - 2 * MARGIN), to - from + 4 * MARGIN);
  }

  /** The cell that an event is about; null for the editor and for what is no cell. */
  private placeOf(event: Event): { row: number; column: number } | null {
    if (event.target === this.editor) return null;
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-col]") : null;
    return target ? { row: Number(target.dataset.row), column: Number(target.dataset.col) } : null;
  }
}

/** Rows and columns that a key moves by; null for other keys. */
function stepOf(event: KeyboardEvent, page: number, column: number): readonly [number, number] | null {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-page, 0],
    PageDown: [page, 0],
    Home: [0, -column],
    Tab: [0, event.shiftKey ? -1 : 1],
  };
  return steps[event.key] ?? null;
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
