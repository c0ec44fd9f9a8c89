/** Splits a formula into tokens that, joined again, give the same text: adjusting references needs no printer. */
export type TokenKind = "space" | "number" | "text" | "error" | "reference" | "word" | "operator";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TITLE = String.raw`(?:'(?:[^']|'')+'|[\p{L}_][\p{L}\p{N}_.]*)!`;
const CELL = String.raw`\$?[A-Za-z]{1,3}\$?[1-9]\d*`;
const REFERENCE = [
  `${CELL}:${CELL}`,
  String.raw`${CELL}:\$?[A-Za-z]{1,3}`,
  String.raw`\$?[A-Za-z]{1,3}:${CELL}`,
  CELL,
  String.raw`\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}`,
  String.raw`\$?[1-9]\d*:\$?[1-9]\d*`,
].join("|");

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["space", /\s+/y],
  ["text", /"(?:[^"]|"")*"/y],
  ["error", /#(?:DIV\/0!|REF!|NAME\?|VALUE!|N\/A|NUM!|NULL!|ERROR!)/y],
  ["reference", new RegExp(`(?:${TITLE})?(?:${REFERENCE})(?![\\p{L}\\p{N}_(.])`, "uy")],
  // A reference whose target was deleted keeps its tab's name.
  ["error", new RegExp(`${TITLE}#REF!`, "uy")],
  ["number", /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["word", /[\p{L}_][\p{L}\p{N}_.]*/uy],
  ["operator", /<>|<=|>=|[-+*/^&=<>%(),;{}:]/y],
];

/** Null when some character fits nowhere. */
export function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    let found: Token | null = null;
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (!match) continue;
      found = { kind, text: match[0] };
      break;
    }
    if (!found) return null;
    tokens.push(found);
    at += found.text.length;
  }
  return tokens;
}
