/** What all requests of a batch share: their context, and reading their fields. */

import { type FieldMask, readFieldMask, unknownPath } from "../fields/field-mask.ts";
import { sizeProblem } from "../grid/limits.ts";
import type { Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { invalid } from "../http/errors.ts";
import { isObject, type JsonObject } from "../http/json.ts";
import type { Box, GridRange } from "../ranges/box.ts";
import { resolveGridRange } from "../ranges/resolve.ts";

export interface Batch {
  readonly workbook: Workbook;
  readonly user: string;
  readonly nowMs: number;
  readonly random: () => number;
  /** "requests[0].addSheet": how Google's errors name the request at work. */
  readonly where: string;
}

/** Applies one request and gives its reply; {} where Google replies nothing. */
export type Apply = (batch: Batch, request: JsonObject) => JsonObject;

export function fail(batch: Batch, why: string): never {
  throw invalid(`Invalid ${batch.where}: ${why}`);
}

export function objectIn(request: JsonObject, name: string): JsonObject {
  const value = request[name];
  return isObject(value) ? value : {};
}

export function objectsIn(request: JsonObject, name: string): JsonObject[] {
  const value = request[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function numberIn(request: JsonObject, name: string): number | undefined {
  const value = request[name];
  return typeof value === "number" ? value : undefined;
}

export function textIn(request: JsonObject, name: string): string | undefined {
  const value = request[name];
  return typeof value === "string" ? value : undefined;
}

/** The request's mandatory field mask, of a message of this type. */
export function maskIn(batch: Batch, request: JsonObject, message: string): FieldMask {
  const text = textIn(request, "fields");
  if (text === undefined || text === "")
    fail(batch, "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)");
  const mask = readFieldMask(text) ?? fail(batch, `Invalid field mask: ${text}`);
  const unknown = unknownPath(mask, message);
  return unknown === null ? mask : fail(batch, `Invalid field: ${unknown}`);
}

export function tabIn(batch: Batch, id: number | undefined): Tab {
  return batch.workbook.tabById(id ?? 0) ?? fail(batch, `No grid with id: ${id ?? 0}`);
}

/** The cells of a GridRange field; its absence is an error. */
export function boxIn(batch: Batch, request: JsonObject, name = "range"): { tab: Tab; box: Box } {
  return resolveGridRange(batch.workbook, rangeIn(batch, request, name), batch.where);
}

export function rangeIn(batch: Batch, request: JsonObject, name = "range"): GridRange {
  const value = request[name];
  if (!isObject(value)) fail(batch, `${name} is required.`);
  const range: GridRange = {};
  for (const key of [
    "sheetId",
    "startRowIndex",
    "endRowIndex",
    "startColumnIndex",
    "endColumnIndex",
  ] as const) {
    const side = value[key];
    if (typeof side === "number") range[key] = side;
  }
  return range;
}

/** Lets the tab grow to at least this size, or fails where the workbook would become too large. */
export function growTo(batch: Batch, tab: Tab, rowCount: number, columnCount: number): void {
  const size = {
    rowCount: Math.max(tab.size.rowCount, rowCount),
    columnCount: Math.max(tab.size.columnCount, columnCount),
  };
  const problem = sizeProblem(batch.workbook, tab, size);
  if (problem) fail(batch, problem);
  Object.assign(tab.state.gridProperties, size);
}

/** Ids of named ranges, protections, tables: positive and random, as Google's. */
export function newNumber(batch: Batch): number {
  return 1 + Math.floor(batch.random() * 2_147_483_646);
}
