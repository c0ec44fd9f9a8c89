/** The calls that polling and writing need, through Google's own client, over the runtime's network and our quota. */
import { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { err, ok, type Result } from "#contract/result.ts";
import type { NetResponse } from "../../runtime/net.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Budget, RequestObserver, SourceError } from "../source.ts";
import type { Box } from "./a1.ts";
import type { Account } from "./account.ts";
import { exchange, type Via } from "./google-client.ts";
import { type CallError, explainNetError, explainRefusal, spentQuota } from "./problems.ts";
import type { Quota, RequestKind } from "./quota.ts";

/** Bodies come as bytes: most polls only hash them. Each call counts as one read, `update` as one write. */
export interface SheetsApi {
  /** What the workbook is called and made of; which rows are hidden where that is asked for. */
  list(
    options: { readonly hiddenRows: boolean },
    signal: AbortSignal,
  ): Promise<Result<Uint8Array, CallError>>;
  /** Values of `ranges`: numbers and dates as numbers, nothing formatted. */
  values(ranges: readonly string[], signal: AbortSignal): Promise<Result<Uint8Array, CallError>>;
  /** The same with formulas instead of their results. */
  formulas(ranges: readonly string[], signal: AbortSignal): Promise<Result<Uint8Array, CallError>>;
  /** Typed values and number formats of `ranges`. */
  cells(ranges: readonly string[], signal: AbortSignal): Promise<Result<Uint8Array, CallError>>;
  /** All that decides what may be written where in these parts of tabs, at one moment. */
  facts(parts: readonly TabPart[], signal: AbortSignal): Promise<Result<Uint8Array, CallError>>;
  /** Developer metadata by its id. */
  metadata(id: number, signal: AbortSignal): Promise<Result<Uint8Array, CallError>>;
  /** All requests or none; the answer shows the cells of `ranges` as they are then. Counts as one write. */
  update(
    requests: readonly sheets_v4.Schema$Request[],
    ranges: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<Uint8Array, CallError>>;
  /** Whether the quota leaves a write now. */
  writeRoom(): Result<void, SourceError>;
  /** Whether the quota leaves so many reads now. */
  room(reads: number): Result<void, SourceError>;
  /** The same for reads that the poll cannot do without: refused, they are kept free for its next turn. */
  claim(reads: number): Result<void, SourceError>;
  readonly budget: Budget;
}

/** Of one tab, named by its id: no rename can lead it astray. */
export interface TabPart {
  readonly sheetId: number;
  readonly box: Box;
}

export interface SheetsApiDeps {
  readonly runtime: Runtime;
  readonly account: Account;
  readonly quota: Quota;
  readonly workbookId: string;
  /** Replaces Google's host; without a slash at its end. */
  readonly endpoint?: string | undefined;
  /** Bound of one answer. */
  readonly bytesMax: number;
  readonly observe?: RequestObserver | undefined;
}

/** Google ends its own work on a request after 180 s. */
const TIMEOUT_MS = 180_000;
/** Our clock and Google's differ a little. */
const CLOCK_SLACK_MS = 1_000;

const listFields = (hiddenRows: boolean): string =>
  "properties(title,locale,timeZone),namedRanges(namedRangeId,name,range)," +
  "sheets(properties(sheetId,title,index,hidden,sheetType,gridProperties(rowCount,columnCount)),merges" +
  `${hiddenRows ? ",data(rowMetadata(hiddenByUser,hiddenByFilter))" : ""})`;
const CELL_FIELDS =
  "sheets(properties(sheetId),data(startRow,startColumn,rowData(values(formattedValue,userEnteredValue,effectiveValue,effectiveFormat(numberFormat)))))";

const FACT_FIELDS =
  "namedRanges(namedRangeId,range),sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),merges," +
  "protectedRanges(range,unprotectedRanges,warningOnly,requestingUserCanEdit)," +
  "data(startRow,startColumn,rowMetadata(hiddenByUser,hiddenByFilter),columnMetadata(hiddenByUser,hiddenByFilter)," +
  "rowData(values(userEnteredValue,effectiveValue,formattedValue,dataValidation(strict,condition)))))";
const UPDATE_FIELDS =
  "spreadsheetId,updatedSpreadsheet(sheets(properties(sheetId,title),data(startRow,startColumn,rowData(values(userEnteredValue,effectiveValue)))))";

type Call = (via: Via) => Promise<unknown>;
type Kind = "list" | "values" | "formulas" | "cells" | "facts" | "metadata" | "write";

export function createSheetsApi(deps: SheetsApiDeps): SheetsApi {
  const { account, quota, runtime, workbookId: spreadsheetId } = deps;
  const { spreadsheets } = new sheets_v4.Sheets({
    rootUrl: `${deps.endpoint ?? "https://sheets.googleapis.com"}/`,
    ...(account.apiKey === null ? {} : { auth: account.apiKey }),
  });

  let sent = 0;
  let wanted = 0;
  const budget = budgetOf(deps, { sent: () => sent, wanted: () => wanted });

  async function request(
    kind: Kind,
    call: Call,
    signal: AbortSignal,
  ): Promise<Result<Uint8Array, CallError>> {
    const first = await send(kind, call, signal);
    if (!first.ok) return first;
    let answer = first.value;
    if (answer.status === 401 && account.apiKey === null) {
      // A token may end early, by revocation or a clock that was set: a fresh one tells which.
      const second = await send(kind, call, signal);
      if (!second.ok) return second;
      answer = second.value;
    }
    if (answer.status >= 200 && answer.status < 300) return ok(answer.body);
    const error = explainRefusal(answer, account, kind === "write" ? "write" : "read");
    return err(error.tag === "RateLimited" ? holdQuota(kind, answer, error.retryAfterMs) : error);
  }

  async function send(
    kind: Kind,
    call: Call,
    signal: AbortSignal,
  ): Promise<Result<NetResponse, SourceError>> {
    const authorized = await account.authorize(signal);
    if (!authorized.ok) return err(ofAccount(authorized.error, signal));
    const taken = quota.take(account.consumer, counted(kind), runtime.clock.monotonicMs());
    if (!taken.ok) return err({ tag: "RateLimited", ...taken.error });
    if (counted(kind) === "read") sent++;
    const credentials = authorized.value === null ? {} : { authorization: authorized.value };
    const answer = await exchange(call, (request) => {
      const headers = { ...request.headers, ...credentials };
      return runtime.net.request({
        ...request,
        headers,
        timeoutMs: TIMEOUT_MS,
        bytesMax: deps.bytesMax,
        signal,
      });
    });
    deps.observe?.({ account: budget.account, kind, status: answer.ok ? answer.value.status : 0 });
    if (!answer.ok) return err(explainNetError(answer.error));
    if (answer.value.status === 401 && authorized.value !== null) account.forgetToken(authorized.value);
    return answer;
  }

  /** Google counts by the minute and does not say when it turns: by the clock is as good a guess as any. */
  function holdQuota(kind: Kind, answer: NetResponse, retryAfterMs: number | undefined): SourceError {
    const spent = spentQuota(answer);
    const waitMs = retryAfterMs ?? untilMinuteTurns(runtime.clock.nowMs());
    const nowMs = runtime.clock.monotonicMs();
    quota.hold(account.consumer, spent.kind ?? counted(kind), spent.whose, nowMs, nowMs + waitMs);
    return { tag: "RateLimited", retryAfterMs: waitMs };
  }

  function room(reads: number): Result<void, SourceError> {
    const free = quota.room(account.consumer, "read", reads, runtime.clock.monotonicMs());
    return free.ok ? free : err({ tag: "RateLimited", ...free.error });
  }

  function batchGet(
    ranges: readonly string[],
    valueRenderOption: "UNFORMATTED_VALUE" | "FORMULA",
    signal: AbortSignal,
  ): Promise<Result<Uint8Array, CallError>> {
    const params = {
      spreadsheetId,
      ranges: [...ranges],
      majorDimension: "ROWS",
      valueRenderOption,
      dateTimeRenderOption: "SERIAL_NUMBER",
      prettyPrint: false,
    };
    const kind = valueRenderOption === "FORMULA" ? "formulas" : "values";
    return request(kind, (via) => spreadsheets.values.batchGet(params, via), signal);
  }

  return {
    list: ({ hiddenRows }, signal) => {
      const params = { spreadsheetId, fields: listFields(hiddenRows), prettyPrint: false };
      return request("list", (via) => spreadsheets.get(params, via), signal);
    },
    values: (ranges, signal) => batchGet(ranges, "UNFORMATTED_VALUE", signal),
    formulas: (ranges, signal) => batchGet(ranges, "FORMULA", signal),
    cells: (ranges, signal) => {
      const params = { spreadsheetId, ranges: [...ranges], fields: CELL_FIELDS, prettyPrint: false };
      return request("cells", (via) => spreadsheets.get(params, via), signal);
    },
    facts(parts, signal) {
      const dataFilters = parts.map(({ sheetId, box }) => ({ gridRange: gridRangeOf(sheetId, box) }));
      const params = { spreadsheetId, fields: FACT_FIELDS, prettyPrint: false, requestBody: { dataFilters } };
      return request("facts", (via) => spreadsheets.getByDataFilter(params, via), signal);
    },
    metadata(id, signal) {
      const dataFilters = [{ developerMetadataLookup: { metadataId: id } }];
      const params = { spreadsheetId, prettyPrint: false, requestBody: { dataFilters } };
      return request("metadata", (via) => spreadsheets.developerMetadata.search(params, via), signal);
    },
    update(requests, ranges, signal) {
      const requestBody = {
        requests: [...requests],
        // Without ranges the whole workbook would be answered.
        includeSpreadsheetInResponse: ranges.length > 0,
        responseRanges: [...ranges],
        responseIncludeGridData: true,
      };
      const params = { spreadsheetId, fields: UPDATE_FIELDS, prettyPrint: false, requestBody };
      return request("write", (via) => spreadsheets.batchUpdate(params, via), signal);
    },
    budget,
    writeRoom() {
      const free = quota.room(account.consumer, "write", 1, runtime.clock.monotonicMs());
      return free.ok ? free : err({ tag: "RateLimited", ...free.error });
    },
    room,
    claim(reads) {
      const free = room(reads);
      wanted = free.ok ? 0 : reads;
      return free;
    },
  };
}

function counted(kind: Kind): RequestKind {
  return kind === "write" ? "write" : "read";
}

function gridRangeOf(sheetId: number, { row, column, endRow, endColumn }: Box): sheets_v4.Schema$GridRange {
  return {
    sheetId,
    ...(row > 0 ? { startRowIndex: row } : {}),
    ...(column > 0 ? { startColumnIndex: column } : {}),
    ...(endRow === null ? {} : { endRowIndex: endRow }),
    ...(endColumn === null ? {} : { endColumnIndex: endColumn }),
  };
}

/** Without a token none of the account's sources can be read. */
function ofAccount(error: SourceError, signal: AbortSignal): SourceError {
  const shared = error.tag === "Unauthorized" || error.tag === "Unreachable";
  return shared && !signal.aborted ? { ...error, shared: true } : error;
}

function budgetOf(
  { account, quota, runtime: { clock } }: SheetsApiDeps,
  counts: Pick<Budget, "sent" | "wanted">,
): Budget {
  const limit = (whose: "user" | "project"): number =>
    quota.limit(account.consumer, "read", whose, clock.monotonicMs());
  return {
    account: account.consumer.user,
    project: account.consumer.project,
    limits: () => ({ account: limit("user"), project: limit("project") }),
    used: () => quota.used(account.consumer, "read", clock.monotonicMs()),
    ...counts,
    waitMs(reads) {
      const free = quota.room(account.consumer, "read", reads, clock.monotonicMs());
      return free.ok ? 0 : free.error.retryAfterMs;
    },
  };
}

function untilMinuteTurns(nowMs: number): number {
  return 60_000 - (nowMs % 60_000) + CLOCK_SLACK_MS;
}
