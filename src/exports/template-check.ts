/** What the form of a template cannot say: names that must be there, be unique, or mean something. */

import { isValidFormat } from "numfmt";
import type { FieldProblem } from "#contract/rest.ts";
import type { TemplateBody, TemplateColumn, TemplateTab } from "#contract/templates.ts";
import { type FormulaColumns, parseFormula } from "./formula.ts";
import { isCurrency, isLocale } from "./patterns.ts";
import { tabIdOf } from "./plan-export.ts";
import { createSerials, isTimeZone } from "./serials.ts";

/** Empty: the template may be used. Its form was checked before. */
export function checkTemplate(template: TemplateBody): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const add: Add = (field, problem, fix) => problems.push({ field, problem, fix });
  const { locale, timeZone, currency, tabs } = template;
  if (locale !== undefined && !isLocale(locale)) add("locale", notKnown(locale), 'use such as "en_GB"');
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    add("timeZone", notKnown(timeZone), 'use an IANA name, such as "Europe/Berlin"');
  }
  if (currency !== undefined && !isCurrency(currency)) {
    add("currency", notKnown(currency), 'use an ISO 4217 code, such as "EUR"');
  }
  unique(tabs.map(tabIdOf), (at) =>
    add(`tabs[${at}].id`, "is the id of an earlier tab", "give it another id"),
  );
  unique(
    tabs.map(({ title }) => title.toLowerCase()),
    (at) => add(`tabs[${at}].title`, "is the title of an earlier tab", "give it another title"),
  );
  const names = tabs.flatMap((tab, at) =>
    (tab.names ?? []).map(({ name }) => ({ name: name.toLowerCase(), at })),
  );
  unique(
    names.map(({ name }) => name),
    (at) =>
      add(`tabs[${names[at]!.at}].names`, `"${names[at]!.name}" is named twice`, "name each range once"),
  );
  tabs.forEach((tab, at) => {
    checkTab(tab, `tabs[${at}]`, { tabs, add });
  });
  return problems;
}

type Add = (field: string, problem: string, fix: string) => void;

interface Around {
  readonly tabs: readonly TemplateTab[];
  readonly add: Add;
}

function checkTab(tab: TemplateTab, field: string, { tabs, add }: Around): void {
  const { columns } = tab;
  const keys = columns?.map(({ key }) => key);
  const seen = columnsSeenFrom(tab, tabs);
  const check = (part: string, key: string | undefined) => {
    if (key === undefined || !keys || keys.includes(key)) return;
    add(
      `${field}.${part}`,
      `"${key}" is no column of this tab`,
      `use one of ${keys.slice(0, 20).join(", ")}`,
    );
  };
  unique(keys ?? [], (at) =>
    add(`${field}.columns[${at}].key`, "is the key of an earlier column", "use another key"),
  );
  unique(columns?.map(({ header, key }) => (header ?? key).toLowerCase()) ?? [], (at) =>
    add(`${field}.columns[${at}].header`, "is the header of an earlier column", "use another header"),
  );
  check("key", tab.key);
  if (columns?.some(({ key, formula }) => key === tab.key && formula !== undefined)) {
    add(`${field}.key`, "is computed, so it cannot identify a row", "use a column of the data");
  }
  if (tab.lists === "tabs" && columns)
    add(`${field}.lists`, "needs columns by the data", "leave columns or lists out");
  if (tab.lists === "tabs" && tab.key === undefined) {
    add(`${field}.lists`, "needs a key that the other tabs repeat", "name the key column");
  }
  columns?.forEach((column, at) => {
    checkColumn(column, `${field}.columns[${at}]`, { seen, add, identifies: column.key === tab.key });
  });
  tab.conditions?.forEach(({ columns: aims, rule }, at) => {
    aims.forEach((key, index) => {
      check(`conditions[${at}].columns[${index}]`, key);
    });
    if (rule.type === "formula")
      checkFormula(rule.formula, `${field}.conditions[${at}].rule.formula`, seen, add);
  });
  tab.charts?.forEach(({ labels, values }, at) => {
    check(`charts[${at}].labels`, labels);
    values.forEach((key, index) => {
      check(`charts[${at}].values[${index}]`, key);
    });
  });
  tab.protect?.forEach(({ part, column }, at) => {
    if (part === "column" && column === undefined) {
      add(`${field}.protect[${at}].column`, "is missing", "name the column by its key");
    }
    check(`protect[${at}].column`, column);
  });
  tab.names?.forEach(({ column }, at) => {
    check(`names[${at}].column`, column);
  });
}

function checkColumn(
  column: TemplateColumn,
  field: string,
  { seen, add, identifies }: { seen: FormulaColumns; add: Add; identifies: boolean },
): void {
  const { formula, path, format, validation, fallback } = column;
  if (formula !== undefined) {
    checkFormula(formula, `${field}.formula`, seen, add);
    if (path !== undefined) add(`${field}.path`, "and a formula exclude each other", "leave one of them out");
  }
  if (format !== undefined && !isValidFormat(format)) {
    add(
      `${field}.format`,
      `${JSON.stringify(format)} is no pattern`,
      'use such as "#,##0.00" or "d mmm yyyy"',
    );
  }
  if (identifies && fallback !== undefined) {
    add(`${field}.fallback`, "would give rows the same key", "leave it out of the key column");
  }
  if (validation?.type === "column") {
    const dot = validation.column.lastIndexOf(".");
    const known =
      seen.has(null, validation.column) ||
      (dot > 0 && seen.has(validation.column.slice(0, dot), validation.column.slice(dot + 1)));
    if (!known) {
      add(`${field}.validation.column`, `"${validation.column}" is no column`, 'use "key" or "tab.key"');
    }
  }
  if (validation?.type === "number") {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = validation;
    if (min > max) add(`${field}.validation.min`, "is above max", "swap them");
  }
  if (validation?.type === "date") checkDates(validation, `${field}.validation`, add);
}

function checkDates(dates: { from?: string; to?: string }, field: string, add: Add): void {
  const serials = createSerials("Etc/UTC");
  const [from, to] = (["from", "to"] as const).map((name) => {
    const text = dates[name];
    if (text === undefined) return null;
    const found = serials.parse(text);
    if (found?.kind === "date") return found.days;
    add(`${field}.${name}`, `${JSON.stringify(text)} is no day`, 'write it such as "2026-05-01"');
    return null;
  });
  if (from != null && to != null && from > to) add(`${field}.from`, "is after to", "swap them");
}

function checkFormula(text: string, field: string, seen: FormulaColumns, add: Add): void {
  const parsed = parseFormula(text, seen);
  if (!parsed.ok) add(field, parsed.error.problem, parsed.error.fix);
}

/** A tab whose columns come from the data may have any. */
function columnsSeenFrom(own: TemplateTab, tabs: readonly TemplateTab[]): FormulaColumns {
  return {
    has(tab, key) {
      const found = tab === null ? own : tabs.find((other) => tabIdOf(other) === tab);
      return found !== undefined && (!found.columns || found.columns.some((column) => column.key === key));
    },
  };
}

/** `twin` gets the place of each name that stood before. */
function unique(names: readonly string[], twin: (at: number) => void): void {
  const seen = new Set<string>();
  names.forEach((name, at) => {
    if (seen.has(name)) twin(at);
    seen.add(name);
  });
}

function notKnown(value: string): string {
  return `"${value}" is not known`;
}
