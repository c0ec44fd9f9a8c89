/** What a failure at Google is for an export's machine: waited out, or for a person. */
import type { WorkbookCallError } from "../../sources/google/workbook-calls.ts";
import type { ExportEvent } from "../jobs/transition.ts";
import type { LookError } from "./look.ts";

export function eventOf(error: LookError | WorkbookCallError): ExportEvent {
  switch (error.tag) {
    case "RateLimited": {
      const message = "Google takes no more writes for now";
      const problem = {
        code: "rate-limited",
        message,
        fix: "Nothing needs to be done: it goes on by itself",
      };
      return { tag: "Troubled", problem, retryAfterMs: error.retryAfterMs ?? null };
    }
    case "Unreachable": {
      const fix = error.fix ?? "Nothing needs to be done: it is tried again by itself";
      return {
        tag: "Troubled",
        problem: { code: "unreachable", message: error.detail, fix },
        retryAfterMs: null,
      };
    }
    case "StructureChanged":
      return refused("structure-changed", error.message, error.fix, true);
    case "NotFound":
      return refused(
        "workbook-gone",
        `the workbook, or its folder, cannot be found: ${error.detail}`,
        "Take it out of the trash or share it with the account again, then POST .../retry",
        true,
      );
    case "Unauthorized":
      return refused("unauthorized", error.detail, error.fix);
    case "BadRange":
      return refused("refused", error.detail, RETRY);
    case "Malformed":
      return refused("refused", error.detail, error.fix ?? RETRY);
    case "Doubtful":
    case "Forbidden":
      return refused("refused", error.detail, error.fix);
  }
}

export function storageTrouble(): ExportEvent {
  const problem = {
    code: "storage-refused",
    message: "the daemon's storage refuses",
    fix: "It is tried again by itself; look at the disk",
  };
  return { tag: "Troubled", problem, retryAfterMs: null };
}

const RETRY = "Correct what Google says, then POST .../retry";

export function refused(code: string, message: string, fix: string, structure = false): ExportEvent {
  return { tag: "Refused", problem: { code, message, fix }, structure };
}
