/** All files of the emulated Drive: who owns them, who may see them, when they changed. */

import { Workbook } from "../grid/workbook.ts";
import { forbidden, notFound } from "../http/errors.ts";
import type { JsonObject } from "../http/json.ts";
import type { Caller } from "../oauth/caller.ts";
import { ChangeLog } from "./change-log.ts";
import { PushChannels } from "./push-channels.ts";

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

export interface World {
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
}

export class FileStore {
  private readonly files = new Map<string, DriveFile>();
  private readonly world: World;
  readonly changes = new ChangeLog();
  readonly channels = new PushChannels();

  constructor(world: World) {
    this.world = world;
  }

  create(name: string, mimeType: string, owner: string, id = this.newId()): DriveFile {
    const { nowMs, random } = this.world;
    const workbook = mimeType === WORKBOOK_TYPE ? new Workbook(id, name, nowMs, random) : null;
    let plainName = name;
    const file: DriveFile = {
      id,
      get name() {
        return workbook ? workbook.properties.title : plainName;
      },
      set name(value) {
        if (workbook) workbook.properties.title = value;
        else plainName = value;
      },
      mimeType,
      createdMs: nowMs(),
      modifiedMs: nowMs(),
      parents: ["root"],
      trashed: false,
      permissions: [{ id: permissionId(owner), type: "user", role: "owner", emailAddress: owner }],
      extra: {},
      workbook,
    };
    this.files.set(id, file);
    return file;
  }

  get(id: string): DriveFile | undefined {
    return this.files.get(id);
  }

  /** In order of creation. */
  all(): DriveFile[] {
    return [...this.files.values()];
  }

  remove(id: string): boolean {
    const file = this.files.get(id);
    if (file) this.changes.noteRemoved(file, this.world.nowMs());
    return this.files.delete(id);
  }

  /** The content changed: pages see a new version, Drive a new modification time. */
  touch(file: DriveFile): void {
    if (file.workbook) file.workbook.version += 1;
    file.modifiedMs = this.world.nowMs();
    this.changes.note(file, file.modifiedMs);
  }

  /** The file's workbook as Sheets gives it to a caller: 404 when it is unknown, 403 when it is not shared. */
  openWorkbook(
    id: string,
    caller: Caller,
    access: "read" | "write",
  ): { file: DriveFile; workbook: Workbook } {
    const file = this.files.get(id);
    if (!file?.workbook) throw notFound();
    const role = roleOf(file, caller);
    if (!role || (access === "write" && role !== "owner" && role !== "writer")) throw forbidden();
    return { file, workbook: file.workbook };
  }

  get random(): () => number {
    return () => this.world.random();
  }

  newId(): string {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let id = "1";
    while (id.length < 44) id += letters[Math.floor(this.world.random() * letters.length)];
    return id;
  }
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
