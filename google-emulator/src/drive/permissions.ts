/** Sharing files: Drive v3's permissions. */

import { type FieldMask, select } from "../fields/field-mask.ts";
import { ApiError } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import { type Call, type EmulatorResponse, jsonResponse } from "../http/message.ts";
import type { RouteContext } from "../route.ts";
import { insufficientPermissions, invalidValue } from "./drive-errors.ts";
import { type DriveFile, type Permission, permissionId, type Role } from "./file.ts";
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
  const body = bodyOf(call, "drive.Permission");
  const [type, role] = [textOf(body, "type"), roleIn(body, call)];
  const [email, domain] = [textOf(body, "emailAddress"), textOf(body, "domain")];
  let granted: Permission;
  if (type === "anyone") granted = grantTo(file, "anyone", role);
  else if (type === "domain") {
    if (domain === undefined) throw invalidValue("permission.domain");
    granted = { id: permissionId(domain), type, role, domain };
    file.permissions = [...file.permissions.filter((one) => one.id !== granted.id), granted];
  } else if (type === "user" || type === "group") {
    if (email === undefined) throw invalidValue("permission.emailAddress");
    if (role === "owner") demoteOwner(file);
    granted = { ...grantTo(file, email, role), type };
    file.permissions = file.permissions.map((one) => (one.id === granted.id ? granted : one));
  } else throw invalidValue("permission.type");
  return shown(context, granted);
}

export function listPermissions(context: RouteContext, id: string): EmulatorResponse {
  const file = openFile(context.files, id, context.caller, "write");
  const mask = maskOf(context.call, "drive.PermissionList") ?? DEFAULT_LIST;
  const list = { kind: "drive#permissionList", permissions: file.permissions.map(showPermission) };
  return jsonResponse(200, select(list, mask));
}

/** What v3 answers without `fields`. */
const DEFAULT_PERMISSION: FieldMask = new Map<string, FieldMask>([
  ["kind", "all"],
  ["id", "all"],
  ["type", "all"],
  ["role", "all"],
  ["allowFileDiscovery", "all"],
]);
const DEFAULT_LIST: FieldMask = new Map<string, FieldMask>([
  ["kind", "all"],
  ["nextPageToken", "all"],
  ["permissions", DEFAULT_PERMISSION],
]);

/** A file has one owner: the former one may still write. */
function demoteOwner(file: DriveFile): void {
  file.permissions = file.permissions.map((one) => (one.role === "owner" ? { ...one, role: "writer" } : one));
}

export function getPermission(context: RouteContext, id: string, permission: string): EmulatorResponse {
  return shown(context, found(openFile(context.files, id, context.caller, "read"), permission));
}

export function updatePermission(context: RouteContext, id: string, permission: string): EmulatorResponse {
  const file = openFile(context.files, id, context.caller, "write");
  const before = found(file, permission);
  const role = roleIn(bodyOf(context.call, "drive.Permission"), context.call);
  if (role === "owner" && before.role !== "owner") demoteOwner(file);
  const after = { ...before, role };
  file.permissions = file.permissions.map((one) => (one === before ? after : one));
  return shown(context, after);
}

export function deletePermission(context: RouteContext, id: string, permission: string): EmulatorResponse {
  const file = openFile(context.files, id, context.caller, "write");
  const gone = found(file, permission);
  if (gone.role === "owner") throw insufficientPermissions();
  file.permissions = file.permissions.filter((one) => one !== gone);
  return { status: 204, headers: {}, body: "" };
}

function shown({ call }: RouteContext, permission: Permission): EmulatorResponse {
  const mask = maskOf(call, "drive.Permission") ?? DEFAULT_PERMISSION;
  return jsonResponse(200, select(showPermission(permission), mask));
}

function found(file: DriveFile, id: string): Permission {
  const permission = file.permissions.find((one) => one.id === id);
  if (permission) return permission;
  throw new ApiError("NOT_FOUND", `Permission not found: ${id}.`, {
    drive: { reason: "notFound", location: "permissionId" },
  });
}

/** Ownership is handed over only by who says so twice. */
function roleIn(body: JsonObject, call: Call): Role {
  const role = textOf(body, "role");
  if (role === "writer" || role === "commenter" || role === "reader") return role;
  if (role !== "owner") throw invalidValue("permission.role");
  if (call.query.get("transferOwnership")?.toLowerCase() === "true") return role;
  throw new ApiError(
    "PERMISSION_DENIED",
    "The transferOwnership parameter must be enabled when the permission role is 'owner'.",
    { drive: { reason: "forbidden", location: "transferOwnership" } },
  );
}
