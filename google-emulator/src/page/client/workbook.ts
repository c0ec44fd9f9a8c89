/** One workbook: toolbar, grid, tab bar, and a poll each second for what others change. */
import { act, readWindow, type WindowAnswer } from "./api.ts";
import { columnName, element } from "./dom.ts";
import { createGrid, type Selected } from "./grid.ts";
import { createTabBar } from "./tab-bar.ts";

const POLL_MS = 1000;

export function openWorkbook(app: HTMLElement, id: string): void {
  let tab: number | null = null;
  let tabTitle = "";
  let version = -1;
  let window = { from: 0, count: 100 };
  let asking: Promise<void> | null = null;

  const title = element("h1", {}, "");
  const status = element("span", { class: "status", role: "status" });
  const address = element("span", { class: "address", "aria-hidden": "true" });
  const content = element("output", { class: "content" });

  const perform = async (action: string, ...args: readonly unknown[]): Promise<void> => {
    try {
      await act(id, action, ...args);
      status.textContent = "";
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    }
    await refresh();
  };

  const grid = createGrid({
    onEdit: (row, column, text) => perform("setCell", tabTitle, `${columnName(column)}${row + 1}`, text),
    onSelect: ({ row, column, cell }: Selected) => {
      address.textContent = `${columnName(column)}${row + 1}`;
      content.textContent = cell?.formula ?? cell?.text ?? "";
      content.title = cell?.why ?? "";
    },
    onWindow: (from, count) => {
      window = { from, count };
      version = -1;
      void refresh();
    },
  });
  const tabs = createTabBar({
    onPick: (sheetId) => {
      tab = sheetId;
      version = -1;
      grid.toTop();
      void refresh();
    },
    onAdd: (name) => perform("addTab", name),
    onRename: (before, after) => perform("renameTab", before, after),
  });

  /** One question at a time; a newer wish waits for the running one. */
  const refresh = async (): Promise<void> => {
    while (asking) await asking;
    asking = ask().finally(() => {
      asking = null;
    });
    await asking;
  };
  const ask = async (): Promise<void> => {
    try {
      show(await readWindow(id, { tab, ...window, since: version }));
      document.body.classList.remove("offline");
    } catch (error) {
      document.body.classList.add("offline");
      status.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const show = (answer: WindowAnswer): void => {
    version = answer.version;
    const { rows, tabs: infos } = answer;
    if (!rows || !infos) return;
    tab = answer.tab ?? null;
    const info = infos.find((one) => one.sheetId === tab) ?? infos[0];
    if (!info) return;
    tabTitle = info.title;
    title.textContent = answer.title ?? "";
    document.title = `${answer.title} - Google emulator`;
    tabs.show(infos, info.sheetId);
    grid.show(info, answer.from ?? 0, rows);
  };

  const onRow = (action: (row: number) => Promise<void>) => (): void => void action(grid.selected().row);
  const sort = (descending: boolean) => (): void => {
    void perform("sortRange", tabTitle, "A2:ZZ", grid.selected().column, descending);
  };
  const tool = (label: string, hint: string, run: () => void): HTMLElement =>
    element("button", { type: "button", title: hint, onclick: run }, label);
  app.replaceChildren(
    element(
      "div",
      { class: "workbook" },
      element("header", {}, element("a", { href: "/", class: "quiet" }, "Workbooks"), title, status),
      element(
        "div",
        { class: "toolbar", role: "toolbar", "aria-label": "Rows and order" },
        tool(
          "Add row",
          "Insert a row below the selected one",
          onRow((row) => perform("insertRows", tabTitle, row + 1)),
        ),
        tool(
          "Insert above",
          "Insert a row above the selected one",
          onRow((row) => perform("insertRows", tabTitle, row)),
        ),
        tool(
          "Delete row",
          "Delete the selected row",
          onRow((row) => perform("deleteRows", tabTitle, row)),
        ),
        tool("Sort A-Z", "Sort by the selected column; the first row stays", sort(false)),
        tool("Sort Z-A", "Sort by the selected column, backwards; the first row stays", sort(true)),
      ),
      element("div", { class: "formula" }, address, content),
      grid.root,
      tabs.root,
    ),
  );
  void refresh().then(() => grid.focus());
  setInterval(() => {
    if (!document.hidden) void refresh();
  }, POLL_MS);
}
