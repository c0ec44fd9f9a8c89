/** The calls that make and change whole workbooks, through Google's own client, over our network and quota. */
import { drive_v3 } from "googleapis/build/src/apis/drive/v3.js";
import { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { err, ok, type Result } from "#contract/result.ts";
import type { NetResponse } from "../../runtime/net.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { RequestObserver, SourceError } from "../source.ts";
import type { Account } from "./account.ts";
import { exchange, type Via } from "./google-client.ts";
import { type CallError, explainNetError, explainRefusal, spentQuota } from "./problems.ts";
import type { Quota, RequestKind } from "./quota.ts";

export type WorkbookRequest = sheets_v4.Schema$Request;
export type Workbook = sheets_v4.Schema$Spreadsheet;
export type Permission = drive_v3.Schema$Permission;

/** Each call is one request. What may have taken effect although it failed says so (`inDoubt`). */
export interface WorkbookCalls {
  /** Address of the account, for messages; null: not known. */
  readonly email: string | null;
  /** Names the account where it shares a quota. */
  readonly name: string;
  /** Id of the file that carries this property of ours and is not in the trash; null: there is none. */
  findFile(property: FileProperty, signal: AbortSignal): Called<string | null>;
  /** An empty workbook; its id. */
  makeFile(file: NewFile, signal: AbortSignal): Called<string>;
  /** Where people open it. */
  linkTo(id: string): string;
  trashFile(id: string, signal: AbortSignal): Called<void>;
  share(id: string, permission: Permission, notify: boolean, signal: AbortSignal): Called<void>;
  /** `ranges` empty: all of it. */
  read(id: string, fields: string, ranges: readonly string[], signal: AbortSignal): Called<Workbook>;
  /** Notes of ours by key, wherever they lie. */
  notes(id: string, keys: readonly string[], signal: AbortSignal): Called<readonly Note[]>;
  /** With `show`, what the workbook holds right after it. */
  write(
    id: string,
    requests: readonly WorkbookRequest[],
    signal: AbortSignal,
    show?: Shown,
  ): Called<Workbook>;
  /** How long until a write may be sent that leaves `spare` others to those who come first; ms, 0: now. */
  waitMs(spare: number): number;
}

export interface Shown {
  readonly ranges: readonly string[];
  /** Of the workbook. */
  readonly fields: string;
}

export type Called<T> = Promise<Result<T, WorkbookCallError>>;
export type WorkbookCallError = CallError & { readonly inDoubt?: true };
/** Developer metadata. */
export type Note = sheets_v4.Schema$DeveloperMetadata;

export interface FileProperty {
  readonly key: string;
  readonly value: string;
}

export interface NewFile {
  readonly name: string;
  readonly folder: string | null;
  readonly property: FileProperty;
}

export interface WorkbookCallsDeps {
  readonly runtime: Runtime;
  readonly account: Account;
  readonly quota: Quota;
  /** Replaces Google's hosts; without a slash at its end. */
  readonly endpoint?: string | undefined;
  readonly observe?: RequestObserver | undefined;
}

/** Google ends its own work on a request after 180 s. */
const TIMEOUT_MS = 180_000;
/** A window of 100,000 typed cells has about 8 MB. */
const BYTES_MAX = 64 * 1024 * 1024;
const MINUTE_MS = 60_000;
const WORKBOOK_TYPE = "application/vnd.google-apps.spreadsheet";

export function createWorkbookCalls(deps: WorkbookCallsDeps): WorkbookCalls {
  const { account, quota, runtime, endpoint } = deps;
  const { clock } = runtime;
  const sheets = new sheets_v4.Sheets({ rootUrl: `${endpoint ?? "https://sheets.googleapis.com"}/` });
  const drive = new drive_v3.Drive({ rootUrl: `${endpoint ?? "https://www.googleapis.com"}/` });

  async function send(
    name: string,
    counts: RequestKind | null,
    make: (via: Via) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<Result<NetResponse, SourceError> & { readonly sent?: true }> {
    const authorized = await account.authorize(signal);
    if (!authorized.ok) return authorized;
    const nowMs = clock.monotonicMs();
    const taken = counts ? quota.take(account.consumer, counts, nowMs, counts === "write") : ok(undefined);
    if (!taken.ok) return err({ tag: "RateLimited", ...taken.error });
    const header = authorized.value;
    const answer = await exchange(make, (request) =>
      runtime.net.request({
        ...request,
        headers: { ...request.headers, ...(header === null ? {} : { authorization: header }) },
        timeoutMs: TIMEOUT_MS,
        bytesMax: BYTES_MAX,
        signal,
      }),
    );
    deps.observe?.({
      account: account.consumer.user,
      kind: name,
      status: answer.ok ? answer.value.status : 0,
    });
    if (!answer.ok) return { ...err(explainNetError(answer.error)), sent: true };
    if (answer.value.status === 401 && header !== null) account.forgetToken(header);
    return answer;
  }

  async function call<T>(
    name: string,
    counts: RequestKind | null,
    make: (via: Via) => Promise<unknown>,
    signal: AbortSignal,
  ): Called<T> {
    let answer = await send(name, counts, make, signal);
    // A token may end early: a fresh one tells whether it did.
    if (answer.ok && answer.value.status === 401) answer = await send(name, counts, make, signal);
    if (!answer.ok) return answer.sent ? err({ ...answer.error, inDoubt: true }) : answer;
    const { status, body } = answer.value;
    if (status < 200 || status >= 300) return refused(answer.value, counts);
    if (body.length === 0) return ok(null as T);
    try {
      return ok(JSON.parse(new TextDecoder().decode(body)) as T);
    } catch {
      return err({ tag: "Unreachable", detail: "Google's answer is cut short", inDoubt: true });
    }
  }

  function refused(answer: NetResponse, counts: RequestKind | null): Result<never, WorkbookCallError> {
    const error = explainRefusal(answer, account);
    if (error.tag === "RateLimited") {
      const nowMs = clock.monotonicMs();
      const waitMs = error.retryAfterMs ?? MINUTE_MS - (clock.nowMs() % MINUTE_MS) + 1_000;
      const spent = spentQuota(answer);
      if (counts) quota.hold(account.consumer, spent.kind ?? counts, spent.whose, nowMs, nowMs + waitMs);
      return err({ tag: "RateLimited", retryAfterMs: waitMs });
    }
    // 503 can come although the change was made.
    return err(answer.status >= 500 || answer.status === 408 ? { ...error, inDoubt: true } : error);
  }

  const done = async (called: Called<unknown>): Called<void> => {
    const answer = await called;
    return answer.ok ? ok(undefined) : answer;
  };
  const everywhere = { supportsAllDrives: true };

  return {
    get email() {
      return account.email;
    },
    get name() {
      return account.consumer.user;
    },
    async findFile({ key, value }, signal) {
      const q = `appProperties has { key='${key}' and value='${value}' } and trashed = false`;
      const params = { q, fields: "files(id)", pageSize: 2, includeItemsFromAllDrives: true, ...everywhere };
      const make = (via: Via) => drive.files.list(params, via);
      const answer = await call<drive_v3.Schema$FileList>("findFile", null, make, signal);
      return answer.ok ? ok(answer.value.files?.[0]?.id ?? null) : answer;
    },
    async makeFile({ name, folder, property }, signal) {
      const requestBody = {
        name,
        mimeType: WORKBOOK_TYPE,
        appProperties: { [property.key]: property.value },
        ...(folder === null ? {} : { parents: [folder] }),
      };
      const make = (via: Via) => drive.files.create({ requestBody, fields: "id", ...everywhere }, via);
      const answer = await call<drive_v3.Schema$File>("makeFile", null, make, signal);
      if (!answer.ok) return answer;
      const { id } = answer.value;
      if (!id) return err({ tag: "Malformed", path: "id", detail: "Google does not name the new file" });
      return ok(id);
    },
    linkTo: (id) =>
      endpoint ? `${endpoint}/workbook/${id}` : `https://docs.google.com/spreadsheets/d/${id}/edit`,
    trashFile(fileId, signal) {
      const params = { fileId, requestBody: { trashed: true }, fields: "id", ...everywhere };
      return done(call("trashFile", null, (via) => drive.files.update(params, via), signal));
    },
    share(fileId, requestBody, sendNotificationEmail, signal) {
      const params = { fileId, requestBody, sendNotificationEmail, fields: "id", ...everywhere };
      return done(call("share", null, (via) => drive.permissions.create(params, via), signal));
    },
    read(spreadsheetId, fields, ranges, signal) {
      const params = {
        spreadsheetId,
        fields,
        prettyPrint: false,
        ...(ranges.length > 0 && { ranges: [...ranges] }),
      };
      return call("read", "read", (via) => sheets.spreadsheets.get(params, via), signal);
    },
    async notes(spreadsheetId, keys, signal) {
      const dataFilters = keys.map((metadataKey) => ({ developerMetadataLookup: { metadataKey } }));
      const make = (via: Via) =>
        sheets.spreadsheets.developerMetadata.search({ spreadsheetId, requestBody: { dataFilters } }, via);
      const answer = await call<sheets_v4.Schema$SearchDeveloperMetadataResponse>(
        "notes",
        "read",
        make,
        signal,
      );
      if (!answer.ok) return answer;
      const found = answer.value.matchedDeveloperMetadata ?? [];
      return ok(found.flatMap(({ developerMetadata }) => developerMetadata ?? []));
    },
    async write(spreadsheetId, requests, signal, show) {
      const wanted = show && {
        includeSpreadsheetInResponse: true,
        responseRanges: [...show.ranges],
      };
      const params = {
        spreadsheetId,
        requestBody: { requests: [...requests], ...wanted },
        fields: show ? `spreadsheetId,updatedSpreadsheet(${show.fields})` : "spreadsheetId",
        prettyPrint: false,
      };
      const answer = await call<sheets_v4.Schema$BatchUpdateSpreadsheetResponse>(
        "write",
        "write",
        (via) => sheets.spreadsheets.batchUpdate(params, via),
        signal,
      );
      return answer.ok ? ok(answer.value.updatedSpreadsheet ?? {}) : answer;
    },
    waitMs(spare) {
      // Who leaves nothing to others has waited for them long enough.
      if (spare === 0) return quota.promise(account.consumer, "write", clock.monotonicMs());
      const free = quota.room(account.consumer, "write", 1 + spare, clock.monotonicMs());
      return free.ok ? 0 : free.error.retryAfterMs;
    },
  };
}
