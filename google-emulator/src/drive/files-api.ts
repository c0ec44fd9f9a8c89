/** The methods of Drive v3's files. */
import { type FieldMask, readFieldMask, select, unknownPath } from "../fields/field-mask.ts";
import { newTabState, Tab } from "../grid/tab.ts";
import type { Workbook } from "../grid/workbook.ts";
import { ApiError, badRequest, unimplemented } from "../http/errors.ts";
import type { Json, JsonObject } from "../http/json.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "../http/message.ts";
import { addressOf, type Caller } from "../oauth/caller.ts";
import { boxOf } from "../ranges/box.ts";
import type { RouteContext } from "../route.ts";
import { parseBody, readMessage } from "../schema/schema.ts";
import { readRows, writeValues } from "../values/block.ts";
import { readCsv, writeCsv } from "./csv.ts";
import { fileNotFound, insufficientPermissions, invalidValue, requiredParameter } from "./drive-errors.ts";
import { type DriveFile, roleOf, WORKBOOK_TYPE } from "./file.ts";
import type { FileStore } from "./file-store.ts";
import { DEFAULT_FIELDS, showFile } from "./show-file.ts";

export function createFile({ call, caller, files }: RouteContext): EmulatorResponse {
  return answered(call, created(files, caller, bodyOf(call)), caller);
}

export function created(files: FileStore, caller: Caller, body: JsonObject): DriveFile {
  const mimeType = textOf(body, "mimeType") ?? "application/octet-stream";
  const id = textOf(body, "id");
  if (id !== undefined && files.get(id)) {
    throw new ApiError("ALREADY_EXISTS", "A file already exists with the provided ID.", {
      drive: { reason: "fileIdInUse" },
    });
  }
  const file = files.create(textOf(body, "name") ?? "Untitled", mimeType, addressOf(caller), id);
  describe(file, body);
  return file;
}

export function getFile({ call, caller, files }: RouteContext, id: string): EmulatorResponse {
  return answered(call, openFile(files, id, caller, "read"), caller);
}

/** Ids that a later create may use. */
export function generateIds({ call, files }: RouteContext): EmulatorResponse {
  const count = Number(call.query.get("count") ?? 10);
  const space = call.query.get("space") ?? "drive";
  const ids = Array.from({ length: count }, () => files.newId());
  const mask = maskOf(call, "drive.GeneratedIds") ?? "all";
  return jsonResponse(200, select({ kind: "drive#generatedIds", space, ids }, mask));
}

export function emptyTrash({ caller, files }: RouteContext): EmulatorResponse {
  for (const file of files.all()) {
    if (file.trashed && roleOf(file, caller) === "owner") files.remove(file.id);
  }
  return { status: 204, headers: {}, body: "" };
}

export function updateFile({ call, caller, files, world }: RouteContext, id: string): EmulatorResponse {
  const file = openFile(files, id, caller, "write");
  rewritten(file, call, bodyOf(call), world.nowMs());
  return answered(call, file, caller);
}

/** Describes the file anew and moves it between folders. */
export function rewritten(file: DriveFile, call: Call, body: JsonObject, nowMs: number): void {
  const name = textOf(body, "name");
  if (name !== undefined) file.name = name;
  if (typeof body.trashed === "boolean") file.trashed = body.trashed;
  describe(file, body);
  const add = call.query.get("addParents");
  const remove = call.query.get("removeParents")?.split(",") ?? [];
  file.parents = [...file.parents.filter((one) => !remove.includes(one)), ...(add ? add.split(",") : [])];
  file.modifiedMs = nowMs;
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
  if (caller.kind !== "open" || id === "" || files.get(id)) return openFile(files, id, caller, "read");
  return files.create("Original", WORKBOOK_TYPE, addressOf(caller), id);
}

/** The first tab as CSV or TSV; other formats are beyond the emulator. */
export function exportFile({ call, caller, files }: RouteContext, id: string): EmulatorResponse {
  const file = openFile(files, id, caller, "read");
  const type = call.query.get("mimeType");
  if (!type) throw requiredParameter("mimeType");
  return exported(file, type, null);
}

/** A download link of the spreadsheet page: ?format=csv&gid=0, where gid is a sheet's id. */
export function exportLink({ call, caller, files }: RouteContext, id: string): EmulatorResponse {
  const file = openFile(files, id, caller, "read");
  const format = call.query.get("format") ?? call.query.get("exportFormat") ?? "";
  const type = format === "csv" ? "text/csv" : format === "tsv" ? "text/tab-separated-values" : format;
  const gid = call.query.get("gid");
  return exported(file, type, gid === null ? null : Number(gid));
}

function exported({ workbook }: DriveFile, type: string, sheetId: number | null): EmulatorResponse {
  const separator = type === "text/csv" ? "," : type === "text/tab-separated-values" ? "\t" : null;
  const tab = sheetId === null ? workbook?.tabs[0] : workbook?.tabById(sheetId);
  if (separator === null || !workbook) throw unimplemented(`exporting as ${type}`);
  if (!tab) throw invalidValue("gid");
  const options = { value: "FORMATTED_VALUE", dateTime: "SERIAL_NUMBER" } as const;
  const rows = readRows(workbook, tab, boxOf({}, tab.size), options).map((row) => row.map(String));
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

/** The body as a message; Drive passes over fields that it does not know. */
export function bodyOf(call: Call, message = "drive.File"): JsonObject {
  return describedBy(call.text, message);
}

export function describedBy(text: string, message = "drive.File"): JsonObject {
  let body: Json;
  try {
    body = parseBody(text);
  } catch {
    throw new ApiError("INVALID_ARGUMENT", "Parse Error", { drive: { reason: "parseError" } });
  }
  return readMessage(message, body, "", "ignored");
}

export function textOf(body: JsonObject, name: string): string | undefined {
  const value: Json | undefined = body[name];
  return typeof value === "string" ? value : undefined;
}

/** The `fields` parameter over an answer's message; null when it was not given. */
export function maskOf(call: Call, message: string): FieldMask | null {
  const text = call.query.get("fields");
  if (text === null || text === "") return null;
  const mask = readFieldMask(text);
  const wrong = mask ? unknownPath(mask, message) : text;
  if (!mask || wrong !== null) {
    throw new ApiError("INVALID_ARGUMENT", `Invalid field selection ${wrong}`, {
      drive: { reason: "invalidParameter", location: "fields" },
    });
  }
  return mask;
}

export function answered(call: Call, file: DriveFile, caller: Caller): EmulatorResponse {
  return jsonResponse(200, showFile(file, caller, maskOf(call, "drive.File") ?? DEFAULT_FIELDS));
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

function sizeFor(rows: readonly (readonly string[])[]): { rowCount: number; columnCount: number } {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return { rowCount: Math.max(1000, rows.length), columnCount: Math.max(26, width) };
}

function wholeOf(workbook: Workbook) {
  return boxOf({}, workbook.tabs[0]!.size);
}
