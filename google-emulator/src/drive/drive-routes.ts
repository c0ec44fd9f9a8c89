/** Paths of Drive v3, and of the few v2 calls that spreadsheet clients still make, to their methods. */

import { select } from "../fields/field-mask.ts";
import { unimplemented } from "../http/errors.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "../http/message.ts";
import { addressOf } from "../oauth/caller.ts";
import type { Route, RouteContext } from "../route.ts";
import methods from "../schema/drive-methods.json" with { type: "json" };
import { checkQuery } from "../schema/schema.ts";
import * as changes from "./changes-api.ts";
import { fileNotFound } from "./drive-errors.ts";
import { WORKBOOK_TYPE } from "./file.ts";
import * as api from "./files-api.ts";
import { maskOf } from "./files-api.ts";
import { listFiles } from "./list-files.ts";
import * as permissions from "./permissions.ts";
import { showFileV2, userOf } from "./show-file.ts";
import * as uploads from "./uploads.ts";

/** Null for a path that is none of Drive's. */
export function driveRoute(call: Call): Route | null {
  const upload = call.path[0] === "upload";
  const [service, version, ...path] = upload ? call.path.slice(1) : call.path;
  if (service !== "drive") return null;
  const [collection, ...rest] = path;
  if (version === "v2" && collection === "files") return v2Route(call, upload, rest);
  const method = version === "v3" ? methodOf(call.method, path) : null;
  if (!method) return null;
  const route = (upload ? uploadRoute(call, rest) : v3Route(call, path)) ?? laterRoute(method);
  return {
    ...route,
    run: (context) => {
      // Drive passes over parameters that it does not know [R].
      checkQuery(method, context.call.query, "ignored");
      return route.run(context);
    },
  };
}

/** Downloads by the links of the spreadsheet page: /spreadsheets/d/{id}/export, /spreadsheets/export?id={id}. */
export function exportRoute(call: Call): Route | null {
  const path = call.path.join("/");
  const id = /^spreadsheets\/d\/([^/]+)\/export$/.exec(path)?.[1] ?? call.query.get("id");
  const known = path === "spreadsheets/export" || /^spreadsheets\/d\/[^/]+\/export$/.test(path);
  return known && id !== null ? read((context) => api.exportLink(context, id)) : null;
}

/** The method's id in Google's discovery document. */
function methodOf(http: string, path: readonly string[]): string | null {
  for (const [template, id] of METHODS) {
    const [method, ...parts] = template;
    if (method !== http || parts.length !== path.length) continue;
    // "{x}" and "{x}:verb" take any segment that ends likewise.
    const fits = parts.every((part, i) => {
      const verb = /^\{\w+\}(.*)$/.exec(part)?.[1];
      return verb === undefined ? part === path[i] : path[i]?.endsWith(verb);
    });
    if (fits) return id;
  }
  return null;
}

/** Paths without parameters first: "files/trash" is no file's id. */
const METHODS = Object.entries(methods)
  .sort(([a], [b]) => a.split("{").length - b.split("{").length)
  .map(([template, id]) => [template.split(/[ /]/), id] as const);

function v3Route(call: Call, [collection, ...rest]: readonly string[]): Route | null {
  if (collection === "about") return read(about);
  if (collection === "changes") return changesRoute(rest[0]);
  if (collection === "channels") return read(changes.stopChannel);
  if (collection !== "files") return null;
  const [id, second, third] = rest;
  if (id === undefined) return call.method === "POST" ? write(api.createFile) : read(listFiles);
  if (id === "generateIds") return read(api.generateIds);
  if (id === "trash") return write(api.emptyTrash);
  if (id === "generateCseToken") return null;
  if (second === undefined) return fileRoute(call.method, id);
  if (second === "copy") return write((context) => api.copyFile(context, id));
  if (second === "export") return read((context) => api.exportFile(context, id));
  if (second === "comments" && third === undefined && call.method === "GET")
    return read((context) => noComments(context, id));
  if (second === "permissions") return permissionRoute(call.method, id, third);
  return null;
}

function changesRoute(second: string | undefined): Route {
  if (second === "startPageToken") return read(changes.startPageToken);
  return read(second === "watch" ? changes.watchChanges : changes.listChanges);
}

/** Files with content: create (POST) and update (PATCH), the content alone or with its description. */
function uploadRoute(call: Call, [id]: readonly string[]): Route {
  if (call.query.get("uploadType") === "resumable") return laterRoute("resumable uploads");
  return write((context) =>
    id === undefined ? uploads.createWithContent(context) : uploads.updateWithContent(context, id),
  );
}

function fileRoute(method: string, id: string): Route | null {
  if (method === "GET") return read((context) => api.getFile(context, id));
  if (method === "PATCH") return write((context) => api.updateFile(context, id));
  return method === "DELETE" ? write((context) => api.deleteFile(context, id)) : null;
}

function permissionRoute(method: string, id: string, permission: string | undefined): Route | null {
  if (permission === undefined) {
    if (method === "POST") return write((context) => permissions.createPermission(context, id));
    return method === "GET" ? read((context) => permissions.listPermissions(context, id)) : null;
  }
  if (method === "GET") return read((context) => permissions.getPermission(context, id, permission));
  if (method === "PATCH") return write((context) => permissions.updatePermission(context, id, permission));
  return method === "DELETE"
    ? write((context) => permissions.deletePermission(context, id, permission))
    : null;
}

function v2Route(call: Call, upload: boolean, [id, second]: string[]): Route | null {
  const { method } = call;
  if (id === undefined && method === "POST") {
    return write(({ call: own, caller, files }) => {
      const body = api.bodyOf(own, "any");
      const type = api.textOf(body, "mimeType") ?? WORKBOOK_TYPE;
      const file = files.create(api.textOf(body, "title") ?? "Untitled", type, addressOf(caller));
      return jsonResponse(200, showFileV2(file, caller));
    });
  }
  if (id === undefined) return null;
  if (upload && method === "PUT") {
    return write(({ call: own, caller, files, world }) => {
      const file = api.openFile(files, id, caller, "write");
      api.importCsv(file, own.text, world.nowMs());
      files.touch(file);
      return jsonResponse(200, showFileV2(file, caller, true));
    });
  }
  if (second === "copy") {
    return write(({ call: own, caller, files }) =>
      jsonResponse(200, showFileV2(api.copied(files, id, caller, api.bodyOf(own, "any"), "title"), caller)),
    );
  }
  if (second === undefined && method === "GET") {
    return read(({ caller, files }) =>
      jsonResponse(200, showFileV2(api.openFile(files, id, caller, "read"), caller)),
    );
  }
  return second === undefined && method === "DELETE" ? write((context) => api.deleteFile(context, id)) : null;
}

function about({ call, caller }: RouteContext): EmulatorResponse {
  const all = {
    kind: "drive#about",
    user: userOf(addressOf(caller), caller),
    storageQuota: { limit: "16106127360", usage: "0", usageInDrive: "0", usageInDriveTrash: "0" },
  };
  return jsonResponse(200, select(all, maskOf(call, "drive.About") ?? "all"));
}

/** Nobody comments in the emulator. */
function noComments({ call, caller, files }: RouteContext, id: string): EmulatorResponse {
  if (!files.get(id)) throw fileNotFound(id);
  api.openFile(files, id, caller, "read");
  return jsonResponse(
    200,
    select({ kind: "drive#commentList", comments: [] }, maskOf(call, "drive.CommentList") ?? "all"),
  );
}

function read(run: Route["run"]): Route {
  return { access: "read", run };
}

function write(run: Route["run"]): Route {
  return { access: "write", run };
}

function laterRoute(what: string): Route {
  return read(() => {
    throw unimplemented(what);
  });
}
