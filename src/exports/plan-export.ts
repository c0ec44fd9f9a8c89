import { err, ok, type Result } from "#contract/result.ts";
import type { DataReport, TemplateBody, TemplateTab } from "#contract/templates.ts";
import { createCellMaker } from "./cells.ts";
import { headerOf } from "./data-columns.ts";
import { draftColumns } from "./draft-columns.ts";
import { checkColumns, type GivenData, type Item, itemsAt, valueAt } from "./items.ts";
import { isCurrency, isLocale } from "./patterns.ts";
import type { SheetPlan } from "./plan.ts";
import { planTab, type TabDraft } from "./plan-tab.ts";
import { createReport, type Report } from "./report.ts";
import { isTimeZone } from "./serials.ts";

export interface PlanOptions {
  readonly title: string;
  /** These three before the template's own. */
  readonly locale?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly currency?: string | undefined;
  /** Key column of the first tab, where the template names none. */
  readonly key?: string | undefined;
}

/** A fifth of what Google lets a workbook hold; more than people scroll through. */
export const PLAN_CELLS_MAX = 2_000_000;
/** Lists inside lists make tabs of their own. */
export const PLAN_TABS_MAX = 50;
/** Google's limit of a title; Excel's is 31. */
const TITLE_CHARACTERS_MAX = 100;

const LOCALE = "en_US";
const TIME_ZONE = "Etc/UTC";

/**
 * The sheet that `template` makes of `data`, or all that is wrong with them. Pure: nothing is asked and nothing
 * written. The template has passed `checkTemplate`.
 */
export function planExport(
  template: TemplateBody & { readonly version: number },
  data: GivenData,
  options: PlanOptions,
): Result<SheetPlan, DataReport> {
  const report = createReport();
  const locale = options.locale ?? template.locale ?? LOCALE;
  const timeZone = options.timeZone ?? template.timeZone ?? TIME_ZONE;
  const currency = options.currency ?? template.currency ?? null;
  checkLocality({ locale, timeZone, currency }, report);
  checkColumns(data, report);
  if (report.count > 0) return err(report.done());
  const drafts = draftTabs(withKey(template, options.key), data, report);
  checkSize(drafts, report);
  if (report.count > 0) return err(report.done());
  const maker = createCellMaker({ timeZone, locale });
  const tabs = drafts.map((draft) => planTab(draft, { drafts, maker, locale, currency, report }));
  if (report.count > 0) return err(report.done());
  const empty = tabs.filter(({ rows }) => rows.length === 0).map(({ title }) => `"${title}" has no rows.`);
  return ok({
    title: options.title,
    locale,
    timeZone,
    template: { id: template.id, version: template.version },
    tabs,
    notices: empty,
  });
}

/** Names a tab over updates. */
export function tabIdOf(tab: Pick<TemplateTab, "id" | "title">): string {
  return tab.id ?? tab.title.toLowerCase();
}

function checkLocality(
  { locale, timeZone, currency }: { locale: string; timeZone: string; currency: string | null },
  report: Report,
): void {
  const check = (field: string, fine: boolean, value: string | null, fix: string) => {
    if (!fine) report.add({ field, problem: `"${value}" is not known`, fix });
  };
  check("locale", isLocale(locale), locale, 'use a language and a country, such as "en_GB"');
  check("timeZone", isTimeZone(timeZone), timeZone, 'use an IANA name, such as "Europe/Berlin"');
  check(
    "currency",
    currency === null || isCurrency(currency),
    currency,
    'use an ISO 4217 code, such as "EUR"',
  );
}

function draftTabs(template: TemplateBody, data: GivenData, report: Report): readonly TabDraft[] {
  const drafts: TabDraft[] = [];
  const titles = new Set<string>();
  for (const tab of template.tabs) {
    const all = itemsAt(data, tab.rows, report);
    const items = tab.distinct === undefined ? all : distinct(all, tab.distinct);
    const { columns, lists } = draftColumns({ tab, items, data, report });
    drafts.push({ id: tabIdOf(tab), title: unused(tab.title, titles), tab, columns, items });
    for (const path of lists.slice(0, PLAN_TABS_MAX - drafts.length)) {
      const inner = items.flatMap((item) => inList(item, path));
      const child = childTab(tab, path);
      const parentKey = tab.columns?.find(({ key }) => key === tab.key)?.path ?? tab.key;
      const own = draftColumns({ tab: child, items: inner, data, report, parentKey });
      drafts.push({
        id: tabIdOf(child),
        title: unused(child.title, titles),
        tab: child,
        columns: own.columns,
        items: inner,
      });
    }
  }
  return drafts;
}

function withKey<Given extends TemplateBody>(template: Given, key: string | undefined): Given {
  const [first, ...rest] = template.tabs;
  if (key === undefined || !first || first.key !== undefined) return template;
  return { ...template, tabs: [{ ...first, key }, ...rest] };
}

function inList(item: Item, path: string): readonly Item[] {
  const list = valueAt(item, path);
  return Array.isArray(list) ? list.map((value) => ({ value, parent: item })) : [];
}

/** The tab of a list inside the rows: it looks as its parent does; what lists it holds itself are columns. */
function childTab(parent: TemplateTab, path: string): TemplateTab {
  const { headerStyle, bodyStyle, banding, tabColor, filter, freeze } = parent;
  return {
    id: `${tabIdOf(parent)}.${path}`,
    title: `${parent.title} ${headerOf(path).toLowerCase()}`,
    ...(headerStyle && { headerStyle }),
    ...(bodyStyle && { bodyStyle }),
    ...(banding && { banding }),
    ...(tabColor !== undefined && { tabColor }),
    ...(filter !== undefined && { filter }),
    ...(freeze && { freeze }),
  };
}

/** The first row of each value; rows without one are left out. */
function distinct(items: readonly Item[], path: string): readonly Item[] {
  const found = new Map<string, Item>();
  for (const item of items) {
    const value = valueAt(item, path) ?? null;
    const name = JSON.stringify(value);
    if (value !== null && value !== "" && !found.has(name)) found.set(name, item);
  }
  return [...found.values()];
}

function checkSize(drafts: readonly TabDraft[], report: Report): void {
  const cells = drafts.reduce((sum, { columns, items }) => sum + columns.length * (items.length + 1), 0);
  if (cells > PLAN_CELLS_MAX) {
    const problem = `makes ${cells} cells; an export has ${PLAN_CELLS_MAX} at most`;
    report.add({ field: "data", problem, fix: "send fewer rows or columns, or several exports" });
  }
}

/** Titles differ by more than case: Google refuses twins, Excel too. */
function unused(title: string, taken: Set<string>): string {
  let free = title.slice(0, TITLE_CHARACTERS_MAX);
  for (let count = 2; taken.has(free.toLowerCase()); count++) {
    const mark = ` (${count})`;
    free = title.slice(0, TITLE_CHARACTERS_MAX - mark.length) + mark;
  }
  taken.add(free.toLowerCase());
  return free;
}
