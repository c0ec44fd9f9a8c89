/** The styles of a page as classes: no element carries its own, so a page may forbid those. */
import type { CellStyle } from "#contract/templates.ts";

export interface StyleSheet {
  /** The class of these declarations; empty for none. */
  classOf(declarations: string): string;
  /** All of them as CSS. */
  css(): string;
}

export function createStyleSheet(): StyleSheet {
  const classes = new Map<string, string>();
  return {
    classOf(declarations) {
      if (declarations === "") return "";
      const name = classes.get(declarations) ?? `c${classes.size}`;
      classes.set(declarations, name);
      return name;
    },
    css: () => [...classes].map(([declarations, name]) => `.${name}{${declarations}}`).join("\n"),
  };
}

const COLOR = /^#[0-9a-f]{6}$/i;
const FONT = /^[A-Za-z0-9 -]{1,60}$/;

/** Only what is well formed gets into a style sheet, whoever made the template. */
export function declarationsOf(style: CellStyle): string {
  const { bold, italic, color, background, size, font, align, vertical, wrap } = style;
  const declarations = [
    bold && "font-weight:600",
    italic && "font-style:italic",
    color && COLOR.test(color) && `color:${color}`,
    background && COLOR.test(background) && `background:${background}`,
    Number.isInteger(size) && `font-size:${size}pt`,
    font && FONT.test(font) && `font-family:"${font}",sans-serif`,
    align && ["left", "center", "right"].includes(align) && `text-align:${align}`,
    vertical && ["top", "middle", "bottom"].includes(vertical) && `vertical-align:${vertical}`,
    wrap && "white-space:normal",
  ];
  return declarations.filter((part) => typeof part === "string" && part !== "").join(";");
}

export function colorOr(color: string | null | undefined, other: string): string {
  return color && COLOR.test(color) ? color : other;
}
