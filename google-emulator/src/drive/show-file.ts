/** A file as Drive answers it: v3 by field mask, v2 in full. */
import { type FieldMask, select } from "../fields/field-mask.ts";
import type { JsonObject } from "../http/json.ts";
import type { Caller } from "../oauth/caller.ts";
import { type DriveFile, type Permission, permissionId, roleOf, WORKBOOK_TYPE } from "./file.ts";

const EXPORTS: readonly (readonly [type: string, format: string])[] = [
  ["application/x-vnd.oasis.opendocument.spreadsheet", "ods"],
  ["text/tab-separated-values", "tsv"],
  ["application/pdf", "pdf"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
  ["text/csv", "csv"],
  ["application/zip", "zip"],
  ["application/vnd.oasis.opendocument.spreadsheet", "ods"],
];

/** What v3 answers without `fields`. */
export const DEFAULT_FIELDS: FieldMask = new Map([
  ["kind", "all"],
  ["id", "all"],
  ["name", "all"],
  ["mimeType", "all"],
]);

export function showFile(file: DriveFile, caller: Caller, mask: FieldMask): JsonObject {
  return select(wholeFile(file, caller), mask) as JsonObject;
}

export function showPermission(permission: Permission): JsonObject {
  const { id, type, role, emailAddress, domain } = permission;
  return {
    kind: "drive#permission",
    id,
    type,
    role,
    ...(emailAddress === undefined
      ? { ...(domain === undefined ? {} : { domain, displayName: domain }), allowFileDiscovery: false }
      : { emailAddress, displayName: nameOf(emailAddress), deleted: false, pendingOwner: false }),
  };
}

function wholeFile(file: DriveFile, caller: Caller): JsonObject {
  const role = roleOf(file, caller);
  const writes = role === "owner" || role === "writer";
  const owner = ownerOf(file);
  return {
    kind: "drive#file",
    id: file.id,
    name: file.name,
    mimeType: file.mimeType,
    starred: false,
    trashed: file.trashed,
    explicitlyTrashed: file.trashed,
    parents: file.parents,
    spaces: ["drive"],
    version: String(file.workbook?.version ?? 1),
    webViewLink: `https://docs.google.com/spreadsheets/d/${file.id}/edit?usp=drivesdk`,
    iconLink: `https://drive-thirdparty.googleusercontent.com/16/type/${file.mimeType}`,
    createdTime: iso(file.createdMs),
    modifiedTime: iso(file.modifiedMs),
    modifiedByMeTime: iso(file.modifiedMs),
    owners: [userOf(owner, caller)],
    lastModifyingUser: userOf(owner, caller),
    shared: file.permissions.length > 1,
    ownedByMe: role === "owner",
    capabilities: { canEdit: writes, canCopy: true, canDelete: role === "owner", canShare: writes },
    writersCanShare: true,
    permissions: writes ? file.permissions.map(showPermission) : [],
    permissionIds: writes ? file.permissions.map((one) => one.id) : [],
    size: "1024",
    quotaBytesUsed: "1024",
    ...file.extra,
  };
}

/** Drive v2's file resource, as far as recorded clients read it. */
export function showFileV2(file: DriveFile, caller: Caller, thumbnail = false): JsonObject {
  const self = `https://www.googleapis.com/drive/v2/files/${file.id}`;
  const page = `https://docs.google.com/spreadsheets/d/${file.id}`;
  const owner = ownerOf(file);
  const { me, ...plain } = userOf(owner, caller);
  const user = {
    ...plain,
    isAuthenticatedUser: me ?? false,
    picture: { url: "https://lh3.googleusercontent.com/a/default-user=s64" },
  };
  const modified = iso(file.modifiedMs);
  return {
    kind: "drive#file",
    id: file.id,
    etag: `"${file.modifiedMs}"`,
    selfLink: self,
    alternateLink: `${page}/edit?usp=drivesdk`,
    embedLink: `${page}/htmlembed`,
    iconLink: `https://drive-thirdparty.googleusercontent.com/16/type/${file.mimeType}`,
    // Only content that was uploaded has one at once [R].
    ...(thumbnail ? { thumbnailLink: `https://docs.google.com/feeds/vt?gd=true&id=${file.id}&v=1` } : {}),
    title: file.name,
    mimeType: file.mimeType,
    labels: { starred: false, hidden: false, trashed: file.trashed, restricted: false, viewed: true },
    copyRequiresWriterPermission: false,
    createdDate: iso(file.createdMs),
    modifiedDate: modified,
    modifiedByMeDate: modified,
    lastViewedByMeDate: modified,
    markedViewedByMeDate: iso(0),
    version: String(file.workbook?.version ?? 1),
    parents: file.parents.map((id) => ({
      kind: "drive#parentReference",
      id,
      selfLink: `${self}/parents/${id}`,
      parentLink: `https://www.googleapis.com/drive/v2/files/${id}`,
      isRoot: true,
    })),
    exportLinks:
      file.mimeType === WORKBOOK_TYPE
        ? Object.fromEntries(
            EXPORTS.map(([type, format]) => [
              type,
              `https://docs.google.com/spreadsheets/export?id=${file.id}&exportFormat=${format}`,
            ]),
          )
        : {},
    userPermission: {
      kind: "drive#permission",
      etag: `"${file.id}"`,
      id: "me",
      selfLink: `${self}/permissions/me`,
      role: "owner",
      type: "user",
      pendingOwner: false,
    },
    fileSize: "1024",
    quotaBytesUsed: "1024",
    ownerNames: [owner],
    owners: [user],
    lastModifyingUserName: owner,
    lastModifyingUser: user,
    capabilities: { canCopy: true, canEdit: true },
    editable: true,
    copyable: true,
    writersCanShare: true,
    shared: file.permissions.length > 1,
    explicitlyTrashed: file.trashed,
    appDataContents: false,
    spaces: ["drive"],
  };
}

export function userOf(email: string, caller: Caller): JsonObject {
  return {
    kind: "drive#user",
    displayName: nameOf(email),
    me: isCaller(email, caller),
    permissionId: permissionId(email),
    emailAddress: email,
  };
}

function isCaller(email: string, caller: Caller): boolean {
  return caller.kind === "open" || (caller.kind === "account" && caller.email === email);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function ownerOf(file: DriveFile): string {
  return file.permissions.find((one) => one.role === "owner")?.emailAddress ?? "owner@example.com";
}

function nameOf(email: string): string {
  return email.split("@")[0] ?? email;
}
