/** What a DataFilter selects: cells of a workbook, or its developer metadata. */
import type { Workbook } from "../grid/workbook.ts";
import { invalid } from "../http/errors.ts";
import { isObject, type Json, type JsonObject } from "../http/json.ts";
import { type Box, boxOf, type GridRange, overlaps } from "../ranges/box.ts";
import { type Place, resolveGridRange, resolveRange } from "../ranges/resolve.ts";

/** Places that a filter names: one range, or where the metadata it looks up lies. */
export function selectedPlaces(workbook: Workbook, filter: JsonObject, use: "read" | "write"): Place[] {
  if (typeof filter.a1Range === "string") return [resolveRange(workbook, filter.a1Range, use)];
  if (isObject(filter.gridRange)) {
    const { tab, box } = resolveGridRange(workbook, filter.gridRange as GridRange, "dataFilter.gridRange");
    return [{ tab, box, single: false }];
  }
  if (!isObject(filter.developerMetadataLookup)) throw invalid("A DataFilter must have a filter set.");
  return workbook.metadata
    .filter((one) => matchesFilter(workbook, one, filter))
    .flatMap((one) => placeOf(workbook, one.location) ?? []);
}

/** Does the filter select this entry? A range selects what lies on any part of it. */
export function matchesFilter(workbook: Workbook, metadata: JsonObject, filter: JsonObject): boolean {
  const lookup = filter.developerMetadataLookup;
  if (!isObject(lookup)) {
    const place = placeOf(workbook, metadata.location);
    const wanted = selectedPlaces(workbook, filter, "read");
    return wanted.some((one) => one.tab === place?.tab && overlaps(one.box, place.box));
  }
  for (const name of ["metadataId", "metadataKey", "metadataValue", "visibility"]) {
    if (lookup[name] !== undefined && lookup[name] !== metadata[name]) return false;
  }
  const location = isObject(metadata.location) ? metadata.location : {};
  if (lookup.locationType !== undefined && location.locationType !== lookup.locationType) return false;
  if (!isObject(lookup.metadataLocation)) return true;
  return lookup.locationMatchingStrategy === "INTERSECTING_LOCATION"
    ? intersects(workbook, location, lookup.metadataLocation)
    : sameLocation(location, lookup.metadataLocation);
}

export function filtersIn(body: JsonObject): JsonObject[] {
  const filters = body.dataFilters;
  return Array.isArray(filters) ? filters.filter(isObject) : [];
}

/** Null for the workbook as a whole. */
function placeOf(workbook: Workbook, location: Json | undefined): Place | null {
  if (!isObject(location) || location.spreadsheet === true) return null;
  const range = isObject(location.dimensionRange) ? location.dimensionRange : {};
  const tab = workbook.tabById(Number(range.sheetId ?? location.sheetId ?? 0));
  if (!tab) return null;
  const [start, end] = [Number(range.startIndex ?? 0), Number(range.endIndex ?? 0)];
  const sides: GridRange =
    range.dimension === "ROWS"
      ? { startRowIndex: start, endRowIndex: end }
      : range.dimension === "COLUMNS"
        ? { startColumnIndex: start, endColumnIndex: end }
        : {};
  return { tab, box: boxOf(sides, tab.size), single: false };
}

function sameLocation(a: JsonObject, b: JsonObject): boolean {
  if (b.spreadsheet === true) return a.spreadsheet === true;
  const [rangeA, rangeB] = [a.dimensionRange, b.dimensionRange];
  if (!isObject(rangeB))
    return !isObject(rangeA) && a.spreadsheet !== true && (a.sheetId ?? 0) === (b.sheetId ?? 0);
  if (!isObject(rangeA)) return false;
  return (
    rangeA.dimension === rangeB.dimension &&
    ["sheetId", "startIndex", "endIndex"].every((name) => (rangeA[name] ?? 0) === (rangeB[name] ?? 0))
  );
}

/** The workbook meets everything in it, a tab its rows and columns. */
function intersects(workbook: Workbook, a: JsonObject, b: JsonObject): boolean {
  if (b.spreadsheet === true) return true;
  const [placeA, placeB] = [placeOf(workbook, a), placeOf(workbook, b)];
  if (!placeA || !placeB || placeA.tab !== placeB.tab) return false;
  const [boxA, boxB]: [Box, Box] = [placeA.box, placeB.box];
  return overlaps(boxA, boxB);
}
