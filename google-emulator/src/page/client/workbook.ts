/** One workbook: toolbar, grid, tab bar, and a poll each second for what others change. */
import { act, readWindow, type WindowAnswer } from "./api.ts";
import { columnName, element } from "./dom.ts";
import { Grid, type Selected } from "./grid.ts";
import { createTabBar, type TabBar } from "./tab-bar.ts";

const POLL_MS = 1000;

export function openWorkbook(app: HTMLElement, id: string): void {
  const page = new WorkbookPage(id);
  app.replaceChildren(page.root);
  void page.refresh().then(() => page.focus());
  setInterval(() => {
    if (!document.hidden) void page.refresh();
  }, POLL_MS);
}

class WorkbookPage {
  readonly root: HTMLElement;
  private readonly id: string;
  private tab: number | null = null;
  private tabTitle = "";
  private version = -1;
  private window = { from: 0, count: 100 };
  private asking: Promise<void> | null = null;

  private readonly title = element("h1", {}, "");
  private readonly status = element("span", { class: "status", role: "status" });
  private readonly address = element("span", { class: "address", "aria-hidden": "true" });
  private readonly content = element("output", { class: "content" });
  private readonly grid: Grid;
  private readonly tabs: TabBar;

  constructor(id: string) {
    this.id = id;
    this.grid = new Grid({
      onEdit: (row, column, text) =>
        this.perform("setCell", this.tabTitle, `${columnName(column)}${row + 1}`, text),
      onSelect: (selected) => this.showSelected(selected),
      onWindow: (from, count) => {
        this.window = { from, count };
        this.askAnew();
      },
    });
    this.tabs = createTabBar({
      onPick: (sheetId) => {
        this.tab = sheetId;
        this.grid.toTop();
        this.askAnew();
      },
      onAdd: (name) => this.perform("addTab", name),
      onRename: (before, after) => this.perform("renameTab", before, after),
    });
    this.root = this.layout();
  }

  focus(): void {
    this.grid.focus();
  }

  /** One question at a time; a newer wish waits for the running one. */
  async refresh(): Promise<void> {
    while (this.asking) await this.asking;
    this.asking = this.ask().finally(() => {
      this.asking = null;
    });
    await this.asking;
  }

  private askAnew(): void {
    this.version = -1;
    void this.refresh();
  }

  private async ask(): Promise<void> {
    try {
      this.show(await readWindow(this.id, { tab: this.tab, ...this.window, since: this.version }));
      document.body.classList.remove("offline");
    } catch (error) {
      document.body.classList.add("offline");
      this.status.textContent = wordsOf(error);
    }
  }

  private async perform(action: string, ...args: readonly unknown[]): Promise<void> {
    try {
      await act(this.id, action, ...args);
      this.status.textContent = "";
    } catch (error) {
      this.status.textContent = wordsOf(error);
    }
    await this.refresh();
  }

  private show(answer: WindowAnswer): void {
    this.version = answer.version;
    const { rows, tabs: infos } = answer;
    if (!rows || !infos) return;
    this.tab = answer.tab ?? null;
    const info = infos.find((one) => one.sheetId === this.tab) ?? infos[0];
    if (!info) return;
    this.tabTitle = info.title;
    this.title.textContent = answer.title ?? "";
    document.title = `${answer.title} - Google emulator`;
    this.tabs.show(infos, info.sheetId);
    this.grid.show(info, answer.from ?? 0, rows);
  }

  private showSelected({ row, column, cell }: Selected): void {
    this.address.textContent = `${columnName(column)}${row + 1}`;
    this.content.textContent = cell?.formula ?? cell?.text ?? "";
    this.content.title = cell?.why ?? "";
  }

  private layout(): HTMLElement {
    const home = element("a", { href: "/", class: "quiet" }, "Workbooks");
    return element(
      "div",
      { class: "workbook" },
      element("header", {}, home, this.title, this.status),
      this.toolbar(),
      element("div", { class: "formula" }, this.address, this.content),
      this.grid.root,
      this.tabs.root,
    );
  }

  private toolbar(): HTMLElement {
    const tool = (label: string, hint: string, run: (row: number, column: number) => Promise<void>) => {
      const onclick = (): void => {
        const { row, column } = this.grid.selected();
        void run(row, column);
      };
      return element("button", { type: "button", title: hint, onclick }, label);
    };
    const sort = (column: number, descending: boolean): Promise<void> =>
      this.perform("sortRange", this.tabTitle, "A2:ZZ", column, descending);
    return element(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Rows and order" },
      tool("Add row", "Insert a row below the selected one", (row) =>
        this.perform("insertRows", this.tabTitle, row + 1),
      ),
      tool("Insert above", "Insert a row above the selected one", (row) =>
        this.perform("insertRows", this.tabTitle, row),
      ),
      tool("Delete row", "Delete the selected row", (row) => this.perform("deleteRows", this.tabTitle, row)),
      tool("Sort A-Z", "Sort by the selected column; the first row stays", (_row, column) =>
        sort(column, false),
      ),
      tool("Sort Z-A", "Sort by the selected column, backwards; the first row stays", (_row, column) =>
        sort(column, true),
      ),
    );
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
