/** What ended with the table's last row ends with its new one: filters, bands, rules, protection, names, charts. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { Workbook } from "../../sources/google/workbook-calls.ts";
import type { TabPlace } from "./places.ts";

type Request = sheets_v4.Schema$Request;
type GridRange = sheets_v4.Schema$GridRange;

/** Nothing where the table did not grow; ranges shrink by themselves when rows go. People's own follow as well. */
export function extendRanges(
  workbook: Workbook,
  sheet: sheets_v4.Schema$Sheet,
  before: TabPlace,
  grown: number,
): Request[] {
  if (grown <= 0) return [];
  const end = Math.max(before.lastRow, before.headerRow + 1) + 1;
  const follows = (range: GridRange | undefined): boolean =>
    range !== undefined &&
    (range.sheetId ?? 0) === before.sheetId &&
    range.endRowIndex === end &&
    (range.startRowIndex === before.headerRow + 1 || (range.startRowIndex ?? 0) === before.headerRow);
  const longer = (range: GridRange): GridRange =>
    follows(range) ? { ...range, endRowIndex: end + grown } : range;
  const {
    conditionalFormats = [],
    bandedRanges = [],
    basicFilter,
    protectedRanges = [],
    charts = [],
  } = sheet;
  return [
    ...(basicFilter && follows(basicFilter.range)
      ? [{ setBasicFilter: { filter: { ...basicFilter, range: longer(basicFilter.range!) } } }]
      : []),
    ...bandedRanges
      .filter(({ range }) => follows(range))
      .map(({ bandedRangeId, range }) => ({
        updateBanding: { bandedRange: { bandedRangeId, range: longer(range!) }, fields: "range" },
      })),
    ...conditionalFormats.flatMap((rule, index) =>
      rule.ranges?.some(follows)
        ? [{ updateConditionalFormatRule: { index, rule: { ...rule, ranges: rule.ranges.map(longer) } } }]
        : [],
    ),
    ...protectedRanges
      .filter(({ range }) => follows(range))
      .map(({ protectedRangeId, range }) => ({
        updateProtectedRange: {
          protectedRange: { protectedRangeId, range: longer(range!) },
          fields: "range",
        },
      })),
    ...(workbook.namedRanges ?? [])
      .filter(({ range }) => follows(range))
      .map(({ namedRangeId, name, range }) => ({
        updateNamedRange: { namedRange: { namedRangeId, name, range: longer(range!) }, fields: "range" },
      })),
    ...charts.flatMap(({ chartId, spec }) => {
      const longerSpec = withRanges(spec, follows, longer);
      return JSON.stringify(longerSpec) === JSON.stringify(spec)
        ? []
        : [{ updateChartSpec: { chartId, spec: longerSpec as sheets_v4.Schema$ChartSpec } }];
    }),
  ] as Request[];
}

function withRanges(
  value: unknown,
  follows: (range: GridRange) => boolean,
  longer: (range: GridRange) => GridRange,
): unknown {
  if (Array.isArray(value)) return value.map((item) => withRanges(item, follows, longer));
  if (typeof value !== "object" || value === null) return value;
  if ("endRowIndex" in value) return longer(value as GridRange);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withRanges(part, follows, longer)]),
  );
}
