/** A file of the emulated Drive, and who may see it. */
import type { Workbook } from "../grid/workbook.ts";
import type { JsonObject } from "../http/json.ts";
import type { Caller } from "../oauth/caller.ts";

export const WORKBOOK_TYPE = "application/vnd.google-apps.spreadsheet";

export type Role = "owner" | "writer" | "commenter" | "reader";

export interface Permission {
  readonly id: string;
  readonly type: "user" | "group" | "domain" | "anyone";
  readonly role: Role;
  /** Of a user or group. */
  readonly emailAddress?: string;
  readonly domain?: string;
}

export interface DriveFile {
  readonly id: string;
  /** Of a workbook: its title. */
  name: string;
  readonly mimeType: string;
  readonly createdMs: number;
  modifiedMs: number;
  parents: string[];
  trashed: boolean;
  permissions: Permission[];
  /** description, properties, appProperties: kept and given back. */
  extra: JsonObject;
  readonly workbook: Workbook | null;
  /** What was uploaded into a file that is no workbook. */
  content?: string;
}

const RANK: Readonly<Record<Role, number>> = { reader: 1, commenter: 2, writer: 3, owner: 4 };

/** The strongest role the caller has; null for none. */
export function roleOf(file: DriveFile, caller: Caller): Role | null {
  if (caller.kind === "open") return "owner";
  let best: Role | null = null;
  for (const one of file.permissions) {
    const email = caller.kind === "account" ? caller.email : null;
    const applies =
      one.type === "anyone" ||
      (email !== null && one.emailAddress === email) ||
      (one.domain !== undefined && email?.endsWith(`@${one.domain}`));
    if (applies && (best === null || RANK[one.role] > RANK[best])) best = one.role;
  }
  return best;
}

/** Stable for one person, as Drive's are. */
export function permissionId(email: string): string {
  let hash = 7;
  for (const letter of email) hash = (hash * 31 + letter.charCodeAt(0)) % 900_719_925_474_099;
  return `1${String(hash).padStart(19, "0")}`;
}
