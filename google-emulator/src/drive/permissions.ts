/** Sharing files: Drive v3's permissions. */

import { select } from "../fields/field-mask.ts";
import { ApiError } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import { type EmulatorResponse, jsonResponse } from "../http/message.ts";
import type { RouteContext } from "../route.ts";
import { invalidValue } from "./drive-errors.ts";
import { type DriveFile, type Permission, permissionId, type Role } from "./file-store.ts";
import { bodyOf, maskOf, openFile, textOf } from "./files-api.ts";
import { showPermission } from "./show-file.ts";

/** Gives an account, or everybody with "anyone", a role; a former one of the same is replaced. */
export function grantTo(file: DriveFile, who: string, role: Role): Permission {
  const permission: Permission =
    who === "anyone"
      ? { id: "anyoneWithLink", type: "anyone", role }
      : { id: permissionId(who), type: "user", role, emailAddress: who };
  file.permissions = [...file.permissions.filter((one) => one.id !== permission.id), permission];
  return permission;
}

export function createPermission(context: RouteContext, id: string): EmulatorResponse {
  const { call, caller, files } = context;
  const file = openFile(files, id, caller, "write");
  const body = bodyOf(call);
  const type = textOf(body, "type");
  const email = textOf(body, "emailAddress");
  if (type !== "anyone" && email === undefined) throw invalidValue("permission.emailAddress");
  const granted = grantTo(file, type === "anyone" ? "anyone" : (email ?? ""), roleIn(body));
  return shown(context, granted);
}

export function listPermissions(context: RouteContext, id: string): EmulatorResponse {
  const file = openFile(context.files, id, context.caller, "write");
  const mask = maskOf(context.call) ?? "all";
  const list = { kind: "drive#permissionList", permissions: file.permissions.map(showPermission) };
  return jsonResponse(200, select(list, mask));
}

export function getPermission(context: RouteContext, id: string, permission: string): EmulatorResponse {
  return shown(context, found(openFile(context.files, id, context.caller, "read"), permission));
}

export function updatePermission(context: RouteContext, id: string, permission: string): EmulatorResponse {
  const file = openFile(context.files, id, context.caller, "write");
  const before = found(file, permission);
  const after = { ...before, role: roleIn(bodyOf(context.call)) };
  file.permissions = file.permissions.map((one) => (one === before ? after : one));
  return shown(context, after);
}

export function deletePermission(context: RouteContext, id: string, permission: string): EmulatorResponse {
  const file = openFile(context.files, id, context.caller, "write");
  const gone = found(file, permission);
  file.permissions = file.permissions.filter((one) => one !== gone);
  return { status: 204, headers: {}, body: "" };
}

function shown({ call }: RouteContext, permission: Permission): EmulatorResponse {
  const { displayName: _more, emailAddress: _address, ...short } = showPermission(permission);
  const mask = maskOf(call);
  return jsonResponse(200, mask ? select(showPermission(permission), mask) : short);
}

function found(file: DriveFile, id: string): Permission {
  const permission = file.permissions.find((one) => one.id === id);
  if (permission) return permission;
  throw new ApiError("NOT_FOUND", `Permission not found: ${id}.`, {
    drive: { reason: "notFound", location: "permissionId" },
  });
}

function roleIn(body: JsonObject): Role {
  const role = textOf(body, "role");
  if (role === "owner" || role === "writer" || role === "commenter" || role === "reader") return role;
  throw invalidValue("permission.role");
}
