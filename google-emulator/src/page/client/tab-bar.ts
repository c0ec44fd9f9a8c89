/** The tabs of a workbook: pick, add, rename by double click or F2. */
import type { TabInfo } from "./api.ts";
import { element } from "./dom.ts";

export interface TabBarEvents {
  onPick(sheetId: number): void;
  onAdd(title: string): void;
  onRename(before: string, after: string): void;
}

export interface TabBar {
  readonly root: HTMLElement;
  show(tabs: readonly TabInfo[], current: number): void;
}

export function createTabBar(events: TabBarEvents): TabBar {
  const list = element("div", { role: "tablist", "aria-label": "Tabs" });
  let shown: readonly TabInfo[] = [];
  let state = "";

  const add = (): void => {
    let number = shown.length + 1;
    while (shown.some((tab) => tab.title === `Sheet${number}`)) number += 1;
    events.onAdd(`Sheet${number}`);
  };
  const rename = (button: HTMLElement, tab: TabInfo): void => {
    const input = element("input", { class: "rename", value: tab.title, "aria-label": "Tab title" });
    let open = true;
    const close = (keep: boolean): void => {
      if (!open) return;
      open = false;
      const title = input.value.trim();
      input.replaceWith(button);
      button.focus();
      if (keep && title !== "" && title !== tab.title) events.onRename(tab.title, title);
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") close(true);
      if (event.key === "Escape") close(false);
    });
    input.addEventListener("blur", () => close(true));
    button.replaceWith(input);
    input.select();
    input.focus();
  };
  const made = (tab: TabInfo, current: number): HTMLElement => {
    const chosen = tab.sheetId === current;
    const button = element(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(chosen),
        tabindex: chosen ? 0 : -1,
        "data-sheet": tab.sheetId,
      },
      tab.title,
    );
    button.addEventListener("click", () => events.onPick(tab.sheetId));
    button.addEventListener("dblclick", () => rename(button, tab));
    button.addEventListener("keydown", (event) => {
      if (event.key === "F2") rename(button, tab);
      const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      const next = shown[shown.indexOf(tab) + step];
      if (step !== 0 && next) events.onPick(next.sheetId);
    });
    return button;
  };

  return {
    root: element(
      "nav",
      { class: "tabs" },
      list,
      element(
        "button",
        { type: "button", class: "add", title: "Add a tab", "aria-label": "Add a tab", onclick: add },
        "+",
      ),
    ),
    show(tabs, current) {
      const wanted = JSON.stringify([current, tabs.map((tab) => [tab.sheetId, tab.title])]);
      // Rebuilding would take the element away from under a double click or a rename.
      if (wanted === state || list.querySelector("input")) return;
      const focused = list.contains(document.activeElement);
      state = wanted;
      shown = tabs;
      list.replaceChildren(...tabs.map((tab) => made(tab, current)));
      if (focused) list.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
    },
  };
}
