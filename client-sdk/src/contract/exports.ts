/** Bodies of /api/v1/export/sheets, as JSON: workbooks that are made of data and kept in step with it. */
import type { CellValue } from "./cell.ts";
import type { ExportData, LiveData } from "./templates.ts";

/** POST /api/v1/export/sheets/create */
export interface CreateExportBody {
  /** Of the one who asks: lists can be asked for by it. */
  readonly conversation_id?: string;
  /** Id of a template. */
  readonly template: string;
  readonly title: string;
  readonly data: ExportData;
  readonly share?: readonly ExportShare[];
  /** Google's id of a folder; the account's own drive when absent. */
  readonly folder?: string;
  /** Id of a connected account, "ambient", or "source:ID": the credentials of that source. */
  readonly account?: string;
  /** Key of the column that identifies a row, where the template names none: updates go by it. */
  readonly key?: string;
  /** What becomes of cells of the export that people changed by hand; "overwrite" unless given. */
  readonly edits?: HandEdits;
}

export type HandEdits = "overwrite" | "keep";

/** Who may do what with the workbook; a link that everybody may follow has the type "anyone". */
export interface ExportShare {
  readonly type?: "user" | "group" | "domain" | "anyone";
  readonly role: "reader" | "commenter" | "writer";
  /** Of a user or group. */
  readonly email?: string;
  readonly domain?: string;
  /** Whether Google writes them a mail; it does not unless asked. */
  readonly notify?: boolean;
}

export type UpdateType = "append" | "replace" | "upsert";

/** POST /api/v1/export/sheets/{id}/update */
export interface UpdateExportBody {
  readonly data: ExportData;
  readonly update_type: UpdateType;
  /** Key of the column that identifies a row, where the template names none. */
  readonly key?: string;
}

/**
 * queued: its turn comes; writing; waiting: Google is slow or refuses, it goes on by itself; done; failed: it will not
 * go on; structure-changed: people changed the sheet so that it cannot, and nothing of theirs was touched.
 */
export type ExportState =
  | "queued"
  | "writing"
  | "waiting"
  | "done"
  | "failed"
  | "structure-changed"
  | "cancelled";

export interface ExportAnswer {
  readonly id: string;
  readonly title: string;
  readonly template: { readonly id: string; readonly version: number };
  readonly conversation_id?: string;
  /** Whose it is. */
  readonly subject: string;
  readonly account: string;
  readonly state: ExportState;
  /** Of what is being written. */
  readonly progress?: ExportProgress;
  /** The workbook, once there is one. */
  readonly link?: string;
  readonly problem?: ExportProblem;
  /** What it follows. */
  readonly live?: LiveData;
  /** It does not follow that for now; the sheet shows what it last could. */
  readonly follow?: { readonly problem: ExportProblem };
  /** Updates that have not begun. */
  readonly waitingUpdates: number;
  readonly edits: HandEdits;
  readonly share: readonly ExportShare[];
  readonly notices: readonly string[];
  readonly createdAt: string;
  /** When the sheet last showed all that it was given. */
  readonly last_sync?: string;
  readonly lastUpdate?: UpdateReport;
  /** Requests that were sent to Google for it so far. */
  readonly calls: number;
}

export interface ExportProgress {
  readonly type: "create" | UpdateType;
  readonly rowsWritten: number;
  readonly rows: number;
  /** 0 to 100. */
  readonly percent: number;
}

export interface ExportProblem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** What came of writing. Rows that are unchanged cost nothing. */
export interface UpdateReport {
  readonly type: "create" | UpdateType;
  readonly at: string;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly skipped: number;
  /** The first of the skipped rows, and why. */
  readonly skippedRows: readonly SkippedRow[];
  /** Cells of the export that people had changed by hand. */
  readonly handEdits: number;
  /** The first of them, and what became of them. */
  readonly handEditCells: readonly HandEditCell[];
}

export interface SkippedRow {
  readonly tab: string;
  /** Its key, or its number in the sheet. */
  readonly row: string;
  readonly why: string;
}

export interface HandEditCell {
  readonly tab: string;
  readonly row: string;
  readonly column: string;
  readonly theirs: CellValue;
  readonly became: "overwritten" | "kept";
}
