/** The methods of Drive v3's files. */
import { readFieldMask } from "../fields/field-mask.ts";
import { newTabState, Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { ApiError, badRequest, unimplemented } from "../http/errors.ts";
import { isObject, type Json, type JsonObject } from "../http/json.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "../http/message.ts";
import { addressOf, type Caller } from "../oauth/caller.ts";
import { boxOf } from "../ranges/box.ts";
import type { RouteContext } from "../route.ts";
import { parseBody } from "../schema/schema.ts";
import { readRows, writeValues } from "../values/block.ts";
import { readCsv, writeCsv } from "./csv.ts";
import { fileNotFound, insufficientPermissions, invalidValue } from "./drive-errors.ts";
import { type DriveFile, type FileStore, roleOf, WORKBOOK_TYPE } from "./file-store.ts";
import { readQuery } from "./query.ts";
import { DEFAULT_FIELDS, showFile } from "./show-file.ts";

const PAGE_MAX = 1000;

export function createFile({ call, caller, files }: RouteContext): EmulatorResponse {
  const body = bodyOf(call);
  const mimeType = textOf(body, "mimeType") ?? "application/octet-stream";
  const file = files.create(textOf(body, "name") ?? "Untitled", mimeType, addressOf(caller));
  describe(file, body);
  return answered(call, file, caller);
}

export function getFile({ call, caller, files }: RouteContext, id: string): EmulatorResponse {
  return answered(call, openFile(files, id, caller, "read"), caller);
}

export function listFiles({ call, caller, files }: RouteContext): EmulatorResponse {
  const query = call.query.get("q");
  const test = query ? readQuery(query) : () => true;
  const visible = files.all().filter((file) => roleOf(file, caller) !== null && test(file));
  visible.sort((a, b) => b.modifiedMs - a.modifiedMs);
  const size = Math.min(Number(call.query.get("pageSize") ?? 100), PAGE_MAX);
  if (!Number.isInteger(size) || size < 1) throw invalidValue("pageSize");
  const from = pageStart(call);
  const page = visible.slice(from, from + size);
  const mask = maskOf(call);
  const inner = mask === null ? DEFAULT_FIELDS : mask === "all" ? "all" : mask.get("files");
  const next = from + size < visible.length ? { nextPageToken: `~!!~${from + size}` } : {};
  const all: JsonObject = {
    kind: "drive#fileList",
    incompleteSearch: false,
    ...next,
    ...(inner === undefined ? {} : { files: page.map((file) => showFile(file, caller, inner)) }),
  };
  const wanted =
    mask === null || mask === "all"
      ? all
      : Object.fromEntries(Object.entries(all).filter(([name]) => mask.has(name)));
  return jsonResponse(200, wanted);
}

export function updateFile({ call, caller, files, world }: RouteContext, id: string): EmulatorResponse {
  const file = openFile(files, id, caller, "write");
  const body = bodyOf(call);
  const name = textOf(body, "name");
  if (name !== undefined) file.name = name;
  if (typeof body.trashed === "boolean") file.trashed = body.trashed;
  describe(file, body);
  const add = call.query.get("addParents");
  const remove = call.query.get("removeParents")?.split(",") ?? [];
  file.parents = [...file.parents.filter((one) => !remove.includes(one)), ...(add ? add.split(",") : [])];
  file.modifiedMs = world.nowMs();
  return answered(call, file, caller);
}

export function deleteFile({ caller, files }: RouteContext, id: string): EmulatorResponse {
  const file = openFile(files, id, caller, "read");
  if (roleOf(file, caller) !== "owner") throw insufficientPermissions();
  files.remove(id);
  return { status: 204, headers: {}, body: "" };
}

export function copyFile({ call, caller, files }: RouteContext, id: string): EmulatorResponse {
  return answered(call, copied(files, id, caller, bodyOf(call), "name"), caller);
}

/** A copy with all content; a comment or a share does not go with it. */
export function copied(
  files: FileStore,
  id: string,
  caller: Caller,
  body: JsonObject,
  nameField: string,
): DriveFile {
  const source = sourceOf(files, id, caller);
  const name = textOf(body, nameField) ?? `Copy of ${source.name}`;
  const copy = files.create(name, source.mimeType, addressOf(caller));
  if (source.workbook && copy.workbook) copy.workbook.copyFrom(source.workbook);
  describe(copy, body);
  return copy;
}

/** Replayed traffic may begin with a copy: an open emulator takes its unknown source for an empty workbook. */
function sourceOf(files: FileStore, id: string, caller: Caller): DriveFile {
  if (caller.kind !== "open" || files.get(id)) return openFile(files, id, caller, "read");
  return files.create("Original", WORKBOOK_TYPE, addressOf(caller), id);
}

/** The first tab as CSV or TSV; other formats are beyond the emulator. */
export function exportFile({ call, caller, files }: RouteContext, id: string): EmulatorResponse {
  const file = openFile(files, id, caller, "read");
  const type = call.query.get("mimeType") ?? "";
  const separator = type === "text/csv" ? "," : type === "text/tab-separated-values" ? "\t" : null;
  const [tab] = file.workbook?.tabs ?? [];
  if (separator === null || !tab || !file.workbook) throw unimplemented(`exporting as ${type}`);
  const options = { value: "FORMATTED_VALUE", dateTime: "SERIAL_NUMBER" } as const;
  const rows = readRows(file.workbook, tab, boxOf({}, tab.size), options).map((row) => row.map(String));
  return { status: 200, headers: { "content-type": type }, body: writeCsv(rows, separator) };
}

/** Replaces a workbook's content by that of a CSV file, as Drive's converting upload does. */
export function importCsv(file: DriveFile, text: string, nowMs: number): void {
  const { workbook } = file;
  if (!workbook) throw badRequest([{ field: "", description: "The file is no workbook." }]);
  const rows = readCsv(text);
  const state = newTabState(file.name, sizeFor(rows));
  workbook.tabs = [new Tab(0, state)];
  workbook.namedRanges = [];
  // An imported workbook has the importer's time zone, which the emulator takes to be this one [R].
  workbook.properties.timeZone = "America/Los_Angeles";
  const context = { locale: workbook.properties.locale, nowMs };
  writeValues(workbook.tabs[0]!, wholeOf(workbook), rows, { major: "ROWS", input: "USER_ENTERED", context });
}

export function openFile(files: FileStore, id: string, caller: Caller, access: "read" | "write"): DriveFile {
  const file = files.get(id);
  const role = file ? roleOf(file, caller) : null;
  // Drive hides what is not shared.
  if (!file || !role) throw fileNotFound(id);
  if (access === "write" && role !== "owner" && role !== "writer") throw insufficientPermissions();
  return file;
}

export function bodyOf(call: Call): JsonObject {
  const body = parseBody(call.text);
  if (!isObject(body))
    throw new ApiError("INVALID_ARGUMENT", "Parse Error", { drive: { reason: "parseError" } });
  return body;
}

export function textOf(body: JsonObject, name: string): string | undefined {
  const value: Json | undefined = body[name];
  return typeof value === "string" ? value : undefined;
}

/** The `fields` parameter; null when it was not given. */
export function maskOf(call: Call) {
  const text = call.query.get("fields");
  if (text === null || text === "") return null;
  const mask = readFieldMask(text);
  if (!mask) {
    throw new ApiError("INVALID_ARGUMENT", `Invalid field selection ${text}`, {
      drive: { reason: "invalidParameter", location: "fields" },
    });
  }
  return mask;
}

function answered(call: Call, file: DriveFile, caller: Caller): EmulatorResponse {
  return jsonResponse(200, showFile(file, caller, maskOf(call) ?? DEFAULT_FIELDS));
}

/** Fields that are kept and given back. */
function describe(file: DriveFile, body: JsonObject): void {
  for (const name of ["description", "properties", "appProperties", "starred"]) {
    const value = body[name];
    if (value !== undefined && value !== null) file.extra[name] = value;
  }
  const { parents } = body;
  if (Array.isArray(parents)) file.parents = parents.map(String);
}

function pageStart(call: Call): number {
  const token = call.query.get("pageToken");
  if (!token) return 0;
  const start = Number(/^~!!~(\d+)$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw invalidValue("pageToken");
  return start;
}

function sizeFor(rows: readonly (readonly string[])[]): { rowCount: number; columnCount: number } {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return { rowCount: Math.max(1000, rows.length), columnCount: Math.max(26, width) };
}

function wholeOf(workbook: Workbook) {
  return boxOf({}, workbook.tabs[0]!.size);
}
