/** Paths of Sheets v4 to their methods. */
import { batchUpdate } from "./batch-update/batch-update.ts";
import {
  batchClearByDataFilter,
  batchGetByDataFilter,
  batchUpdateByDataFilter,
  getByDataFilter,
} from "./data-filters/data-filter-api.ts";
import { getMetadata, searchMetadata } from "./data-filters/metadata-api.ts";
import { type DriveFile, roleOf } from "./drive/file.ts";
import { responseMask, select } from "./fields/field-mask.ts";
import { type Guard, guardFor, PROTECTED, protects } from "./grid/protection.ts";
import type { Workbook } from "./grid/workbook.ts";
import { invalid } from "./http/errors.ts";
import type { JsonObject } from "./http/json.ts";
import { type Call, jsonResponse } from "./http/message.ts";
import { addressOf } from "./oauth/caller.ts";
import type { Route, RouteContext } from "./route.ts";
import { checkQuery } from "./schema/schema.ts";
import { copyTab } from "./spreadsheets/copy-tab.ts";
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

interface Method {
  /** Within sheets.spreadsheets, as in Google's discovery document. */
  readonly id: string;
  readonly http: string;
  /** After /v4/spreadsheets; {x} stands for a segment, which may carry a verb: "{range}:append". */
  readonly path: readonly string[];
  readonly access: Route["access"];
  readonly scope?: Route["scope"];
  /** The message type of the answer. */
  readonly answer: string;
  readonly run: (context: WorkbookCall) => JsonObject;
}

const ID = "{spreadsheetId}";
const METHODS: readonly Method[] = [
  {
    id: "create",
    http: "POST",
    path: [],
    access: "write",
    answer: "Spreadsheet",
    run: createSpreadsheet,
  },
  { id: "get", http: "GET", path: [ID], access: "read", answer: "Spreadsheet", run: getSpreadsheet },
  {
    id: "batchUpdate",
    http: "POST",
    path: [`${ID}:batchUpdate`],
    access: "write",
    answer: "BatchUpdateSpreadsheetResponse",
    run: batchUpdate,
  },
  {
    id: "getByDataFilter",
    http: "POST",
    path: [`${ID}:getByDataFilter`],
    access: "read",
    scope: "write",
    answer: "Spreadsheet",
    run: getByDataFilter,
  },
  {
    id: "developerMetadata.get",
    http: "GET",
    path: [ID, "developerMetadata", "{metadataId}"],
    access: "read",
    scope: "write",
    answer: "DeveloperMetadata",
    run: getMetadata,
  },
  {
    id: "developerMetadata.search",
    http: "POST",
    path: [ID, "developerMetadata:search"],
    access: "read",
    scope: "write",
    answer: "SearchDeveloperMetadataResponse",
    run: searchMetadata,
  },
  {
    id: "sheets.copyTo",
    http: "POST",
    path: [ID, "sheets", "{sheetId}:copyTo"],
    access: "write",
    answer: "SheetProperties",
    run: copyTab,
  },
  {
    id: "values.batchGet",
    http: "GET",
    path: [ID, "values:batchGet"],
    access: "read",
    answer: "BatchGetValuesResponse",
    run: batchGetValues,
  },
  {
    id: "values.batchUpdate",
    http: "POST",
    path: [ID, "values:batchUpdate"],
    access: "write",
    answer: "BatchUpdateValuesResponse",
    run: batchUpdateValues,
  },
  {
    id: "values.batchClear",
    http: "POST",
    path: [ID, "values:batchClear"],
    access: "write",
    answer: "BatchClearValuesResponse",
    run: batchClearValues,
  },
  {
    id: "values.batchGetByDataFilter",
    http: "POST",
    path: [ID, "values:batchGetByDataFilter"],
    access: "read",
    scope: "write",
    answer: "BatchGetValuesByDataFilterResponse",
    run: batchGetByDataFilter,
  },
  {
    id: "values.batchUpdateByDataFilter",
    http: "POST",
    path: [ID, "values:batchUpdateByDataFilter"],
    access: "write",
    answer: "BatchUpdateValuesByDataFilterResponse",
    run: batchUpdateByDataFilter,
  },
  {
    id: "values.batchClearByDataFilter",
    http: "POST",
    path: [ID, "values:batchClearByDataFilter"],
    access: "write",
    answer: "BatchClearValuesByDataFilterResponse",
    run: batchClearByDataFilter,
  },
  {
    id: "values.append",
    http: "POST",
    path: [ID, "values", "{range}:append"],
    access: "write",
    answer: "AppendValuesResponse",
    run: appendValues,
  },
  {
    id: "values.clear",
    http: "POST",
    path: [ID, "values", "{range}:clear"],
    access: "write",
    answer: "ClearValuesResponse",
    run: clearRange,
  },
  {
    id: "values.get",
    http: "GET",
    path: [ID, "values", "{range}"],
    access: "read",
    answer: "ValueRange",
    run: getValues,
  },
  {
    id: "values.update",
    http: "PUT",
    path: [ID, "values", "{range}"],
    access: "write",
    answer: "UpdateValuesResponse",
    run: updateValues,
  },
];

export function sheetsRoute(call: Call): Route {
  const [, collection, ...path] = call.path;
  if (collection !== "spreadsheets") return unknown;
  // Some clients end a workbook's address with a slash, and a verb may follow: "{id}/:batchUpdate".
  const [id = "", last = "-"] = path;
  const rest = path.length === 2 && /^(:\w+)?$/.test(last) ? [`${id}${last}`] : path;
  for (const method of METHODS) {
    if (method.http !== call.method) continue;
    const params = matched(method.path, rest);
    if (params) return routeOf(method, params);
  }
  return unknown;
}

function routeOf(method: Method, params: Readonly<Record<string, string>>): Route {
  return {
    access: method.access,
    ...(method.scope ? { scope: method.scope } : {}),
    run: (context) => {
      checkQuery(`sheets.spreadsheets.${method.id}`, context.call.query, "refused");
      const own = workbookCall(context, params, method.answer);
      const answer = method.run(own);
      own.settle();
      return jsonResponse(200, select(answer, own.mask));
    },
  };
}

/** The path's parameters when it fits the template; null when it does not. */
function matched(template: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (template.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of template.entries()) {
    const segment = path[i] ?? "";
    const [, name, verb = ""] = /^\{(\w+)\}(:\w+)?$/.exec(part) ?? [];
    if (name === undefined) {
      if (segment !== part) return null;
      continue;
    }
    if (!segment.endsWith(verb)) return null;
    const value = segment.slice(0, segment.length - verb.length);
    // A range may hold colons of its own ("A1:B2"), nothing else may.
    if (name !== "range" && value.includes(":")) return null;
    params[name] = value;
  }
  return params;
}

const unknown: Route = {
  access: "read",
  run: ({ call }) => ({
    status: 404,
    headers: { "content-type": "text/html; charset=UTF-8" },
    body: `<!DOCTYPE html>\n<title>Error 404 (Not Found)!!1</title>\n<p>${call.method} is nothing that Sheets v4 has on this path.\n`,
  }),
};

interface HeldCall extends WorkbookCall {
  /** Takes everything back and throws when the call changed what is protected against its caller. */
  settle(): void;
}

function workbookCall(
  { call, caller, files, world }: RouteContext,
  params: Readonly<Record<string, string>>,
  answer: string,
): HeldCall {
  const user = addressOf(caller);
  let opened: { file: DriveFile; workbook: Workbook } | null = null;
  let held: { guard: Guard; saved: ReturnType<Workbook["save"]> } | null = null;
  let touched = false;
  return {
    call,
    params,
    mask: responseMask(call.query.get("fields"), answer),
    caller,
    user,
    files,
    nowMs: world.nowMs(),
    random: () => world.random(),
    mayEdit: (range) =>
      (opened !== null && roleOf(opened.file, caller) === "owner") || !protects(range, user),
    broken: () => held?.guard.broken() ?? false,
    open: (access) => {
      const found = files.openWorkbook(params.spreadsheetId ?? "", caller, access);
      opened = found;
      const owns = roleOf(found.file, caller) === "owner";
      const guard = access === "write" && !owns ? guardFor(found.workbook, user) : null;
      if (guard) held = { guard, saved: found.workbook.save() };
      return found.workbook;
    },
    touch: () => {
      touched = true;
      if (opened) opened.workbook.version += 1;
    },
    settle: () => {
      if (!opened || !touched) return;
      if (held?.guard.broken()) {
        opened.workbook.restore(held.saved);
        throw invalid(PROTECTED);
      }
      files.touch(opened.file);
    },
  };
}
