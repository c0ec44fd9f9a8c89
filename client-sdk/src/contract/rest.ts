/** Bodies of the REST API, as JSON. Secrets never appear in an answer: only their last four characters. */
import type { CellValue } from "./cell.ts";
import type {
  EmptyPolicy,
  FeedAuth,
  FeedColumn,
  FeedFormat,
  FeedTab,
  FeedWrite,
  Pagination,
} from "./feed.ts";
import type { ColumnType, RowId, Slot } from "./layout.ts";

export type SourceType = "googleSheet" | "external";

/**
 * loading: not read yet; live: the last poll succeeded; waiting: rate limited, the pace is stretched;
 * failing: the last poll failed, retried with backoff; failed: needs a person (credentials, address);
 * paused: by a person.
 */
export type SourceState = "loading" | "live" | "waiting" | "failing" | "failed" | "paused";

export type Credentials =
  | { readonly type: "serviceAccount"; readonly key: ServiceAccountKey }
  /** A key file on the daemon's machine, below the folder that its configuration allows. */
  | { readonly type: "serviceAccountFile"; readonly path: string }
  | { readonly type: "apiKey"; readonly key: string }
  | { readonly type: "account"; readonly id: string }
  | { readonly type: "ambient" };

export interface ServiceAccountKey {
  readonly client_email: string;
  readonly private_key: string;
  readonly project_id?: string;
  readonly private_key_id?: string;
}

export interface RegisterBody {
  readonly id?: string;
  readonly name: string;
  readonly description?: string;
  readonly type: SourceType;
  readonly url: string;
  /** Milliseconds between polls while nothing asks for more or less. */
  readonly pollingInterval?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly apiKey?: string;
  readonly credentials?: Credentials;
  /** The tabs to sync, by title, A1 range ("Prices!B3:F") or named range; all when absent. Of a feed: FeedTab. */
  readonly tabs?: readonly (string | FeedTab)[];
  /** Per tab, as named in `tabs` or by title, the header of the column that identifies a row. */
  readonly keyColumns?: Readonly<Record<string, string>>;
  /** For all tabs, or per tab as `keyColumns`. */
  readonly headerRow?: HeaderRow | Readonly<Record<string, HeaderRow>>;
  readonly hidden?: HiddenParts;
  /** Whether the formulas behind cells are synced beside their values. */
  readonly formulas?: boolean;
  readonly writable?: boolean;
  /** "sheet" unless given. */
  readonly conflictPolicy?: "sheet" | "client" | "latest" | "ask";
  /** What may be written; of writable sources. */
  readonly writes?: WriteRules;
  /** From here on: of feeds alone. What the body is written in; as it says itself when absent. */
  readonly format?: FeedFormat;
  /** These three say what FeedTab says, for a feed with one tab. */
  readonly rowsPath?: string;
  readonly keyField?: string;
  readonly columns?: readonly FeedColumn[];
  readonly pagination?: Pagination;
  readonly auth?: FeedAuth;
  readonly emptyPolicy?: EmptyPolicy;
  /** Largest content to take, all pages together. Without it content that grows a hundredfold is not taken. */
  readonly bytesMax?: number;
  /** How edits go back; of writable feeds. */
  readonly write?: FeedWrite;
  /** Whether the feed's address streams server-sent events: each one leads to a poll. */
  readonly events?: string;
}

/** "first": the first row with content; "none": the tab has no header; a number: the row of that number in the sheet. */
export type HeaderRow = "first" | "none" | number;

/** Whether what is hidden in the workbook is synced. A tab that is named in `tabs` always is. */
export interface HiddenParts {
  /** false unless given. */
  readonly tabs?: boolean;
  /** Rows hidden by hand or by a filter; true unless given. */
  readonly rows?: boolean;
}

/** What edits may touch; each is false unless given. */
export interface WriteRules {
  /** Whether formulas may be written, and cells that hold one be replaced. */
  readonly formulas?: boolean;
  /** Whether cells are written that the sheet protects with a warning alone. */
  readonly protectedCells?: boolean;
  /** Whether cells of hidden rows and columns are written. */
  readonly hiddenCells?: boolean;
  /** Where a row goes whose edit names no place; "end" unless given. */
  readonly newRows?: "end" | "top";
  /** Per tab as `keyColumns`, by header. */
  readonly columns?: Readonly<Record<string, Readonly<Record<string, ColumnRule>>>>;
}

export interface ColumnRule {
  /** "two-way" unless given; "new-rows": written in rows that are added, and nowhere else. */
  readonly direction?: "two-way" | "read-only" | "new-rows";
  /** Instead of the source's. */
  readonly conflictPolicy?: "sheet" | "client" | "latest" | "ask";
}

/**
 * What is absent stays as it is, secrets too; null removes what may be absent, or puts its default back. Headers
 * are merged by name; everything else is replaced whole. The type and the id of a source never change.
 */
export type UpdateBody = Partial<Pick<RegisterBody, "id" | "name" | "type" | "url">> & {
  readonly [Field in keyof Removable]?: Removable[Field] | null;
} & { readonly headers?: Readonly<Record<string, string | null>> | null };

type Removable = Omit<RegisterBody, "id" | "name" | "type" | "url" | "headers">;

export interface TabAnswer {
  /** The name in document ids; fixed when the tab is first seen. */
  readonly name: string;
  /** The title it has in the workbook now. */
  readonly title: string;
  readonly rows: number;
  readonly columns: number;
  readonly revision: string;
  /** Merged cells as A1 ranges, such as "A1:C1": the value stands in the first cell of each, the others are empty. */
  readonly merges?: readonly string[];
}

/** What its cells alone do not tell of a workbook: dates and numbers are to be read by these. */
export interface WorkbookAnswer {
  readonly title: string;
  /** IANA name, such as "Europe/Berlin"; dates and times of the cells are local to it. */
  readonly timeZone: string;
  /** Such as "en_US". */
  readonly locale: string;
}

/** Why a source does not work and what a person can do about it. */
export interface SourceProblem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

export interface SourceAnswer {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly type: SourceType;
  readonly url: string;
  readonly pollingInterval: number;
  readonly state: SourceState;
  readonly tabs: readonly TabAnswer[];
  readonly workbook?: WorkbookAnswer;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastPollAt?: string;
  readonly lastChangeAt?: string;
  readonly nextPollAt?: string;
  readonly error?: SourceProblem;
  /** What is not synced, or is odd about the source's content, each a sentence. */
  readonly notices?: readonly string[];
  readonly credentials?: { readonly type: Credentials["type"]; readonly hint?: string };
  readonly apiKeyHint?: string;
  /** Names of the extra headers, each with its value's last four characters. */
  readonly headerHints?: Readonly<Record<string, string>>;
  readonly tabsWanted?: RegisterBody["tabs"];
  readonly keyColumns?: Readonly<Record<string, string>>;
  readonly headerRow?: RegisterBody["headerRow"];
  readonly hidden?: HiddenParts;
  readonly formulas?: boolean;
  readonly writable?: boolean;
  readonly conflictPolicy?: RegisterBody["conflictPolicy"];
  readonly writes?: WriteRules;
  /** Absent: no edit is on its way. */
  readonly writeBack?: WriteBackAnswer;
  readonly format?: RegisterBody["format"];
  readonly rowsPath?: string;
  readonly keyField?: string;
  readonly columns?: RegisterBody["columns"];
  readonly pagination?: Pagination;
  /** With the last four characters of the secret. */
  readonly auth?: { readonly type: FeedAuth["type"]; readonly hint?: string };
  readonly emptyPolicy?: EmptyPolicy;
  readonly bytesMax?: number;
  readonly events?: string;
}

/** Edits on their way into the source. */
export interface WriteBackAnswer {
  readonly pending: number;
  /** When the oldest of them arrived, ISO 8601, UTC. */
  readonly oldestAt?: string;
  /** Why they are not written at present. */
  readonly problem?: SourceProblem;
}

/** What a source would bring if it were registered; nothing is saved. */
export interface PreviewAnswer {
  readonly tabs: readonly PreviewTab[];
  readonly notices: readonly string[];
  /** Why it cannot be read; `tabs` is empty then. */
  readonly error?: SourceProblem;
}

export interface PreviewTab {
  readonly title: string;
  readonly columns: readonly {
    readonly header: string;
    readonly key: string;
    readonly type: ColumnType;
    readonly format?: string;
  }[];
  /** The key of the column that identifies a row. */
  readonly keyColumn?: string;
  /** The first rows, each by column. */
  readonly rows: readonly (readonly CellValue[])[];
  /** Of all rows. */
  readonly rowCount: number;
}

export interface RowsAnswer {
  readonly revision: string;
  readonly columns: readonly {
    readonly slot: Slot;
    readonly header: string;
    readonly key: string;
    readonly type: ColumnType;
    readonly format?: string;
  }[];
  readonly rows: readonly RowAnswer[];
  /** Where a limit cut the rows: `?cursor=` of the next page. */
  readonly next?: string;
}

export type RowAnswer = { readonly $row: RowId } & { readonly [key: string]: CellValue };

/** RFC 9457 problem details; `errors` names each bad field of a request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
}

export interface FieldProblem {
  /** Path of the field in the body, such as "credentials.key.private_key". */
  readonly field: string;
  readonly problem: string;
  readonly fix: string;
}
