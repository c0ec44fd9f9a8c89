/** Leaves room for "-2", "-3", ... under the 64 characters of an id. */
const SLUG_LENGTH_MAX = 56;

/** A source id made from its name: "Café Prices, 2026" gives "cafe-prices-2026". */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_LENGTH_MAX)
    .replaceAll(/^-+|-+$/g, "");
  // Names without a Latin letter or digit, such as emoji or Japanese, have nothing to make an id of.
  return slug || "source";
}

/** The ids to try for `name`, in order, without end. */
export function* idsFor(name: string): Generator<string> {
  const slug = slugOf(name);
  yield slug;
  for (let number = 2; ; number++) yield `${slug}-${number}`;
}
