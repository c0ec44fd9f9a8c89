import type { Column } from "./contract/layout.ts";

/** Another one when a key or a type is another; the order does not count. 64 bits, to tell versions apart, not to resist. */
export function schemaHash(columns: readonly Pick<Column, "key" | "type">[]): string {
  const text = JSON.stringify(sorted(columns).map(({ key, type }) => [key, type]));
  // FNV-1a, and the same with another prime and a shift.
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 16777619);
    b = Math.imul(b ^ code ^ (b >>> 15), 2654435761);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

/** By key: the order of columns in a sheet is nobody's type. */
export function sorted<C extends { readonly key: string }>(columns: readonly C[]): readonly C[] {
  return [...columns].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
