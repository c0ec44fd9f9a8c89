/** What the form for a new source holds of a feed, and its part of the request. */
import type {
  EmptyPolicy,
  FeedAuth,
  FeedColumn,
  FeedFormat,
  FeedTab,
  FeedWrite,
  Pagination,
} from "../../../../client-sdk/src/contract/feed.ts";
import type { FieldProblem, RegisterBody } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import { parseColumns } from "./parse-columns.ts";
import { parseLines } from "./parse-lines.ts";

export interface NewFeed {
  readonly format: FeedFormat | "auto";
  readonly rowsPath: string;
  readonly keyField: string;
  /** Lines such as `price.amount = Price : number`. */
  readonly columns: string;
  /** Instead of the three above, for a feed with several tabs. */
  readonly feedTabs: readonly NewFeedTab[];
  readonly pages: "none" | Pagination["type"];
  /** Where the next page is told. */
  readonly nextPath: string;
  readonly pageParameter: string;
  readonly pagesMax: string;
  /** Number of the first page, where pages are counted. */
  readonly pageFirst: string;
  readonly emptyPolicy: EmptyPolicy;
  readonly bytesMax: string;
  /** keep: as it is known to the daemon, which does not tell. */
  readonly feedWrites: "no" | "keep" | FeedWrite["type"];
  /** The requests of cell, add and remove, as JSON. */
  readonly feedRequests: string;
  readonly signIn: "none" | FeedAuth["type"];
  /** Token, password, key or the client's secret, by `signIn`. */
  readonly signInSecret: string;
  readonly username: string;
  readonly keyIn: "header" | "query";
  /** Of the header or the query parameter. */
  readonly keyName: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope: string;
  /** Lines such as `Accept-Language: en`. */
  readonly headers: string;
  /** Where the feed streams events. */
  readonly events: string;
}

export interface NewFeedTab {
  readonly title: string;
  readonly rowsPath: string;
  readonly keyField: string;
  readonly columns: string;
}

export const EMPTY_FEED_TAB: NewFeedTab = { title: "", rowsPath: "", keyField: "", columns: "" };

export const EMPTY_FEED: NewFeed = {
  format: "auto",
  rowsPath: "",
  keyField: "",
  columns: "",
  feedTabs: [],
  pages: "none",
  nextPath: "",
  pageParameter: "",
  pagesMax: "",
  pageFirst: "",
  emptyPolicy: "keep",
  bytesMax: "",
  feedWrites: "no",
  feedRequests: "",
  signIn: "none",
  signInSecret: "",
  username: "",
  keyIn: "header",
  keyName: "X-API-Key",
  tokenUrl: "",
  clientId: "",
  scope: "",
  headers: "",
  events: "",
};

/** All but how the daemon signs in. */
export function feedBody(form: NewFeed): Result<Partial<RegisterBody>, readonly FieldProblem[]> {
  const shape = form.feedTabs.length > 0 ? tabsOf(form.feedTabs) : partOf(form, "columns");
  const write = writeOf(form);
  const problems = [...(shape.ok ? [] : shape.error), ...(write.ok ? [] : [write.error])];
  if (!shape.ok || !write.ok) return err(problems);
  const [pagination, events] = [paginationOf(form), form.events.trim()];
  return ok({
    ...(form.format !== "auto" && { format: form.format }),
    ...shape.value,
    ...(pagination && { pagination }),
    ...(events !== "" && { events }),
    ...(form.emptyPolicy !== "keep" && { emptyPolicy: form.emptyPolicy }),
    ...(form.bytesMax.trim() !== "" && { bytesMax: Number(form.bytesMax) }),
    ...(form.feedWrites !== "no" && { writable: true }),
    ...(write.value && { write: write.value }),
  });
}

/** Headers by name, and what is wrong with their lines. */
export function feedHeaders(text: string): Result<Record<string, string>, FieldProblem> {
  const headers = parseLines(text, ":");
  if (headers.ok) return headers;
  // The line itself may be a secret: it is not repeated.
  const fix = "write each line as name: value, such as Accept-Language: en";
  return err({ field: "headers", problem: 'has a line without ":"', fix });
}

function writeOf({ feedWrites, feedRequests }: NewFeed): Result<FeedWrite | null, FieldProblem> {
  if (feedWrites === "no" || feedWrites === "keep") return ok(null);
  if (feedWrites === "document") return ok({ type: "document" });
  try {
    const requests: unknown = JSON.parse(feedRequests);
    if (typeof requests === "object" && requests !== null && !Array.isArray(requests))
      return ok({ ...requests, type: "rows" });
  } catch {
    // Told below.
  }
  const fix =
    'write an object such as {"cell": {"method": "PATCH", "url": "https://example.com/items/{key}"}}';
  return err({ field: "write", problem: "is not a JSON object", fix });
}

type Part = { rowsPath?: string; keyField?: string; columns?: readonly FeedColumn[] };

/** `field` is the columns' name in the request. */
function partOf(form: Omit<NewFeedTab, "title">, field: string): Result<Part, readonly FieldProblem[]> {
  const [rowsPath, keyField] = [form.rowsPath.trim(), form.keyField.trim()];
  const columns = parseColumns(form.columns, field);
  if (!columns.ok) return err([columns.error]);
  return ok({
    ...(rowsPath !== "" && { rowsPath }),
    ...(keyField !== "" && { keyField }),
    ...(columns.value.length > 0 && { columns: columns.value }),
  });
}

function tabsOf(forms: readonly NewFeedTab[]): Result<{ tabs: FeedTab[] }, readonly FieldProblem[]> {
  const parts = forms.map((form, index) => partOf(form, `tabs[${index}].columns`));
  const problems = parts.flatMap((part) => (part.ok ? [] : part.error));
  if (problems.length > 0) return err(problems);
  const tabs = forms.map(({ title }, index) => {
    const part = parts[index]!;
    return { title: title.trim(), ...(part.ok ? part.value : {}) };
  });
  return ok({ tabs });
}

function paginationOf({ pages, nextPath, pageParameter, pagesMax, pageFirst }: NewFeed): Pagination | null {
  const parameter = pageParameter.trim();
  const bound = pagesMax.trim() === "" ? {} : { pagesMax: Number(pagesMax) };
  switch (pages) {
    case "none":
      return null;
    case "link":
      return { type: "link", ...bound };
    case "cursor":
      return { type: "cursor", path: nextPath.trim(), ...(parameter !== "" && { parameter }), ...bound };
    case "page":
      return {
        type: "page",
        parameter,
        ...(pageFirst.trim() !== "" && { first: Number(pageFirst) }),
        ...bound,
      };
  }
}

export function authOf(form: NewFeed): FeedAuth | null {
  const { signInSecret, keyIn, keyName } = form;
  switch (form.signIn) {
    case "none":
      return null;
    case "bearer":
      return { type: "bearer", token: signInSecret.trim() };
    case "basic":
      // A password may begin or end with blanks.
      return { type: "basic", username: form.username.trim(), password: signInSecret };
    case "apiKey":
      return { type: "apiKey", key: signInSecret.trim(), in: keyIn, name: keyName.trim() };
    case "oauth2": {
      const scope = form.scope.trim();
      return {
        type: "oauth2",
        tokenUrl: form.tokenUrl.trim(),
        clientId: form.clientId.trim(),
        clientSecret: signInSecret.trim(),
        ...(scope !== "" && { scope }),
      };
    }
  }
}
