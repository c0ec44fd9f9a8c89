/** Formulas as templates write them: "={quantity}*{price}", "=SUMIFS({sales.total:all}, {sales.region:all}, {region})". */
import { err, ok, type Result } from "#contract/result.ts";
import type { Formula, FormulaReference } from "./plan.ts";

/** Which columns there are: of this tab, or of the tab that is named. */
export interface FormulaColumns {
  has(tab: string | null, column: string): boolean;
}

export interface BadFormula {
  readonly problem: string;
  readonly fix: string;
}

/** What would carry cells to a stranger's server, or a stranger's content into the sheet. */
const FETCHING = /\b(IMPORT[A-Z]+|IMAGE|WEBSERVICE|GOOGLEFINANCE)\s*\(/i;

export function parseFormula(text: string, columns: FormulaColumns): Result<Formula, BadFormula> {
  if (!text.startsWith("=")) return bad("does not begin with =", `write "=${text.trim()}"`);
  const fetching = fetchingFunction(text);
  if (fetching) return bad(`fetches from outside by ${fetching}`, "put the values into the data instead");
  const parts: (string | FormulaReference)[] = [];
  let plain = "";
  // Texts in quotes and names of sheets are taken whole, so that braces inside them mean nothing.
  for (const [piece] of text.matchAll(/"(?:[^"]|"")*"?|\{\{|\}\}|\{[^{}]*\}|[\s\S]/g)) {
    if (piece === "{{" || piece === "}}") plain += piece[0];
    else if (piece.length > 1 && piece.startsWith("{")) {
      const reference = resolve(piece.slice(1, -1), columns);
      if (!reference)
        return bad(`names ${piece}, which is no column`, "use the key of a column, or {tab.key:all}");
      if (plain !== "") parts.push(plain);
      plain = "";
      parts.push(reference);
    } else plain += piece;
  }
  if (plain !== "") parts.push(plain);
  return ok(parts);
}

/** The function's name; null where nothing is fetched. Texts in quotes call nothing. */
export function fetchingFunction(formula: string): string | null {
  return FETCHING.exec(formula.replaceAll(/"(?:[^"]|"")*"/g, '""'))?.[1]?.toUpperCase() ?? null;
}

/** A key may hold a dot itself, so the whole name is tried first. */
function resolve(written: string, columns: FormulaColumns): FormulaReference | null {
  if (!written.endsWith(":all")) return columns.has(null, written) ? { to: "cell", column: written } : null;
  const name = written.slice(0, -":all".length);
  if (columns.has(null, name)) return { to: "column", tab: null, column: name };
  for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1)) {
    const [tab, column] = [name.slice(0, dot), name.slice(dot + 1)];
    if (columns.has(tab, column)) return { to: "column", tab, column };
  }
  return null;
}

function bad(problem: string, fix: string): Result<never, BadFormula> {
  return err({ problem, fix });
}
