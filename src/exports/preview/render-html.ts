import { createHash } from "node:crypto";
import type { CellValue } from "#contract/cell.ts";
import type { CellStyle } from "#contract/templates.ts";
import { type Computed, compute } from "../compute/compute.ts";
import {
  type ColumnPlan,
  columnLetters,
  ownGeometry,
  type PlanCell,
  renderFormula,
  type SheetPlan,
  type TabPlan,
} from "../plan.ts";
import { chartSvg } from "./chart.ts";
import { type Conditions, createConditions } from "./conditions.ts";
import { html, Markup } from "./markup.ts";
import { PAGE_CSS, tabCss } from "./page-css.ts";
import { shownCell } from "./shown-cell.ts";
import { colorOr, createStyleSheet, declarationsOf, type StyleSheet } from "./style-sheet.ts";

export interface HtmlPreview {
  /** A whole page: no scripts, no style attributes, nothing from elsewhere. */
  readonly html: string;
  /** The Content-Security-Policy that it needs: its one style sheet, by its hash. */
  readonly csp: string;
  /** The page's parts, for who shows it inside a page of their own: a shadow root with the style sheet. */
  readonly body: string;
  readonly css: string;
}

/** Of each tab; a preview shows how it looks, not all of it. */
export const PREVIEW_ROWS_MAX = 200;

/** The plan as a page that looks like the sheet, with its formulas computed as far as they are known here. */
export function renderHtml(plan: SheetPlan): HtmlPreview {
  const styles = createStyleSheet();
  const computed = compute(plan);
  const tabs = plan.tabs.map((tab, at) => section(tab, at, { plan, computed, styles }));
  const radios = plan.tabs.map(({ title }, at) => {
    const radio = new Markup(
      `<input type="radio" name="tab" class="pick" id="pick${at}"${at === 0 ? " checked" : ""}`,
    );
    return html`${radio} aria-label="${title}">`;
  });
  const names = plan.tabs.map((tab, at) => {
    const mark = styles.classOf(`border-top-color:${colorOr(tab.tabColor, "#c5ccd6")}`);
    const lock = tab.protections.some(({ part }) => part === "tab") ? LOCK : null;
    return html`<label for="pick${at}" class="name ${mark}">${tab.title}${lock}</label>`;
  });
  const notices = plan.notices.map((notice) => html`<p class="notice">${notice}</p>`);
  const css = `${PAGE_CSS}\n${tabCss(plan.tabs.length)}\n${styles.css()}`;
  const body = html`<div class="page"><header><h1>${plan.title}</h1><p class="facts">${plan.template.id} · version ${plan.template.version} · ${plan.locale} · ${plan.timeZone}</p></header>${notices}
${radios}<main>${tabs}</main><nav>${names}</nav></div>`;
  const page = html`<!doctype html>
<html lang="${plan.locale.slice(0, 2)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${plan.title}</title><style>${new Markup(css)}</style></head>
<body>${body}</body></html>
`;
  const hash = createHash("sha256").update(css).digest("base64");
  const csp = `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'`;
  return { html: page.html, csp, body: body.html, css };
}

const LOCK = html` <svg class="lock" viewBox="0 0 10 12" role="img" aria-label="protected"><path d="M2 5V3.5a3 3 0 0 1 6 0V5h1v7H1V5zm1.5 0h3V3.5a1.5 1.5 0 0 0-3 0z"/></svg>`;

interface Around {
  readonly plan: SheetPlan;
  readonly computed: Computed;
  readonly styles: StyleSheet;
}

function section(tab: TabPlan, at: number, around: Around): Markup {
  const { computed, styles, plan } = around;
  const columns = tab.columns.filter(({ hidden }) => !hidden);
  const widths = columns.map(({ width }) => html`<col class="${styles.classOf(`width:${width}px`)}">`);
  const total = columns.reduce((sum, { width }) => sum + width, 44);
  const letters = columns.map((_, place) => html`<th scope="col">${columnLetters(place)}</th>`);
  const rest = tab.rows.length - PREVIEW_ROWS_MAX;
  const more = rest > 0 ? html`<p class="more">${rest} more rows</p>` : null;
  const charts = tab.charts.map((chart) => chartSvg(chart, tab, computed, plan.locale));
  return html`<section class="sheet s${at}" aria-label="${tab.title}"><div class="scroll"><table class="${styles.classOf(`width:${total}px`)}"><colgroup><col class="${styles.classOf("width:44px")}">${widths}</colgroup>
<thead><tr class="letters"><th></th>${letters}</tr></thead><tbody>${headerRow(tab, columns, styles)}${bodyRows(tab, around)}${totalsRow(tab, around)}</tbody></table></div>${more}${charts.length > 0 ? html`<div class="charts">${charts}</div>` : null}</section>`;
}

function headerRow(tab: TabPlan, columns: readonly ColumnPlan[], styles: StyleSheet): Markup {
  const height = tab.headerHeight ? `height:${tab.headerHeight}px` : "";
  const cells = columns.map((column, at) => {
    const { align } = column.style;
    const style = { ...(align && { align }), ...tab.headerStyle };
    const classes = [
      styles.classOf(declarationsOf(style)),
      edge(tab, at, true),
      column.note === null ? "" : "noted",
    ];
    const filter = tab.filter ? html`<span class="filter" aria-hidden="true">▾</span>` : null;
    const inner = html`<span class="head">${column.header}</span>${filter}`;
    return column.note === null
      ? html`<td class="${joined(classes)}">${inner}</td>`
      : html`<td class="${joined(classes)}" title="${column.note}">${inner}</td>`;
  });
  return html`<tr class="${styles.classOf(height)}"><th scope="row">1</th>${cells}</tr>`;
}

function bodyRows(tab: TabPlan, { plan, computed, styles }: Around): readonly Markup[] {
  const conditions = createConditions(tab, computed);
  const geometry = ownGeometry(plan);
  const height = styles.classOf(tab.rowHeight ? `height:${tab.rowHeight}px` : "");
  const shown = tab.columns.map((column, at) => ({ column, at })).filter(({ column }) => !column.hidden);
  return tab.rows.slice(0, PREVIEW_ROWS_MAX).map((row, index) => {
    const band = tab.banding ? (index % 2 === 0 ? tab.banding.first : tab.banding.second) : null;
    const cells = shown.map(({ column, at }, place) => {
      const values = column.formula ? computed.column(tab.id, column.key) : null;
      // What cannot be computed here is shown as it will be typed.
      const typed =
        column.formula && !values ? renderFormula(column.formula, tab.id, index + 1, geometry) : null;
      const cell: PlanCell = column.formula ? (values?.[index] ?? typed) : (row.cells[at] ?? null);
      const look = styleOf(tab, column, { cell, index, band, conditions });
      const classes = [
        styles.classOf(declarationsOf(look)),
        edge(tab, place, tab.frozen.rows > index + 1),
        typed === null ? "" : "typed",
      ];
      return html`<td class="${joined(classes)}">${content(cell, column, plan.locale, typed !== null)}</td>`;
    });
    return html`<tr class="${height}"><th scope="row">${index + 2}</th>${cells}</tr>`;
  });
}

function styleOf(
  tab: TabPlan,
  column: ColumnPlan,
  given: { cell: PlanCell; index: number; band: string | null; conditions: Conditions },
): CellStyle {
  const { cell, index, band, conditions } = given;
  const value = plain(cell);
  const natural = typeof value === "number" && !column.style.align ? ({ align: "right" } as const) : {};
  return {
    ...natural,
    ...(band !== null && { background: band }),
    ...tab.bodyStyle,
    ...column.style,
    ...conditions.styleOf(column.key, index, value),
  };
}

function content(cell: PlanCell, column: ColumnPlan, locale: string, typed: boolean): Markup {
  const text = shownCell(cell, typed ? null : column.format, locale);
  if (column.validation?.type === "checkbox" && (typeof cell === "boolean" || cell === null)) {
    return html`<span class="box">${cell ? "☑" : "☐"}</span>`;
  }
  if (typeof cell === "object" && cell !== null && "link" in cell) {
    return html`<a href="${safeLink(cell.link)}" rel="noopener noreferrer nofollow" target="_blank">${text}</a>`;
  }
  return column.validation?.type === "list" ? html`<span class="choice">${text}</span>` : html`${text}`;
}

function totalsRow(tab: TabPlan, { plan, computed, styles }: Around): Markup | null {
  if (!tab.totals) return null;
  const { label, style } = tab.totals;
  const columns = tab.columns.filter(({ hidden }) => !hidden);
  const labelled = columns.findIndex(({ total }) => total === null);
  const cells = columns.map((column, at) => {
    const value = column.total ? computed.total(tab.id, column.key) : null;
    const pattern = column.total === "count" ? "#,##0" : column.format;
    const text = column.total ? shownCell(value, pattern, plan.locale) : at === labelled ? label : "";
    const align = column.total ? (column.style.align ?? "right") : "left";
    const classes = [
      styles.classOf(declarationsOf({ ...tab.bodyStyle, align, ...style })),
      edge(tab, at, false),
      "sum",
    ];
    return html`<td class="${joined(classes)}">${text}</td>`;
  });
  return html`<tr><th scope="row">${tab.rows.length + 2}</th>${cells}</tr>`;
}

/** The line behind what stays in sight. */
function edge(tab: TabPlan, column: number, frozenRow: boolean): string {
  return joined([
    column + 1 === tab.frozen.columns ? "edge" : "",
    frozenRow && tab.frozen.rows > 0 ? "under" : "",
  ]);
}

function plain(cell: PlanCell): CellValue {
  if (cell === null || typeof cell !== "object" || "error" in cell) return cell;
  if ("text" in cell) return cell.text;
  return "value" in cell ? cell.value : cell.formula;
}

function safeLink(link: string): string {
  return /^(https?:|mailto:)/i.test(link) ? link : "#";
}

function joined(classes: readonly string[]): string {
  return classes.filter((name) => name !== "").join(" ");
}
