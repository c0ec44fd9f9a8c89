/** The input that opens in a cell. */
import { element } from "./dom.ts";

export interface EditorOptions {
  readonly label: string;
  readonly text: string;
  readonly selectAll: boolean;
  /** Once, with the text to keep; null when it was given up. */
  onClose(text: string | null): void;
  /** After it closed by a key that goes on: rows down, columns right. */
  onMove(down: number, right: number): void;
}

export function openEditor(target: HTMLElement, options: EditorOptions): HTMLInputElement {
  const input = element("input", { class: "editor", "aria-label": options.label });
  input.value = options.text;
  let open = true;
  const close = (keep: boolean): void => {
    if (!open) return;
    open = false;
    options.onClose(keep ? input.value : null);
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const back = event.shiftKey ? -1 : 1;
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      close(true);
      if (event.key === "Enter") options.onMove(back, 0);
      else options.onMove(0, back);
    } else if (event.key === "Escape") {
      close(false);
      options.onMove(0, 0);
    }
  });
  input.addEventListener("blur", () => close(true));
  target.replaceChildren(input);
  input.focus();
  if (options.selectAll) input.select();
  return input;
}
