import { useEffect, useRef } from "preact/hooks";
import type { PreviewParts } from "../../../../client-sdk/src/contract/templates.ts";

/** The preview is a page of its own: here it is a part of one. */
const WHOLE_CSS = ":host{display:block}.page{min-height:0}.scroll{max-height:60vh}";
/** A picture of the first tab, too small to be used. */
const SMALL_CSS =
  ":host{display:block}.page{min-height:0;width:250%;transform:scale(.4);transform-origin:0 0}header,nav,.notice{display:none}.scroll{overflow:hidden}";

/**
 * What a template makes of data, in a shadow root: its styles touch nothing else, and come as an adopted style sheet,
 * which the policy of this page allows where it refuses inline ones.
 */
export function SheetPreview({ parts, small = false }: { parts: PreviewParts; small?: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const { body, css } = parts;
  useEffect(() => {
    const node = host.current;
    if (!node) return;
    const root = node.shadowRoot ?? node.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${css}\n${small ? SMALL_CSS : WHOLE_CSS}`);
    root.adoptedStyleSheets = [sheet];
    root.innerHTML = body;
    fitIn(root);
  }, [body, css, small]);
  return (
    <div ref={host} class={small ? "sheet-picture" : "sheet-preview"} inert={small} data-testid="sheet" />
  );
}

/** Its landmarks are those of a whole page, and what scrolls must be reachable by keys. */
function fitIn(root: ShadowRoot): void {
  for (const part of root.querySelectorAll("main, header")) part.setAttribute("role", "presentation");
  root.querySelector("nav")?.setAttribute("aria-label", "Tabs of the preview");
  root.querySelector("h1")?.setAttribute("aria-level", "2");
  for (const part of root.querySelectorAll<HTMLElement>(".scroll")) {
    part.tabIndex = 0;
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", "Rows");
  }
}
