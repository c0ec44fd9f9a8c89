/**
 * The text of a `where`:
 *
 *     Price < 100 and not ("In stock" = 0 or Category in ('Tents', 'Footwear'))
 *     Updated >= date '2026-05-01' and Product starts with 'Lark' and Discount is not blank
 *     region = claims.region
 *
 * Names are column keys, quoted where they are more than a word; texts stand in single quotes. `and` binds stronger
 * than `or`.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Comparison, Expression, Operand, WhereProblem } from "./expression.ts";
import { type Token, tokensOf } from "./tokens.ts";

export const WHERE_CHARACTERS_MAX = 4_000;
/** Parentheses and `not`s inside each other. */
const DEPTH_MAX = 50;
const CLAIM_PREFIX = "claims.";
const SIGNS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">="]);
const DAY_MS = 86_400_000;

export function parseWhere(text: string): Result<Expression, WhereProblem> {
  if (text.length > WHERE_CHARACTERS_MAX) {
    return err({
      at: WHERE_CHARACTERS_MAX,
      problem: "the condition is too long",
      fix: "make a view of it in parts",
    });
  }
  const tokens = tokensOf(text);
  if (!tokens.ok) return tokens;
  try {
    return ok(new Parser(tokens.value).whole());
  } catch (cause) {
    if (cause instanceof Failure) return err(cause.problem);
    throw cause;
  }
}

/** Carries a problem out of the descent; never leaves this file. */
class Failure extends Error {
  readonly problem: WhereProblem;
  constructor(problem: WhereProblem) {
    super(problem.problem);
    this.problem = problem;
  }
}

class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Expression {
    const expression = this.either();
    if (this.peek().tag !== "end")
      this.fail("more follows than a condition", "join conditions by `and` or `or`");
    return expression;
  }

  private either(): Expression {
    const parts = [this.both()];
    while (this.takeWord("or")) parts.push(this.both());
    return parts.length === 1 ? parts[0]! : { tag: "or", parts };
  }

  private both(): Expression {
    const parts = [this.single()];
    while (this.takeWord("and")) parts.push(this.single());
    return parts.length === 1 ? parts[0]! : { tag: "and", parts };
  }

  private single(): Expression {
    if (++this.depth > DEPTH_MAX) this.fail("conditions stand too deep in each other", "write it flatter");
    const expression = this.innermost();
    this.depth--;
    return expression;
  }

  private innermost(): Expression {
    if (this.takeWord("not")) return { tag: "not", part: this.single() };
    if (this.takeSign("(")) {
      const inner = this.either();
      this.expectSign(")");
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Expression {
    const left = this.operand();
    const token = this.peek();
    if (token.tag === "sign" && SIGNS.has(token.text)) {
      this.next++;
      return { tag: "compare", operator: token.text as Comparison, left, right: this.operand() };
    }
    if (this.takeWord("is")) {
      const not = this.takeWord("not");
      if (!this.takeWord("blank") && !this.takeWord("null")) {
        this.fail("`is` compares with nothing known", "write `is blank` or `is not blank`");
      }
      return not ? { tag: "not", part: { tag: "blank", operand: left } } : { tag: "blank", operand: left };
    }
    const not = this.takeWord("not");
    const positive = this.wordComparison(left);
    return not ? { tag: "not", part: positive } : positive;
  }

  private wordComparison(left: Operand): Expression {
    if (this.takeWord("in")) return { tag: "in", operand: left, among: this.list() };
    if (this.takeWord("contains"))
      return { tag: "compare", operator: "contains", left, right: this.operand() };
    for (const operator of ["starts with", "ends with"] as const) {
      if (!this.takeWord(operator.split(" ")[0]!)) continue;
      this.takeWord("with");
      return { tag: "compare", operator, left, right: this.operand() };
    }
    return this.fail(
      "a comparison is missing",
      "write one such as = != < <= > >= in, contains, starts with, is blank",
    );
  }

  private list(): Operand[] {
    this.expectSign("(");
    const among = [this.operand()];
    while (this.takeSign(",")) among.push(this.operand());
    this.expectSign(")");
    return among;
  }

  private operand(): Operand {
    const token = this.peek();
    this.next++;
    switch (token.tag) {
      case "number":
        return { tag: "value", value: token.value };
      case "text":
        return { tag: "value", value: token.text };
      case "name":
        return { tag: "column", key: token.text };
      case "word":
        return this.wordOperand(token.text);
      default:
        this.next--;
        return this.fail("a column or a value is missing", "name a column, or write a number or a 'text'");
    }
  }

  private wordOperand(word: string): Operand {
    const plain = word.toLowerCase();
    if (plain === "true" || plain === "false") return { tag: "value", value: plain === "true" };
    if (plain === "null" || plain === "blank") return { tag: "value", value: null };
    if (word.startsWith(CLAIM_PREFIX)) return { tag: "claim", name: word.slice(CLAIM_PREFIX.length) };
    const following = this.peek();
    if (plain === "date" && following.tag === "text") {
      this.next++;
      const ms = Date.parse(
        /^\d{4}-\d{2}-\d{2}$/.test(following.text) ? following.text : `${following.text}Z`,
      );
      if (Number.isNaN(ms))
        this.fail(`'${following.text}' is no date`, "write date '2026-05-01'", following.at);
      return { tag: "value", value: (ms - Date.UTC(1899, 11, 30)) / DAY_MS };
    }
    return { tag: "column", key: word };
  }

  private peek(): Token {
    return this.tokens[this.next]!;
  }
  private takeWord(word: string): boolean {
    const token = this.peek();
    if (token.tag !== "word" || token.text.toLowerCase() !== word) return false;
    this.next++;
    return true;
  }
  private takeSign(sign: string): boolean {
    const token = this.peek();
    if (token.tag !== "sign" || token.text !== sign) return false;
    this.next++;
    return true;
  }
  private expectSign(sign: string): void {
    if (!this.takeSign(sign)) this.fail(`"${sign}" is missing`, `put "${sign}" here`);
  }
  private fail(problem: string, fix: string, at = this.peek().at): never {
    throw new Failure({ at, problem, fix });
  }
}
