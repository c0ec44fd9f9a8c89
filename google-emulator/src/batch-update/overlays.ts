/** Requests for what lies over cells: merges, names, protections; and what all such share. */
import { overwrite } from "../fields/field-mask.ts";
import { withEntry } from "../grid/cell.ts";
import type { Overlay, Tab } from "../grid/tab.ts";
import { copyOf, isObject, type JsonObject } from "../http/json.ts";
import { type Box, boxOf, contains, overlaps, rangeOf, shownRange } from "../ranges/box.ts";
import {
  type Apply,
  type Batch,
  boxIn,
  fail,
  maskIn,
  newNumber,
  numberIn,
  objectIn,
  rangeIn,
  tabIn,
  textIn,
} from "./request.ts";

export const mergeCells: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  const { state } = tab;
  const crossed = state.merges.some((merge) => {
    const other = boxOf(merge, tab.size);
    return overlaps(other, box) && !contains(box, other);
  });
  if (crossed) fail(batch, "You must select all cells in a merged range to merge or unmerge them.");
  state.merges = state.merges.filter((merge) => !contains(box, boxOf(merge, tab.size)));
  for (const part of mergedParts(box, textIn(request, "mergeType"))) {
    if (part.endRow - part.startRow === 1 && part.endColumn - part.startColumn === 1) continue;
    state.merges.push(rangeOf(tab.id, part));
    emptyButFirst(tab, part);
  }
  return {};
};

export const unmergeCells: Apply = (batch, request) => {
  const { tab, box } = boxIn(batch, request);
  tab.state.merges = tab.state.merges.filter((merge) => !overlaps(box, boxOf(merge, tab.size)));
  return {};
};

export const addNamedRange: Apply = (batch, request) => {
  const given = objectIn(request, "namedRange");
  const name = textIn(given, "name") ?? fail(batch, "A named range needs a name.");
  const { namedRanges } = batch.workbook;
  if (namedRanges.some((one) => one.name.toLowerCase() === name.toLowerCase())) {
    fail(batch, `A named range with name ${name} already exists.`);
  }
  boxIn(batch, given);
  const added = {
    namedRangeId: textIn(given, "namedRangeId") ?? String(newNumber(batch)),
    name,
    range: rangeIn(batch, given),
  };
  namedRanges.push(added);
  return { addNamedRange: { namedRange: { ...added, range: shownRange(added.range) } } };
};

export const updateNamedRange: Apply = (batch, request) => {
  const given = objectIn(request, "namedRange");
  const found = batch.workbook.namedRanges.find((one) => one.namedRangeId === given.namedRangeId);
  if (!found) fail(batch, `Cannot find named range with id ${String(given.namedRangeId)}`);
  const written = overwrite(found, given, maskIn(batch, request, "NamedRange"));
  found.name = String(written.name ?? found.name);
  if (isObject(written.range)) found.range = rangeIn(batch, written);
  return {};
};

export const deleteNamedRange: Apply = (batch, request) => {
  const id = textIn(request, "namedRangeId");
  const { workbook } = batch;
  const left = workbook.namedRanges.filter((one) => one.namedRangeId !== id);
  if (left.length === workbook.namedRanges.length) fail(batch, `Cannot find named range with id ${id}`);
  workbook.namedRanges = left;
  return {};
};

export const addProtectedRange: Apply = (batch, request) => {
  const given = objectIn(request, "protectedRange");
  const range = isObject(given.range) ? rangeIn(batch, given) : namedRangeOf(batch, given);
  const tab = tabIn(batch, range.sheetId);
  const { editors, warningOnly, ...rest } = given;
  const described: JsonObject = {
    protectedRangeId: numberIn(given, "protectedRangeId") ?? newNumber(batch),
    ...shownText(rest),
  };
  const added: Overlay = {
    ...described,
    range,
    ...(warningOnly === true
      ? { warningOnly }
      : { requestingUserCanEdit: true, editors: shownEditors(editors) }),
  };
  // The reply shows the editors as given; from then on the caller is one of them [R].
  const users = isObject(editors) && Array.isArray(editors.users) ? editors.users : [];
  const kept = {
    ...added,
    editors: { ...shownEditors(editors), users: [...new Set([...users, batch.user])] },
  };
  tab.state.protectedRanges.push(warningOnly === true ? added : kept);
  return { addProtectedRange: { protectedRange: { ...added, range: shownRange(range) } } };
};

export const updateProtectedRange: Apply = (batch, request) => {
  const given = objectIn(request, "protectedRange");
  const mask = maskIn(batch, request, "ProtectedRange");
  const { list, at } = overlayById(batch, "protectedRanges", "protectedRangeId", given.protectedRangeId);
  list[at] = merged(batch, list[at]!, given, mask);
  return {};
};

export const deleteProtectedRange: Apply = (batch, request) => {
  const { list, at } = overlayById(batch, "protectedRanges", "protectedRangeId", request.protectedRangeId);
  list.splice(at, 1);
  return {};
};

/** Finds an overlay on whichever tab holds it. */
export function overlayById(
  batch: Batch,
  list: "protectedRanges" | "filterViews" | "tables" | "bandedRanges",
  idName: string,
  id: unknown,
): { tab: Tab; list: Overlay[]; at: number } {
  for (const tab of batch.workbook.tabs) {
    const at = tab.state[list].findIndex((one) => one[idName] === id);
    if (at >= 0) return { tab, list: tab.state[list], at };
  }
  return fail(batch, `No ${NOUNS[list]} with id: ${String(id)}`);
}

export function merged(
  batch: Batch,
  before: Overlay,
  given: JsonObject,
  mask: Parameters<typeof overwrite>[2],
): Overlay {
  const written = overwrite(before, given, mask);
  return { ...written, range: isObject(written.range) ? rangeIn(batch, written) : before.range };
}

const NOUNS = {
  protectedRanges: "protected range",
  filterViews: "filter view",
  tables: "table",
  bandedRanges: "banding",
};

function mergedParts(box: Box, type: string | undefined): Box[] {
  if (type === "MERGE_ROWS") {
    return Array.from({ length: box.endRow - box.startRow }, (_none, i) => ({
      ...box,
      startRow: box.startRow + i,
      endRow: box.startRow + i + 1,
    }));
  }
  if (type === "MERGE_COLUMNS") {
    return Array.from({ length: box.endColumn - box.startColumn }, (_none, i) => ({
      ...box,
      startColumn: box.startColumn + i,
      endColumn: box.startColumn + i + 1,
    }));
  }
  return [box];
}

/** A merge keeps the value of its top left cell alone. */
function emptyButFirst(tab: Tab, box: Box): void {
  for (let row = box.startRow; row < Math.min(box.endRow, tab.grid.height); row += 1) {
    for (let column = box.startColumn; column < box.endColumn; column += 1) {
      if (row === box.startRow && column === box.startColumn) continue;
      const cell = tab.grid.get(row, column);
      if (cell !== undefined) tab.grid.set(row, column, withEntry(cell, { value: null }));
    }
  }
}

function namedRangeOf(batch: Batch, given: JsonObject) {
  const found = batch.workbook.namedRanges.find((one) => one.namedRangeId === given.namedRangeId);
  return found ? copyOf(found.range) : fail(batch, "A protected range needs a range.");
}

/** Empty lists and texts do not show. */
function shownEditors(editors: unknown): JsonObject {
  if (!isObject(editors)) return {};
  return Object.fromEntries(
    Object.entries(editors).filter(([, list]) => !Array.isArray(list) || list.length > 0),
  );
}

function shownText(fields: JsonObject): JsonObject {
  const { requestingUserCanEdit: _theirs, ...rest } = fields;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "" && value !== false));
}
