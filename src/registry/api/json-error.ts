/** Where text stops being JSON, for a person: the engine's own message names no place. */
export interface JsonError {
  /** From 1. */
  readonly line: number;
  /** In UTF-16 units, from 1. */
  readonly column: number;
  /** What would have been right there, and what stands there. */
  readonly expected: string;
  readonly found: string;
}

/** What may come next, by the place within the text. */
type Place = "value" | "firstValue" | "key" | "firstKey" | "colon" | "more" | "end";

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON refuses exactly these in a text (RFC 8259, 7)
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** `text` is known not to be JSON. Keeps its own stack, so that no depth overflows the engine's. */
export function findJsonError(text: string): JsonError {
  // "}" or "]" for each thing that is open.
  const open: string[] = [];
  let place: Place = "value";
  let at = 0;

  /** Steps over one token and returns what may follow; null: it may not stand here. */
  function step(): Place | null {
    const char = text[at];
    const afterValue = open.length > 0 ? "more" : "end";
    if (char !== undefined && char === open.at(-1) && ["more", "firstKey", "firstValue"].includes(place)) {
      open.pop();
      at += 1;
      return open.length > 0 ? "more" : "end";
    }
    if (place === "more" && char === ",") {
      at += 1;
      return open.at(-1) === "}" ? "key" : "value";
    }
    if (place === "colon" && char === ":") {
      at += 1;
      return "value";
    }
    if (place === "key" || place === "firstKey") return skip(STRING) ? "colon" : null;
    if (place !== "value" && place !== "firstValue") return null;
    if (char === "{" || char === "[") {
      open.push(char === "{" ? "}" : "]");
      at += 1;
      return char === "{" ? "firstKey" : "firstValue";
    }
    return skip(STRING) || skip(SCALAR) ? afterValue : null;
  }

  function skip(token: RegExp): boolean {
    token.lastIndex = at;
    if (!token.test(text)) return false;
    at = token.lastIndex;
    return true;
  }

  for (;;) {
    skip(SPACE);
    const next = step();
    if (next === null) return describe(text, at, place, open.at(-1));
    place = next;
  }
}

function describe(text: string, at: number, place: Place, closing: string | undefined): JsonError {
  const before = text.slice(0, at).split("\n");
  const expected: Record<Place, string> = {
    value: "a value",
    firstValue: 'a value or "]"',
    key: "a field name in double quotes",
    firstKey: 'a field name in double quotes or "}"',
    colon: '":"',
    more: `"," or "${closing}"`,
    end: "nothing more",
  };
  return {
    line: before.length,
    column: before.at(-1)!.length + 1,
    expected: expected[place],
    found: foundAt(text, at),
  };
}

function foundAt(text: string, at: number): string {
  const char = text[at];
  if (char === undefined) return "the end of the body";
  STRING.lastIndex = at;
  if (STRING.test(text)) return "a text";
  if (char === '"') return "a text that is not closed or holds a line break or a wrong escape";
  return JSON.stringify(String.fromCodePoint(text.codePointAt(at)!));
}
