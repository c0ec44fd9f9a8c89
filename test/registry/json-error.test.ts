import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findJsonError } from "../../src/registry/api/json-error.ts";

describe("where text stops being JSON", () => {
  test("REG-56 the place, what was expected and what stands there are named", () => {
    for (const [text, line, column, expected, found] of [
      ["", 1, 1, "a value", "the end of the body"],
      ["{", 1, 2, 'a field name in double quotes or "}"', "the end of the body"],
      ["{'a': 1}", 1, 2, 'a field name in double quotes or "}"', '"\'"'],
      ['{"a": 1,}', 1, 9, "a field name in double quotes", '"}"'],
      ['{"a" 1}', 1, 6, '":"', '"1"'],
      ['{"a":\n  nope}', 2, 3, "a value", '"n"'],
      ['{"a": 1\n "b": 2}', 2, 2, '"," or "}"', "a text"],
      ["[1, 2", 1, 6, '"," or "]"', "the end of the body"],
      ["[1, ]", 1, 5, "a value", '"]"'],
      ["[01]", 1, 2, 'a value or "]"', '"0"'],
      [
        '["a\nb"]',
        1,
        2,
        'a value or "]"',
        "a text that is not closed or holds a line break or a wrong escape",
      ],
      ["{} x", 1, 4, "nothing more", '"x"'],
      ["[1]\u00a0", 1, 4, "nothing more", '"\u00a0"'],
      ["[true false]", 1, 7, '"," or "]"', '"f"'],
    ] as const) {
      expect([text, findJsonError(text)]).toEqual([text, { line, column, expected, found }]);
    }
  });

  test("REG-57 in any JSON text, the place of the damage is found, or the beginning of the token it is in", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.boolean(), (value, at, truncate) => {
        const text = JSON.stringify(value, null, 1);
        const cut = at % (text.length + 1);
        // This character may stand nowhere in JSON.
        const broken = text.slice(0, cut) + (truncate ? "" : `\u0001${text.slice(cut)}`);
        if (isJson(broken)) return;
        const { line, column } = findJsonError(broken);
        const lines = broken.split("\n");
        const place = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
        expect(place).toBeLessThanOrEqual(cut);
        expect(broken.slice(place, cut)).toMatch(/^("[^\n]*|[\w.+-]*|\s*)$/);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
