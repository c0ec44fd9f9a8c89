import { err, ok, type Result } from "#contract/result.ts";
import type { WhereProblem } from "./expression.ts";

export type Token =
  | { readonly tag: "word"; readonly text: string; readonly at: number }
  /** A name in double quotes or backticks. */
  | { readonly tag: "name"; readonly text: string; readonly at: number }
  | { readonly tag: "text"; readonly text: string; readonly at: number }
  | { readonly tag: "number"; readonly value: number; readonly at: number }
  | { readonly tag: "sign"; readonly text: string; readonly at: number }
  | { readonly tag: "end"; readonly at: number };

const SPACE = /\s+/y;
const WORD = /[\p{L}_][\p{L}\p{N}_.]*/uy;
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const SIGN = /<=|>=|!=|<>|==|=|<|>|\(|\)|,/y;

export function tokensOf(text: string): Result<Token[], WhereProblem> {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  while (at < text.length) {
    if (take(SPACE)) continue;
    const start = at;
    const quote = text[at]!;
    if (quote === "'" || quote === '"' || quote === "`") {
      const quoted = takeQuoted(text, at);
      if (quoted === null) return err({ at, problem: `${quote} is not closed`, fix: `end it with ${quote}` });
      at = quoted.end;
      tokens.push({ tag: quote === "'" ? "text" : "name", text: quoted.text, at: start });
      continue;
    }
    const word = take(WORD);
    const number = word === null ? take(NUMBER) : null;
    const sign = word === null && number === null ? take(SIGN) : null;
    if (word !== null) tokens.push({ tag: "word", text: word, at: start });
    else if (number !== null) tokens.push({ tag: "number", value: Number(number), at: start });
    else if (sign !== null) tokens.push({ tag: "sign", text: SAME_SIGN[sign] ?? sign, at: start });
    else return err({ at, problem: `"${quote}" means nothing here`, fix: "see the examples of `where`" });
  }
  tokens.push({ tag: "end", at });
  return ok(tokens);
}

const SAME_SIGN: Readonly<Record<string, string>> = { "==": "=", "<>": "!=" };

/** A quote inside is written twice. */
function takeQuoted(text: string, from: number): { text: string; end: number } | null {
  const quote = text[from]!;
  let content = "";
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] !== quote) content += text[at];
    else if (text[at + 1] === quote) content += text[at++];
    else return { text: content, end: at + 1 };
  }
  return null;
}
