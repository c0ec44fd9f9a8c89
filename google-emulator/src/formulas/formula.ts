/** A formula as a cell keeps it: its text and, parsed once, its tree. */
import { readA1 } from "../ranges/a1.ts";
import type { GridRange } from "../ranges/box.ts";
import { type Token, tokenize } from "./tokens.ts";
import { type ErrorCode, isErrorCode } from "./value.ts";

export type Node =
  | { readonly kind: "literal"; readonly value: number | string | boolean }
  | { readonly kind: "error"; readonly code: ErrorCode }
  | { readonly kind: "empty" }
  | { readonly kind: "range"; readonly title: string | null; readonly place: GridRange }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Node }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] }
  /** A lambda called on the spot: LAMBDA(x, x + 1)(3). */
  | { readonly kind: "apply"; readonly target: Node; readonly args: readonly Node[] }
  | { readonly kind: "array"; readonly rows: readonly (readonly Node[])[] };

export interface Formula {
  /** With its "=". */
  readonly text: string;
  /** Null when the text does not parse: the cell then shows #ERROR!. */
  readonly tree: Node | null;
  /** Its result may be a block, which fills the cells below and beside. */
  readonly mayFill: boolean;
}

export function makeFormula(text: string): Formula {
  const tokens = tokenize(text.slice(1));
  const tree = tokens && parse(tokens.filter((token) => token.kind !== "space"));
  const mayFill =
    tokens?.some((token) => token.text === "{" || FILLING.has(token.text.toUpperCase())) ?? false;
  return { text, tree, mayFill };
}

/** Functions that give blocks. */
const FILLING = new Set(
  `ARRAYFORMULA ARRAY_CONSTRAIN BYCOL BYROW CHOOSECOLS CHOOSEROWS DROP EXPAND FILTER FLATTEN FREQUENCY GROWTH HSTACK INDEX
  LINEST MAKEARRAY MAP MINVERSE MMULT MUNIT OFFSET QUERY INDIRECT RANDARRAY REGEXEXTRACT SCAN SEQUENCE SORT SORTN SPLIT TAKE
  TOCOL TOROW TRANSPOSE TREND UNIQUE VSTACK WRAPCOLS WRAPROWS XLOOKUP`.split(/\s+/),
);

const BINDING: Readonly<Record<string, number>> = {
  "=": 1,
  "<>": 1,
  "<": 1,
  ">": 1,
  "<=": 1,
  ">=": 1,
  "&": 2,
  "+": 3,
  "-": 3,
  "*": 4,
  "/": 4,
  "^": 5,
};

function parse(tokens: readonly Token[]): Node | null {
  const parser = new Parser(tokens);
  const tree = parser.expression(0);
  return parser.atEnd ? tree : null;
}

/** Deeper nesting does not parse, as it would not in a spreadsheet. */
const DEPTH_MAX = 200;

class Parser {
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get atEnd(): boolean {
    return this.at === this.tokens.length;
  }

  /** Pratt's way: operators that bind tighter than `least` go to the right-hand side. */
  expression(least: number): Node | null {
    let left = this.operand();
    while (left) {
      const operator = this.tokens[this.at];
      const binding = operator?.kind === "operator" ? BINDING[operator.text] : undefined;
      if (!operator || binding === undefined || binding <= least) return left;
      this.at += 1;
      const right = this.expression(binding);
      if (!right) return null;
      left = { kind: "binary", operator: operator.text, left, right };
    }
    return null;
  }

  private operand(): Node | null {
    if (this.depth >= DEPTH_MAX) return null;
    this.depth += 1;
    const node = this.signed();
    this.depth -= 1;
    return node;
  }

  private signed(): Node | null {
    const token = this.tokens[this.at];
    if (!token) return null;
    this.at += 1;
    if (token.text === "-" || token.text === "+") {
      const operand = this.operand();
      return operand && { kind: "unary", operator: token.text, operand };
    }
    let node = this.atom(token);
    while (node?.kind === "call" && this.take("(")) {
      const args = this.list(")", [",", ";"]);
      node = args && { kind: "apply", target: node, args: args.flat() };
    }
    while (node && this.take("%")) node = { kind: "unary", operator: "%", operand: node };
    return node;
  }

  private atom(token: Token): Node | null {
    if (token.kind === "number") return { kind: "literal", value: Number(token.text) };
    if (token.kind === "text") {
      return { kind: "literal", value: token.text.slice(1, -1).replaceAll('""', '"') };
    }
    if (token.kind === "error") {
      const code = token.text.slice(token.text.lastIndexOf("#"));
      return isErrorCode(code) ? { kind: "error", code } : null;
    }
    if (token.kind === "reference") return rangeNode(token.text);
    if (token.kind === "word") return this.word(token.text);
    if (token.text === "(") {
      const inner = this.expression(0);
      return inner && this.take(")") ? inner : null;
    }
    return token.text === "{" ? this.array() : null;
  }

  private word(text: string): Node | null {
    if (this.take("(")) {
      const args = this.list(")", [",", ";"]);
      return args && { kind: "call", name: text.toUpperCase(), args: args.flat() };
    }
    if (/^true$/i.test(text)) return { kind: "literal", value: true };
    if (/^false$/i.test(text)) return { kind: "literal", value: false };
    return { kind: "name", name: text };
  }

  private array(): Node | null {
    const rows = this.list("}", [","], ";");
    return rows && { kind: "array", rows };
  }

  /** Items up to `close`; `rowBreak` starts another row. An omitted argument is an empty node. */
  private list(close: string, separators: readonly string[], rowBreak?: string): Node[][] | null {
    const rows: Node[][] = [[]];
    if (this.take(close)) return rows;
    for (;;) {
      const next = this.tokens[this.at]?.text ?? "";
      const omitted = next === close || separators.includes(next);
      const item: Node | null = omitted ? { kind: "empty" } : this.expression(0);
      if (!item) return null;
      rows.at(-1)?.push(item);
      if (this.take(close)) return rows;
      if (rowBreak !== undefined && this.take(rowBreak)) rows.push([]);
      else if (!separators.some((separator) => this.take(separator))) return null;
    }
  }

  private take(text: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== "operator" || token.text !== text) return false;
    this.at += 1;
    return true;
  }
}

function rangeNode(text: string): Node | null {
  const written = readA1(text);
  return written?.place ? { kind: "range", title: written.title, place: written.place } : null;
}
