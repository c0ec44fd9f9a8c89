/** Sharing files. */
import { type DriveFile, type Permission, permissionId, type Role } from "./file-store.ts";

/** Gives an account, or everybody with "anyone", a role; a former one of the same is replaced. */
export function grantTo(file: DriveFile, who: string, role: Role): Permission {
  const permission: Permission =
    who === "anyone"
      ? { id: "anyoneWithLink", type: "anyone", role }
      : { id: permissionId(who), type: "user", role, emailAddress: who };
  file.permissions = [...file.permissions.filter((one) => one.id !== permission.id), permission];
  return permission;
}
