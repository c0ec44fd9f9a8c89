/** All pages of a feed, or none: half of a list would look like rows deleted. */
import type { Pagination } from "#contract/feed.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../source.ts";
import { sizeBound, tooLarge } from "./caution.ts";
import { askFeed, type ExchangeDeps, type FeedAnswer } from "./exchange.ts";
import { type FeedDocument, malformed } from "./feed-document.ts";
import { freshForMs } from "./problems.ts";
import { readBody } from "./read-body.ts";
import { type FeedState, hashOf } from "./revision.ts";

export interface FeedPages {
  readonly documents: readonly FeedDocument[];
  readonly bytes: number;
  /** Of all bodies. */
  readonly hash: string;
  readonly validators: Pick<FeedState, "etag" | "lastModified">;
  readonly freshForMs?: number;
  /** There are more pages than were to be read. */
  readonly cut: boolean;
}

/** Nothing changed since `known`, as the validators or the bytes tell. */
export interface SamePages {
  readonly same: true;
  readonly validators: Pick<FeedState, "etag" | "lastModified">;
  readonly freshForMs?: number;
}

export async function readPages(
  deps: ExchangeDeps,
  known: FeedState | null,
  signal: AbortSignal,
): Promise<Result<FeedPages | SamePages, SourceError>> {
  const { plan, limits, clock } = deps;
  const bound = sizeBound(plan, known, limits);
  const endMs = clock.monotonicMs() + limits.feedPollMsMax;
  const pagesMax = Math.min(plan.pagination?.pagesMax ?? limits.feedPagesMax, limits.feedPagesMax);
  const pages: Page[] = [];
  let bytes = 0;
  let cut = false;
  let first: FeedAnswer | null = null;
  for (let url: string | null = firstAddress(plan.url, plan.pagination); url !== null; ) {
    if (pages.length === pagesMax) {
      const { pagesMax: wished } = plan.pagination ?? {};
      if (wished === undefined || wished > limits.feedPagesMax) {
        return malformed(
          "pages",
          `there are more than ${pagesMax} pages`,
          'Set "pagesMax" under pagination.',
        );
      }
      cut = true;
      break;
    }
    // Later pages may have changed while the first has not: conditions are for feeds of one page.
    const headers = plan.pagination ? {} : conditions(known);
    const asked = await askFeed(deps, { url, headers, bytesMax: bound.bytesMax - bytes, endMs, signal });
    if (!asked.ok) return err(asked.error.tag === "TooLarge" ? tooLarge(bound) : asked.error);
    const answer = asked.value;
    first ??= answer;
    const validators = validatorsOf(first, known);
    if (answer.status === 304) {
      if (known) return ok({ same: true, validators, ...freshForMs(answer.headers) });
      return malformed("status", "The feed answers 304 to a request without conditions");
    }
    const hash = hashOf(answer.body);
    bytes += answer.body.length;
    if (!plan.pagination && hash === known?.body) {
      return ok({ same: true, validators, ...freshForMs(answer.headers) });
    }
    const page = { url, hash, answer };
    const document = readPage(deps, page);
    if (!document.ok) return document;
    const following = nextAddress(deps, pages, { ...page, document: document.value });
    if (!following.ok) return following;
    if (following.value.keep) pages.push({ ...page, document: document.value });
    url = following.value.url;
  }
  const hash = pages.length === 1 ? pages[0]!.hash : hashOf(pages.map((page) => page.hash).join(" "));
  const validators = validatorsOf(first!, known);
  const fresh = freshForMs(first!.headers);
  if (plan.pagination && known && hash === known.body) return ok({ same: true, validators, ...fresh });
  return ok({
    documents: pages.map(({ document }) => document),
    bytes,
    hash,
    validators,
    ...fresh,
    cut,
  });
}

interface Page {
  /** As it was asked for. */
  readonly url: string;
  readonly hash: string;
  readonly answer: FeedAnswer;
  readonly document: FeedDocument;
}

function readPage({ plan, limits }: ExchangeDeps, { answer }: Omit<Page, "document">) {
  const contentType = answer.headers["content-type"] ?? "";
  return readBody({ bytes: answer.body, contentType, url: answer.url }, plan.format, limits.feedDepthMax);
}

/** Where to go on, and whether the page counts: the empty one behind the last does not, unless it is the only one. */
function nextAddress(
  { plan }: ExchangeDeps,
  before: readonly Page[],
  page: Page,
): Result<{ readonly url: string | null; readonly keep: boolean }, SourceError> {
  const { pagination } = plan;
  if (!pagination) return ok({ url: null, keep: true });
  if (pagination.type === "page") {
    const rows = page.document.rows(plan.tabs[0]!.rowsPath);
    if (!rows.ok) return rows;
    if (rows.value.length === 0) return ok({ url: null, keep: before.length === 0 });
    if (before.at(-1)?.hash === page.hash) {
      const detail = `two pages are the same: the feed seems not to know the parameter "${pagination.parameter}"`;
      return malformed("pages", detail, "Correct the parameter under pagination.");
    }
    const number = (pagination.first ?? 1) + before.length + 1;
    return ok({ url: withParameter(plan.url, pagination.parameter, String(number)), keep: true });
  }
  const url = pagination.type === "link" ? linkedNext(page) : cursorNext(plan.url, pagination, page);
  if (url !== null && (url === page.url || before.some((other) => other.url === url))) {
    return malformed("pages", "the next page is one that was read already");
  }
  return ok({ url, keep: true });
}

function firstAddress(url: string, pagination: Pagination | null): string {
  if (pagination?.type !== "page") return url;
  return withParameter(url, pagination.parameter, String(pagination.first ?? 1));
}

function cursorNext(
  url: string,
  pagination: Extract<Pagination, { type: "cursor" }>,
  page: Page,
): string | null {
  const cursor = page.document.valueAt(pagination.path);
  if (cursor === null || cursor === "" || cursor === false) return null;
  const text = String(cursor);
  if (pagination.parameter !== undefined) return withParameter(url, pagination.parameter, text);
  return URL.parse(text, page.answer.url)?.href ?? null;
}

/** RFC 8288. */
function linkedNext({ answer }: Page): string | null {
  for (const [, target, parameters] of (answer.headers.link ?? "").matchAll(/<([^>]*)>((?:\s*;[^,;]*)*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:;|$))/i.test(parameters ?? "")) {
      return URL.parse(target!, answer.url)?.href ?? null;
    }
  }
  return null;
}

function withParameter(url: string, name: string, value: string): string {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed.href;
}

function conditions(known: FeedState | null): Record<string, string> {
  return {
    ...(known?.etag !== undefined && { "if-none-match": known.etag }),
    ...(known?.lastModified !== undefined && { "if-modified-since": known.lastModified }),
  };
}

/** A 304 need not repeat them. */
function validatorsOf(answer: FeedAnswer, known: FeedState | null): Pick<FeedState, "etag" | "lastModified"> {
  const old = answer.status === 304 ? known : null;
  const etag = answer.headers.etag ?? old?.etag;
  const lastModified = answer.headers["last-modified"] ?? old?.lastModified;
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}
