/** The formulas of templates as trees: arithmetic, comparisons, texts and calls, as spreadsheets bind them. */
import type { Formula, FormulaReference } from "../plan.ts";

export type Tree =
  | { readonly tag: "value"; readonly value: number | string | boolean | null }
  | { readonly tag: "reference"; readonly reference: FormulaReference }
  | { readonly tag: "call"; readonly name: string; readonly given: readonly Tree[] }
  | { readonly tag: "infix"; readonly sign: Infix; readonly left: Tree; readonly right: Tree }
  | { readonly tag: "minus" | "percent"; readonly of: Tree };

export type Infix = "+" | "-" | "*" | "/" | "^" | "&" | "=" | "<>" | "<" | "<=" | ">" | ">=";

type Token =
  | { readonly reference: FormulaReference }
  | { readonly sign: string }
  | { readonly literal: Tree };

/** Deeper ones are no formulas of people. */
const DEPTH_MAX = 100;
/** From loose to tight; a sign binds what stands beside it stronger than the signs before it. */
const BINDING: readonly (readonly Infix[])[] = [
  ["=", "<>", "<", "<=", ">", ">="],
  ["&"],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];
const TOKEN =
  /\s+|"(?:[^"]|"")*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z][A-Za-z0-9.]*|<>|<=|>=|[-+*/^&=<>(),;%]/y;

/** Null for what this reader does not know, such as A1 references or arrays. */
export function parseTree(formula: Formula): Tree | null {
  const tokens = tokensOf(formula);
  if (!tokens) return null;
  let at = 0;
  const sign = () => {
    const token = tokens[at];
    return token && "sign" in token ? token.sign : null;
  };
  const take = (wanted: string): boolean => {
    if (sign() !== wanted) return false;
    at++;
    return true;
  };

  function infix(level: number, depth: number): Tree | null {
    const signs = BINDING[level];
    if (!signs) return prefix(depth);
    let left = infix(level + 1, depth);
    for (let found = sign(); left && found && signs.includes(found as Infix); found = sign()) {
      at++;
      const right = infix(level + 1, depth);
      left = right && { tag: "infix", sign: found as Infix, left, right };
    }
    return left;
  }

  function prefix(depth: number): Tree | null {
    if (depth > DEPTH_MAX) return null;
    if (take("+")) return prefix(depth + 1);
    if (take("-")) {
      const of = prefix(depth + 1);
      return of && { tag: "minus", of };
    }
    let found = single(depth);
    while (found && take("%")) found = { tag: "percent", of: found };
    return found;
  }

  function single(depth: number): Tree | null {
    if (take("(")) {
      const inner = infix(0, depth + 1);
      return inner && take(")") ? inner : null;
    }
    const token = tokens![at++];
    if (!token) return null;
    if ("reference" in token) return { tag: "reference", reference: token.reference };
    if ("literal" in token) return token.literal;
    return /^[A-Za-z]/.test(token.sign) ? named(token.sign.toUpperCase(), depth) : null;
  }

  function named(name: string, depth: number): Tree | null {
    if (!take("("))
      return name === "TRUE" || name === "FALSE" ? { tag: "value", value: name === "TRUE" } : null;
    const given: Tree[] = [];
    if (take(")")) return { tag: "call", name, given };
    do {
      const next = infix(0, depth + 1);
      if (!next) return null;
      given.push(next);
    } while (take(",") || take(";"));
    return take(")") ? { tag: "call", name, given } : null;
  }

  const tree = infix(0, 0);
  return tree && at === tokens.length ? tree : null;
}

function tokensOf(formula: Formula): Token[] | null {
  const tokens: Token[] = [];
  for (const [index, part] of formula.entries()) {
    if (typeof part !== "string") {
      tokens.push({ reference: part });
      continue;
    }
    const text = index === 0 ? part.slice(1) : part;
    TOKEN.lastIndex = 0;
    for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
      TOKEN.lastIndex = at;
      const piece = TOKEN.exec(text)?.[0];
      if (piece === undefined) return null;
      if (piece.trim() === "") continue;
      if (piece.startsWith('"')) tokens.push(literal(piece.slice(1, -1).replaceAll('""', '"')));
      else if (/^\d/.test(piece)) tokens.push(literal(Number(piece)));
      else tokens.push({ sign: piece });
    }
  }
  return tokens;
}

function literal(value: number | string): Token {
  return { literal: { tag: "value", value } };
}
