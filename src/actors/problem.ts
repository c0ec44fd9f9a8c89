import type { SourceProblem } from "#contract/rest.ts";
import type { SourceError } from "../sources/source.ts";
import type { WriteError } from "./edits/write-back.ts";
import type { ApplyError } from "./event.ts";

/** Plain words for what is wrong with a source and what a person can do about it. */
export function sourceProblem(error: SourceError): SourceProblem {
  switch (error.tag) {
    case "RateLimited":
      return {
        code: "rate-limited",
        message: "The source asks to be read less often; it is being read more slowly for a while.",
        fix: "Nothing needs to be done. If it keeps happening, raise pollingInterval or the quota.",
      };
    case "Unreachable":
      return {
        code: "unreachable",
        message: `The source did not answer as it should: ${error.detail}`,
        fix:
          error.fix ??
          "It is tried again by itself. If it stays like this, check that the address answers from this machine.",
      };
    case "Unauthorized":
      if (error.account !== undefined) {
        return {
          code: "reconnect-account",
          message: `Reconnect this account, ${error.account}: ${error.detail}`,
          fix: error.fix,
        };
      }
      return {
        code: "unauthorized",
        message: `The source refuses access: ${error.detail}`,
        fix: error.fix,
      };
    case "NotFound":
      return {
        code: "not-found",
        message: `The source does not exist at this address: ${error.detail}`,
        fix: error.fix,
      };
    case "Malformed":
      return {
        code: "malformed",
        message: `The source's answer cannot be understood at ${error.path || "its root"}: ${error.detail}`,
        fix:
          error.fix ??
          "The last good data stay. Check what the address answers, and the settings that say where the rows are.",
      };
    case "Doubtful":
      return {
        code: error.code,
        message: `The source's content was not taken over, the last good data stay: ${error.detail}`,
        fix: error.fix,
      };
    case "Forbidden":
      return {
        code: "forbidden-address",
        message: `This daemon must not ask that address: ${error.detail}`,
        fix: error.fix,
      };
  }
}

/** The same for what keeps a snapshot from becoming durable. */
export function storageProblem(error: ApplyError): SourceProblem {
  switch (error.tag) {
    case "StorageError":
      return {
        code: "storage",
        message: `The data could not be stored: ${error.detail}`,
        fix: "It is tried again by itself. Check the free space and the permissions of the data directory.",
      };
    case "Fenced":
      return {
        code: "other-writer",
        message: "Another node writes this source's documents.",
        fix: "Nothing needs to be done while one node answers for the source.",
      };
    case "MissingDocument":
      return {
        code: "missing-document",
        message: `The document "${error.name}" is missing here; the whole source is being read again.`,
        fix: "Nothing needs to be done.",
      };
  }
}

/** Why edits cannot be written. */
export function writeProblem(error: WriteError): SourceProblem {
  switch (error.tag) {
    case "RateLimited":
      return {
        code: "rate-limited",
        message: "The source asks to be written less often; the edits go out one after the other.",
        fix: "Nothing needs to be done. If it keeps happening, raise the quota.",
      };
    case "Unauthorized":
      return {
        ...sourceProblem(error),
        message: `The source may be read, but refuses to be written: ${error.detail}`,
      };
    case "StorageError":
    case "Fenced":
      return storageProblem(error);
    default:
      return sourceProblem(error);
  }
}

/** For an actor that stopped by a bug of ours. The error itself is in the log. */
export const BUG_PROBLEM: SourceProblem = {
  code: "bug",
  message: "Sheetwire failed while working on this source and is starting over with it.",
  fix: 'Look for "actor crashed" in the log and report it with its stack.',
};
