/** Requests for developer metadata: what a program notes on a workbook, a tab, a row or a column. */
import { matchesFilter } from "../data-filters/select.ts";
import { overwrite } from "../fields/field-mask.ts";
import { copyOf, isObject, type JsonObject } from "../http/json.ts";
import {
  type Apply,
  type Batch,
  fail,
  maskIn,
  newNumber,
  numberIn,
  objectIn,
  objectsIn,
  tabIn,
  textIn,
} from "./request.ts";

/** Google's limit for keys and values together, per workbook and per tab. */
const CHARACTERS_MAX = 30_000;

export const createDeveloperMetadata: Apply = (batch, request) => {
  const given = objectIn(request, "developerMetadata");
  const { workbook } = batch;
  const metadataId = numberIn(given, "metadataId") ?? newNumber(batch);
  if (workbook.metadata.some((one) => one.metadataId === metadataId)) {
    fail(batch, `Developer metadata with ID ${metadataId} already exists.`);
  }
  const metadataKey = textIn(given, "metadataKey") ?? fail(batch, "metadataKey is required.");
  const metadataValue = textIn(given, "metadataValue");
  const visibility = textIn(given, "visibility") ?? fail(batch, "visibility is required.");
  const added: JsonObject = {
    metadataId,
    metadataKey,
    ...(metadataValue !== undefined ? { metadataValue } : {}),
    location: shownLocation(batch, objectIn(given, "location")),
    visibility,
  };
  workbook.metadata.push(added);
  const characters = workbook.metadata.reduce((sum, one) => sum + lengthOf(one), 0);
  if (characters > CHARACTERS_MAX) fail(batch, `Developer metadata exceeds ${CHARACTERS_MAX} characters.`);
  return { createDeveloperMetadata: { developerMetadata: copyOf(added) } };
};

export const updateDeveloperMetadata: Apply = (batch, request) => {
  const mask = maskIn(batch, request, "DeveloperMetadata");
  const given = objectIn(request, "developerMetadata");
  const changed: JsonObject[] = [];
  batch.workbook.metadata = batch.workbook.metadata.map((one) => {
    if (!objectsIn(request, "dataFilters").some((filter) => matchesFilter(batch.workbook, one, filter)))
      return one;
    const written = overwrite(one, given, mask);
    changed.push(written);
    return written;
  });
  return { updateDeveloperMetadata: changed.length > 0 ? { developerMetadata: copyOf(changed) } : {} };
};

export const deleteDeveloperMetadata: Apply = (batch, request) => {
  const filter = objectIn(request, "dataFilter");
  const gone = batch.workbook.metadata.filter((one) => matchesFilter(batch.workbook, one, filter));
  batch.workbook.metadata = batch.workbook.metadata.filter((one) => !gone.includes(one));
  return { deleteDeveloperMetadata: gone.length > 0 ? { deletedDeveloperMetadata: copyOf(gone) } : {} };
};

function shownLocation(batch: Batch, location: JsonObject): JsonObject {
  if (location.spreadsheet === true) return { locationType: "SPREADSHEET", spreadsheet: true };
  const range = location.dimensionRange;
  if (isObject(range)) {
    tabIn(batch, numberIn(range, "sheetId"));
    const [start, end] = [numberIn(range, "startIndex") ?? 0, numberIn(range, "endIndex") ?? 0];
    if (end - start !== 1) fail(batch, "Developer metadata can only be set on one row or column.");
    return { locationType: range.dimension === "COLUMNS" ? "COLUMN" : "ROW", dimensionRange: copyOf(range) };
  }
  const sheetId = numberIn(location, "sheetId");
  if (sheetId === undefined) fail(batch, "location is required.");
  tabIn(batch, sheetId);
  return { locationType: "SHEET", sheetId };
}

function lengthOf(metadata: JsonObject): number {
  return (textIn(metadata, "metadataKey") ?? "").length + (textIn(metadata, "metadataValue") ?? "").length;
}
