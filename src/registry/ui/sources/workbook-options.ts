/** What a form holds of a workbook's finer points: headers, what is hidden, formulas, what edits may touch. */
import type {
  ColumnRule,
  FieldProblem,
  HeaderRow,
  RegisterBody,
  SourceAnswer,
} from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import { linesOf, parseLines } from "./parse-lines.ts";

type YesNo = "yes" | "no";

export interface WorkbookOptions {
  /** "first", "none" or a number; or lines such as `Prices = 3`. */
  readonly headerRow: string;
  readonly hiddenTabs: YesNo;
  readonly hiddenRows: YesNo;
  readonly formulas: YesNo;
  readonly writeFormulas: YesNo;
  readonly writeProtected: YesNo;
  readonly writeHidden: YesNo;
  readonly newRows: "end" | "top";
  /** Lines such as `Prices / Cost = read-only` or `Prices / Price = two-way, ask`. */
  readonly columnRules: string;
}

export const DEFAULT_OPTIONS: WorkbookOptions = {
  headerRow: "",
  hiddenTabs: "no",
  hiddenRows: "yes",
  formulas: "no",
  writeFormulas: "no",
  writeProtected: "no",
  writeHidden: "no",
  newRows: "end",
  columnRules: "",
};

type Settings = Pick<RegisterBody, "headerRow" | "hidden" | "formulas" | "writes">;

/** As a source has them. */
export function shownOptions({ headerRow, hidden, formulas, writes }: SourceAnswer): WorkbookOptions {
  const yes = (value: boolean | undefined, unless: boolean): YesNo => ((value ?? unless) ? "yes" : "no");
  return {
    headerRow: shownHeaderRow(headerRow),
    hiddenTabs: yes(hidden?.tabs, false),
    hiddenRows: yes(hidden?.rows, true),
    formulas: yes(formulas, false),
    writeFormulas: yes(writes?.formulas, false),
    writeProtected: yes(writes?.protectedCells, false),
    writeHidden: yes(writes?.hiddenCells, false),
    newRows: writes?.newRows ?? "end",
    columnRules: Object.entries(writes?.columns ?? {})
      .flatMap(([tab, rules]) => Object.entries(rules).map(([header, rule]) => ruleLine(tab, header, rule)))
      .join("\n"),
  };
}

/** What is as it would be anyway is not sent. `writes` only where edits are written. */
export function optionsBody(
  form: WorkbookOptions,
  isWritable: boolean,
): Result<Settings, readonly FieldProblem[]> {
  const headerRow = headerRowOf(form.headerRow);
  const columns = rulesOf(isWritable ? form.columnRules : "");
  const problems = [headerRow, columns].flatMap((part) => (part.ok ? [] : [part.error]));
  if (!headerRow.ok || !columns.ok) return err(problems);
  const hidden = {
    ...(form.hiddenTabs === "yes" && { tabs: true }),
    ...(form.hiddenRows === "no" && { rows: false }),
  };
  const writes = {
    ...(form.writeFormulas === "yes" && { formulas: true }),
    ...(form.writeProtected === "yes" && { protectedCells: true }),
    ...(form.writeHidden === "yes" && { hiddenCells: true }),
    ...(form.newRows === "top" && { newRows: form.newRows }),
    ...(Object.keys(columns.value).length > 0 && { columns: columns.value }),
  };
  return ok({
    ...(headerRow.value !== undefined && { headerRow: headerRow.value }),
    ...(Object.keys(hidden).length > 0 && { hidden }),
    ...(form.formulas === "yes" && { formulas: true }),
    ...(isWritable && Object.keys(writes).length > 0 && { writes }),
  });
}

function shownHeaderRow(row: SourceAnswer["headerRow"]): string {
  if (row === undefined || row === "first") return "";
  if (typeof row !== "object") return String(row);
  return Object.entries(row)
    .map(([tab, at]) => `${tab} = ${at}`)
    .join("\n");
}

function headerRowOf(text: string): Result<Settings["headerRow"], FieldProblem> {
  const lines = linesOf(text);
  const [first = "first"] = lines;
  const alone = lines.length <= 1 ? rowOf(first) : null;
  if (alone !== null) return ok(alone === "first" ? undefined : alone);
  const pairs = parseLines(text, "=");
  const rows = Object.entries(pairs.ok ? pairs.value : {}).map(([tab, row]) => [tab, rowOf(row)] as const);
  if (pairs.ok && rows.every(([, row]) => row !== null))
    return ok(Object.fromEntries(rows) as Record<string, HeaderRow>);
  const fix = "write first, none or the number of a row; or for each tab a line such as Prices = 3";
  return err({ field: "headerRow", problem: "is no row", fix });
}

function rowOf(text: string): HeaderRow | null {
  if (text === "first" || text === "none") return text;
  return /^[1-9]\d{0,7}$/.test(text) ? Number(text) : null;
}

const DIRECTIONS = ["two-way", "read-only", "new-rows"] as const;
const POLICIES = ["sheet", "client", "latest", "ask"] as const;

function ruleLine(
  tab: string,
  header: string,
  { direction = "two-way", conflictPolicy }: ColumnRule,
): string {
  return `${tab} / ${header} = ${direction}${conflictPolicy === undefined ? "" : `, ${conflictPolicy}`}`;
}

type Rules = Record<string, Record<string, ColumnRule>>;

/** A header may hold " = " or " / " itself: the last "=" and the first " / " count. */
function rulesOf(text: string): Result<Rules, FieldProblem> {
  const rules: Rules = {};
  for (const line of linesOf(text)) {
    const [, tab, header, words] = /^(.+?) \/ (.+)=([^=]+)$/.exec(line) ?? [];
    const [way = "", policy] = (words ?? "").split(",").map((word) => word.trim());
    const direction = DIRECTIONS.find((name) => name === way);
    const conflictPolicy = POLICIES.find((name) => name === policy);
    if (!tab || !header || !direction || (policy !== undefined && !conflictPolicy)) {
      const fix =
        "write tab / column = two-way, read-only or new-rows, then , ask, sheet, client or latest if wished";
      return err({ field: "writes", problem: `has a line that is no rule: ${line}`, fix });
    }
    const rule = {
      ...(direction !== "two-way" && { direction }),
      ...(conflictPolicy && { conflictPolicy }),
    };
    rules[tab.trim()] = { ...rules[tab.trim()], [header.trim()]: rule };
  }
  return ok(rules);
}
