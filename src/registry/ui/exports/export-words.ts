/** The words of exports: states, reports, shares. */
import type {
  ExportAnswer,
  ExportShare,
  ExportState,
  UpdateReport,
  UpdateType,
} from "../../../../client-sdk/src/contract/exports.ts";
import { countWords, type Tone } from "../parts/words.ts";

export const EXPORT_STATES: Readonly<Record<ExportState, { word: string; tone: Tone; means: string }>> = {
  queued: { word: "queued", tone: "busy", means: "Its turn comes: the write quota is shared." },
  writing: { word: "writing", tone: "busy", means: "Rows are on their way into the sheet." },
  waiting: { word: "waiting", tone: "warn", means: "Google is slow or refuses; it goes on by itself." },
  done: { word: "done", tone: "good", means: "The sheet shows all that it was given." },
  failed: { word: "failed", tone: "bad", means: "It needs a person: see the problem." },
  "structure-changed": {
    word: "sheet changed",
    tone: "warn",
    means:
      "People changed the sheet so that the export does not find its tab, header or columns any more. Nothing of theirs was touched, and nothing is written until the sheet is mended and it is tried again.",
  },
  cancelled: { word: "cancelled", tone: "off", means: "What was written stays." },
};

/** Something goes on by itself: worth looking often. */
export function isBusy({ state, waitingUpdates }: Pick<ExportAnswer, "state" | "waitingUpdates">): boolean {
  return ["queued", "writing", "waiting"].includes(state) || (state === "done" && waitingUpdates > 0);
}

/** A person may have it tried again. */
export function needsPerson({ state }: Pick<ExportAnswer, "state">): boolean {
  return state === "failed" || state === "structure-changed";
}

export const JOB_WORDS: Readonly<Record<"create" | UpdateType, string>> = {
  create: "making the sheet",
  append: "adding rows",
  replace: "replacing the rows",
  upsert: "changing and adding rows",
};

/** "2 added, 1 changed, 1,997 unchanged": what is naught is left out. */
export function reportWords(report: UpdateReport): string {
  const parts = COUNTS.filter((name) => report[name] > 0).map(
    (name) => `${report[name].toLocaleString("en")} ${name}`,
  );
  return parts.length === 0 ? "nothing to do" : parts.join(", ");
}

export const COUNTS = ["added", "changed", "unchanged", "removed", "skipped"] as const;

/** "ann@example.com may write". */
export function shareWords({ type, role, email, domain }: ExportShare): string {
  const who =
    type === "anyone" ? "anyone with the link" : (email ?? (domain && `all of ${domain}`) ?? "somebody");
  return `${who} may ${ROLES[role]}`;
}

const ROLES: Readonly<Record<ExportShare["role"], string>> = {
  reader: "read",
  commenter: "comment",
  writer: "edit",
};

export function progressWords({ type, rowsWritten, rows }: NonNullable<ExportAnswer["progress"]>): string {
  return `${JOB_WORDS[type]}: ${rowsWritten.toLocaleString("en")} of ${countWords(rows, "row", "rows")}`;
}
