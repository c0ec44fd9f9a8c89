import type { Column } from "./contract/layout.ts";

/** Another one when a key or a type is another; the order does not count. 53 bits, to tell versions apart, not to resist. */
export function schemaHash(columns: readonly Pick<Column, "key" | "type">[]): string {
  const text = JSON.stringify(sorted(columns).map(({ key, type }) => [key, type]));
  // cyrb53, public domain: two 32-bit multiplicative hashes.
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16).padStart(14, "0");
}

/** By key: the order of columns in a sheet is nobody's type. */
export function sorted<C extends { readonly key: string }>(columns: readonly C[]): readonly C[] {
  return [...columns].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
