/** A chart of a tab as SVG: enough to see what the sheet will draw. */

import { format } from "numfmt";
import type { TemplateChart } from "#contract/templates.ts";
import type { Computed } from "../compute/compute.ts";
import { languageTag } from "../patterns.ts";
import type { TabPlan } from "../plan.ts";
import { html, type Markup } from "./markup.ts";
import { shownCell } from "./shown-cell.ts";
import { colorOr } from "./style-sheet.ts";

const [WIDTH, HEIGHT] = [620, 320];
const PLOT = { left: 64, top: 56, right: WIDTH - 20, bottom: HEIGHT - 54 };
/** More points than a preview can show apart. */
const POINTS_MAX = 24;
const COLORS = ["#2a7ab9", "#f2a65a", "#5aa469", "#b5577a", "#7a6fbf", "#4fb3bf", "#c2a83e", "#8a8f98"];
const LABEL_CHARACTERS_MAX = 14;

interface Series {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
}

interface Drawn {
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  readonly shown: (value: number) => string;
}

export function chartSvg(chart: TemplateChart, tab: TabPlan, computed: Computed, locale: string): Markup {
  const drawn = read(chart, tab, computed, locale);
  const inside = drawn
    ? chart.type === "pie"
      ? pie(drawn, chart)
      : plot(drawn, chart)
    : html`<text x="${WIDTH / 2}" y="${HEIGHT / 2}" class="mute" text-anchor="middle">Drawn by the sheet: its values are computed there</text>`;
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${chart.title}"><text x="24" y="32" class="chart-title">${chart.title}</text>${inside}</svg></figure>`;
}

function read(
  { labels, values, colors }: TemplateChart,
  tab: TabPlan,
  computed: Computed,
  locale: string,
): Drawn | null {
  const named = computed.column(tab.id, labels);
  const labelled = tab.columns.find(({ key }) => key === labels);
  const columns = values.map((key) => computed.column(tab.id, key));
  if (!named || !labelled || columns.includes(null)) return null;
  const first = tab.columns.find(({ key }) => key === values[0]);
  return {
    labels: named.slice(0, POINTS_MAX).map((value) => shownCell(value, labelled.format, locale)),
    series: columns.map((column, at) => ({
      name: tab.columns.find(({ key }) => key === values[at])?.header ?? values[at]!,
      color: colorOr(colors?.[at], COLORS[at % COLORS.length]!),
      values: column!.slice(0, POINTS_MAX).map((value) => (typeof value === "number" ? value : 0)),
    })),
    shown: (value) => axisLabel(value, first?.format ?? null, locale),
  };
}

/** Axes have no room for cents. */
function axisLabel(value: number, pattern: string | null, locale: string): string {
  const options = { locale: languageTag(locale), throws: false, leap1900: false };
  return format((pattern ?? "#,##0.##").replace(/(#,##0)\.0+/g, "$1"), value, options);
}

function plot(drawn: Drawn, chart: TemplateChart): Markup {
  const { series, labels } = drawn;
  const sums = labels.map((_, at) =>
    series.reduce((sum, { values }) => sum + Math.max(0, values[at] ?? 0), 0),
  );
  const highest = Math.max(0, ...(chart.stacked ? sums : series.flatMap(({ values }) => values)));
  const lowest = Math.min(0, ...series.flatMap(({ values }) => values));
  const ticks = ticksOf(lowest, highest);
  const [bottom, top] = [ticks[0]!, ticks.at(-1)!];
  const place = (value: number) => (value - bottom) / (top - bottom || 1);
  return chart.type === "bar" ? bars(drawn, ticks, place) : upright(drawn, chart, ticks, place);
}

function upright(
  drawn: Drawn,
  chart: TemplateChart,
  ticks: readonly number[],
  place: (value: number) => number,
): Markup {
  const { series, labels, shown } = drawn;
  const y = (value: number) => round(PLOT.bottom - place(value) * (PLOT.bottom - PLOT.top));
  const slot = (PLOT.right - PLOT.left) / Math.max(1, labels.length);
  const x = (at: number) => round(PLOT.left + slot * (at + 0.5));
  const grid = ticks.map(
    (tick) =>
      html`<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}" class="${tick === 0 ? "axis" : "rule"}"/><text x="${PLOT.left - 8}" y="${y(tick) + 4}" class="tick" text-anchor="end">${shown(tick)}</text>`,
  );
  const names = labels.map(
    (label, at) =>
      html`<text x="${x(at)}" y="${PLOT.bottom + 18}" class="tick" text-anchor="middle">${short(label)}</text>`,
  );
  const marks =
    chart.type === "column"
      ? columnMarks(drawn, chart, slot, { x, y })
      : series.map((one) => lineMarks(one, chart, { x, y }));
  return html`${grid}${marks}${names}${legend(series)}`;
}

interface Scale {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

function columnMarks(
  { series, labels }: Drawn,
  { stacked }: TemplateChart,
  slot: number,
  { x, y }: Scale,
): readonly Markup[] {
  const count = stacked ? 1 : series.length;
  const width = round(Math.min(44, (slot * 0.68) / count));
  return labels.flatMap((_, at) => {
    let below = 0;
    return series.map(({ values, color }, index) => {
      const value = values[at] ?? 0;
      const [from, to] = stacked ? [below, below + value] : [0, value];
      below = to;
      const left = round(x(at) - (width * count) / 2 + (stacked ? 0 : index * width));
      const [upper, lower] = [Math.min(y(from), y(to)), Math.max(y(from), y(to))];
      return html`<rect x="${left + 1}" y="${upper}" width="${Math.max(1, width - 2)}" height="${round(lower - upper)}" rx="2" fill="${color}"/>`;
    });
  });
}

function lineMarks({ values, color }: Series, { type }: TemplateChart, { x, y }: Scale): Markup {
  const points = values.map((value, at) => `${x(at)},${y(value)}`).join(" ");
  const under = `${x(0)},${y(0)} ${points} ${x(values.length - 1)},${y(0)}`;
  const area =
    type === "area" ? html`<polygon points="${under}" fill="${color}" fill-opacity="0.25"/>` : null;
  return html`${area}<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linejoin="round"/>`;
}

function bars(
  { series, labels, shown }: Drawn,
  ticks: readonly number[],
  place: (value: number) => number,
): Markup {
  const left = PLOT.left + 56;
  const x = (value: number) => round(left + place(value) * (PLOT.right - left - 16));
  const slot = (PLOT.bottom - PLOT.top) / Math.max(1, labels.length);
  const height = round(Math.min(26, (slot * 0.7) / series.length));
  const grid = ticks.map(
    (tick) =>
      html`<line x1="${x(tick)}" x2="${x(tick)}" y1="${PLOT.top}" y2="${PLOT.bottom}" class="${tick === 0 ? "axis" : "rule"}"/><text x="${x(tick)}" y="${PLOT.bottom + 18}" class="tick" text-anchor="middle">${shown(tick)}</text>`,
  );
  const marks = labels.map((label, at) => {
    const middle = PLOT.top + slot * (at + 0.5);
    const rects = series.map(({ values, color }, index) => {
      const [from, to] = [x(0), x(values[at] ?? 0)].sort((a, b) => a - b) as [number, number];
      const top = round(middle - (height * series.length) / 2 + index * height);
      return html`<rect x="${from}" y="${top + 1}" width="${round(to - from)}" height="${height - 2}" rx="2" fill="${color}"/>`;
    });
    return html`${rects}<text x="${left - 8}" y="${round(middle + 4)}" class="tick" text-anchor="end">${short(label)}</text>`;
  });
  return html`${grid}${marks}${legend(series)}`;
}

function pie({ labels, series }: Drawn, { colors }: TemplateChart): Markup {
  const values = (series[0]?.values ?? []).map((value) => Math.max(0, value));
  const sum = values.reduce((total, value) => total + value, 0);
  const [cx, cy, radius] = [180, 186, 108];
  const color = (at: number) => colorOr(colors?.[at], COLORS[at % COLORS.length]!);
  let turned = 0;
  const slices = values.map((value, at) => {
    const share = sum === 0 ? 0 : value / sum;
    // A whole circle has no arc: it is drawn as two.
    const edges = [turned, turned + share / 2, turned + share].map((turn) => {
      const angle = turn * 2 * Math.PI - Math.PI / 2;
      return `${round(cx + radius * Math.cos(angle))} ${round(cy + radius * Math.sin(angle))}`;
    });
    turned += share;
    const path = `M${cx} ${cy}L${edges[0]}A${radius} ${radius} 0 0 1 ${edges[1]}A${radius} ${radius} 0 0 1 ${edges[2]}Z`;
    return html`<path d="${path}" fill="${color(at)}" stroke="#ffffff" stroke-width="1.5"/>`;
  });
  const names = labels.slice(0, 9).map((label, at) => {
    const y = 92 + at * 24;
    const share = sum === 0 ? 0 : Math.round(((values[at] ?? 0) / sum) * 1_000) / 10;
    return html`<rect x="340" y="${y - 10}" width="12" height="12" rx="3" fill="${color(at)}"/><text x="360" y="${y}" class="legend">${short(label, 24)}</text><text x="${WIDTH - 28}" y="${y}" class="tick" text-anchor="end">${share.toFixed(1)}%</text>`;
  });
  return html`${slices}${names}`;
}

function legend(series: readonly Series[]): Markup | null {
  if (series.length < 2) return null;
  const width = Math.min(130, (PLOT.right - PLOT.left) / series.length);
  const start = WIDTH / 2 - (width * series.length) / 2;
  return html`${series.map(({ name, color }, at) => html`<rect x="${round(start + at * width)}" y="${HEIGHT - 20}" width="12" height="12" rx="3" fill="${color}"/><text x="${round(start + at * width + 18)}" y="${HEIGHT - 10}" class="legend">${short(name, 16)}</text>`)}`;
}

/** Round numbers from below the lowest to above the highest. */
function ticksOf(lowest: number, highest: number): readonly number[] {
  const rough = (highest - lowest || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const first = Math.floor(lowest / step);
  const last = Math.max(first + 1, Math.ceil(highest / step));
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function short(text: string, charactersMax = LABEL_CHARACTERS_MAX): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1).trimEnd()}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
