/** All files of the emulated Drive: who owns them, who may see them, when they changed. */

import { Workbook } from "../grid/workbook.ts";
import { forbidden, notFound } from "../http/errors.ts";
import type { Caller } from "../oauth/caller.ts";
import type { World } from "../world.ts";
import { ChangeLog } from "./change-log.ts";
import { type DriveFile, permissionId, roleOf, WORKBOOK_TYPE } from "./file.ts";
import { PushChannels } from "./push-channels.ts";

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
