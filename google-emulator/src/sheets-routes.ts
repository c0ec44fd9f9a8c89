/** Paths of Sheets v4 to their methods. */
import { batchUpdate } from "./batch-update/batch-update.ts";
import type { DriveFile } from "./drive/file-store.ts";
import { badRequest, unimplemented } from "./http/errors.ts";
import type { JsonObject } from "./http/json.ts";
import { type Call, jsonResponse } from "./http/message.ts";
import { addressOf } from "./oauth/caller.ts";
import type { Route, RouteContext } from "./route.ts";
import { createSpreadsheet, getSpreadsheet } from "./spreadsheets/spreadsheets-api.ts";
import type { WorkbookCall } from "./spreadsheets/workbook-call.ts";
import {
  appendValues,
  batchClearValues,
  batchGetValues,
  batchUpdateValues,
  clearRange,
  getValues,
  updateValues,
} from "./values/values-api.ts";

export function sheetsRoute(call: Call): Route {
  const [, collection, first = "", second, third, ...rest] = call.path;
  if (collection !== "spreadsheets" || rest.length > 0) return unknown;
  if (first === "") return call.method === "POST" ? create : unknown;
  const method = call.method;
  if (second === undefined || second === "") {
    const [id = "", verb] = splitVerb(first);
    if (method === "GET" && verb === undefined) return ofWorkbook(id, "read", getSpreadsheet, GET);
    if (method === "POST" && verb === "batchUpdate") return ofWorkbook(id, "write", batchUpdate);
    if (method === "POST" && verb === "getByDataFilter") return notYet("spreadsheets.getByDataFilter");
    return unknown;
  }
  if (third === undefined) {
    const bulk = BULK[`${method} ${second}`];
    return bulk
      ? ofWorkbook(first, bulk.access, bulk.run, bulk.access === "read" ? [...RENDER, "ranges"] : [])
      : (LATER[`${method} ${second}`] ?? unknown);
  }
  if (second === "values") return valuesRoute(method, first, third);
  if (second === "sheets" && third.endsWith(":copyTo")) return notYet("spreadsheets.sheets.copyTo");
  return second === "developerMetadata" ? notYet("spreadsheets.developerMetadata") : unknown;
}

function valuesRoute(method: string, id: string, last: string): Route {
  if (method === "GET") return ofWorkbook(id, "read", (context) => getValues(context, last), RENDER);
  if (method === "PUT") return ofWorkbook(id, "write", (context) => updateValues(context, last), UPDATE);
  const [range = "", verb] = splitVerb(last);
  if (method === "POST" && verb === "append")
    return ofWorkbook(id, "write", (context) => appendValues(context, range), [
      ...UPDATE,
      "insertDataOption",
    ]);
  if (method === "POST" && verb === "clear")
    return ofWorkbook(id, "write", (context) => clearRange(context, range));
  return unknown;
}

const BULK: Readonly<
  Record<string, { access: "read" | "write"; run: (context: WorkbookCall) => JsonObject }>
> = {
  "GET values:batchGet": { access: "read", run: batchGetValues },
  "POST values:batchUpdate": { access: "write", run: batchUpdateValues },
  "POST values:batchClear": { access: "write", run: batchClearValues },
};

const create: Route = {
  access: "write",
  run: ({ call, caller, files }) => jsonResponse(200, createSpreadsheet(call, files, addressOf(caller))),
};

const unknown: Route = {
  access: "read",
  run: ({ call }) => ({
    status: 404,
    headers: { "content-type": "text/html; charset=UTF-8" },
    body: `<!DOCTYPE html>\n<title>Error 404 (Not Found)!!1</title>\n<p>${call.method} is nothing that Sheets v4 has on this path.\n`,
  }),
};

const LATER: Readonly<Record<string, Route>> = {
  "POST values:batchGetByDataFilter": notYet("spreadsheets.values.batchGetByDataFilter"),
  "POST values:batchUpdateByDataFilter": notYet("spreadsheets.values.batchUpdateByDataFilter"),
  "POST values:batchClearByDataFilter": notYet("spreadsheets.values.batchClearByDataFilter"),
  "POST developerMetadata:search": notYet("spreadsheets.developerMetadata.search"),
};

function notYet(method: string): Route {
  return {
    access: "read",
    run: () => {
      throw unimplemented(method);
    },
  };
}

/** Parameters that every method takes. */
const COMMON = [
  "fields",
  "key",
  "alt",
  "prettyPrint",
  "quotaUser",
  "access_token",
  "oauth_token",
  "callback",
  "$.xgafv",
  "uploadType",
  "upload_protocol",
];

/** Google refuses a parameter that the method does not have. */
function checkQuery(call: Call, names: readonly string[]): void {
  for (const name of call.query.keys()) {
    if (COMMON.includes(name) || names.includes(name)) continue;
    const description = `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`;
    throw badRequest([{ field: "", description }]);
  }
}

const GET = ["ranges", "includeGridData", "excludeTablesInBandedRanges", "commentsViewMode"];
const RENDER = ["majorDimension", "valueRenderOption", "dateTimeRenderOption"];
const UPDATE = [
  "valueInputOption",
  "includeValuesInResponse",
  "responseValueRenderOption",
  "responseDateTimeRenderOption",
];

function ofWorkbook(
  id: string,
  access: "read" | "write",
  run: (context: WorkbookCall) => JsonObject,
  parameters: readonly string[] = [],
): Route {
  return {
    access,
    run: (context) => {
      checkQuery(context.call, parameters);
      return jsonResponse(200, run(workbookCall(context, id)));
    },
  };
}

function workbookCall({ call, caller, files, world }: RouteContext, id: string): WorkbookCall {
  let opened: DriveFile | null = null;
  return {
    call,
    user: addressOf(caller),
    nowMs: world.nowMs(),
    random: () => world.random(),
    open: (access) => {
      const { file, workbook } = files.openWorkbook(id, caller, access);
      opened = file;
      return workbook;
    },
    touch: () => {
      if (opened) files.touch(opened);
    },
  };
}

/** "Sheet1!A1:append" is a range and a verb, "Sheet1!A1:B2" a range alone. */
function splitVerb(segment: string): [string, string?] {
  const match = /^(.*):([a-z][A-Za-z]+)$/s.exec(segment);
  return match && VERBS.has(match[2]!) ? [match[1]!, match[2]!] : [segment];
}

const VERBS = new Set(["append", "clear", "batchUpdate", "getByDataFilter", "copyTo"]);
