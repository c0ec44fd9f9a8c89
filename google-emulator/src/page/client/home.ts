/** The list of workbooks. */
import { addWorkbook, listWorkbooks, type WorkbookInfo } from "./api.ts";
import { element } from "./dom.ts";

const POLL_MS = 2000;

export function openHome(app: HTMLElement): void {
  const list = element("ul", { class: "workbooks" });
  const create = async (): Promise<void> => {
    location.href = `/workbook/${await addWorkbook("Untitled spreadsheet")}`;
  };
  app.replaceChildren(
    element(
      "main",
      { class: "home" },
      element("h1", {}, "Google emulator"),
      element(
        "p",
        { class: "quiet" },
        "Workbooks that live in this process. Programs see them through the Sheets and Drive APIs; you edit them here.",
      ),
      list,
      element("button", { type: "button", class: "primary", onclick: () => void create() }, "New workbook"),
    ),
  );
  let shown = "";
  const refresh = async (): Promise<void> => {
    const workbooks = await listWorkbooks();
    const state = JSON.stringify(workbooks);
    if (state === shown) return;
    shown = state;
    list.replaceChildren(...workbooks.map(item));
    if (workbooks.length === 0) list.append(element("li", { class: "quiet" }, "None yet."));
  };
  const again = (): void => {
    refresh().catch(() => {
      // The emulator is away for a moment; the list stays as it was.
    });
  };
  again();
  setInterval(again, POLL_MS);
}

function item(workbook: WorkbookInfo): HTMLElement {
  const tabs = workbook.tabs.map((tab) => tab.title).join(", ");
  return element(
    "li",
    {},
    element("a", { href: `/workbook/${encodeURIComponent(workbook.id)}` }, workbook.title),
    element("span", { class: "quiet" }, tabs),
  );
}
