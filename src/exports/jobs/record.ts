/** An export as it is kept: what it is, how far it is, and what waits. Its data stand beside it, in parts. */
import type { ExportProblem, ExportShare, HandEdits, UpdateReport, UpdateType } from "#contract/exports.ts";
import type { LiveData } from "#contract/templates.ts";
import type { Grant } from "../../access/grant.ts";
import type { Claims } from "../../model/where/compile.ts";

export interface ExportRecord {
  readonly id: string;
  readonly subject: string;
  readonly conversationId: string | null;
  readonly title: string;
  readonly template: { readonly id: string; readonly version: number };
  /** Whose credentials are used. */
  readonly account: string;
  readonly folder: string | null;
  readonly share: readonly ExportShare[];
  readonly edits: HandEdits;
  readonly live: LiveData | null;
  /** Of who asked for a live view: what they may see of it. */
  readonly claims: Claims;
  /** By whose right the live data are read; records of older versions have none. */
  readonly reader?: Reader;
  /** Key column that the one who asked named; null: the template's. */
  readonly key: string | null;
  readonly notices: readonly string[];
  /** Wall time, ms. */
  readonly createdAt: number;
  readonly file: MadeFile | null;
  /** Of the next batch: no two batches have the same. */
  readonly sequence: number;
  /** Requests that were sent for it. */
  readonly calls: number;
  /** Generation of the data that the sheet shows; null: it was never finished. */
  readonly shown: number | null;
  readonly nextGeneration: number;
  /** In order; the first is at work. */
  readonly jobs: readonly Job[];
  /** Names of the latest jobs that ended: one that comes again is not done again. */
  readonly ended: readonly string[];
  readonly phase: Phase;
  /** In a row, without a step that went well. */
  readonly failures: number;
  readonly lastSync: number | null;
  readonly lastUpdate: UpdateReport | null;
  /** Why it does not follow its live data for now; records of older versions have none. */
  readonly follow?: ExportProblem | null;
}

/** A bearer as access knows it: asked again at each look whether its token may still read. */
export type Reader = Grant;

export interface MadeFile {
  readonly id: string;
  readonly link: string;
  /** Ids of the tabs that it was made with. */
  readonly before: readonly number[];
}

export type JobType = "create" | UpdateType;

export interface Job {
  /** Names it over retries: one that comes again is the same. */
  readonly id: string;
  readonly type: JobType;
  /** Of its data. */
  readonly generation: number;
  readonly rows: number;
  readonly stage: "make" | "write" | "share";
  /** Batches that are made. */
  readonly batches: number;
  readonly rowsWritten: number;
  /** Of an append: rows of the data that are done with, by tab. */
  readonly appended: Readonly<Record<string, number>>;
  readonly counts: Counts;
  /** Shares that are given. */
  readonly shared: number;
  /** A batch that may have been sent. */
  readonly intent: Intent | null;
}

/** What a batch does, known before it is sent: added to the job once the batch's receipt is there. */
export interface Intent {
  readonly rows: number;
  readonly appended: Readonly<Record<string, number>>;
  readonly counts: Counts;
}

export type Counts = Omit<UpdateReport, "type" | "at">;

/**
 * Idle: nothing to do; Ready: goes on at its turn; Waiting: goes on by itself later; Failed: not without a person;
 * Removing: it goes, and nothing of it is shown any more.
 */
export type Phase =
  | { readonly tag: "Idle" }
  | { readonly tag: "Ready" }
  | { readonly tag: "Waiting"; readonly problem: ExportProblem }
  | { readonly tag: "Failed"; readonly problem: ExportProblem; readonly structure: boolean }
  | { readonly tag: "Cancelled" }
  | { readonly tag: "Removing"; readonly trash: boolean };

export const NO_COUNTS: Counts = {
  added: 0,
  changed: 0,
  unchanged: 0,
  removed: 0,
  skipped: 0,
  skippedRows: [],
  handEdits: 0,
  handEditCells: [],
};

/** Of what a report lists one by one. */
const LISTED_MAX = 100;

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    added: a.added + b.added,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    removed: a.removed + b.removed,
    skipped: a.skipped + b.skipped,
    skippedRows: [...a.skippedRows, ...b.skippedRows].slice(0, LISTED_MAX),
    handEdits: a.handEdits + b.handEdits,
    handEditCells: [...a.handEditCells, ...b.handEditCells].slice(0, LISTED_MAX),
  };
}

export function newJob(id: string, type: JobType, generation: number, rows: number): Job {
  return {
    id,
    type,
    generation,
    rows,
    stage: type === "create" ? "make" : "write",
    batches: 0,
    rowsWritten: 0,
    appended: {},
    counts: NO_COUNTS,
    shared: 0,
    intent: null,
  };
}
