/** The settings of a feed with all that they leave unsaid. */
import type { FeedAuth, FeedColumn, FeedFormat, FeedWrite, Pagination } from "#contract/feed.ts";
import type { SourceSettings } from "../source.ts";

export interface FeedPlan {
  readonly url: string;
  /** Only here do credentials and the person's headers go. */
  readonly origin: string;
  /** Null: as the body says. */
  readonly format: FeedFormat | null;
  readonly tabs: readonly TabPlan[];
  readonly pagination: Pagination | null;
  readonly auth: FeedAuth | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly keepWhenEmpty: boolean;
  /** As a person says; null: by the feed's history. */
  readonly bytesMax: number | null;
  /** Where server-sent events say that something changed. */
  readonly events: string | null;
  /** Null: edits do not go back. */
  readonly write: FeedWrite | null;
}

export interface TabPlan {
  /** Its path: a tab that gets another title stays itself. */
  readonly tabId: string;
  readonly title: string;
  readonly rowsPath: string | undefined;
  readonly keyField: string | undefined;
  readonly columns: readonly FeedColumn[] | undefined;
}

/** `settings` has passed the driver's check. */
export function planOf(settings: SourceSettings): FeedPlan {
  const { url, format = null, pagination = null, headers = {}, emptyPolicy, bytesMax = null } = settings;
  return {
    url,
    origin: new URL(url).origin,
    format,
    tabs: tabsOf(settings),
    pagination,
    auth: authOf(settings),
    headers,
    keepWhenEmpty: emptyPolicy !== "accept",
    bytesMax,
    events: settings.events ?? null,
    write: settings.writable ? (settings.write ?? null) : null,
  };
}

/** `apiKey` alone travels in the header that most APIs take it in. */
function authOf({ auth, apiKey }: SourceSettings): FeedAuth | null {
  if (auth) return auth;
  return apiKey === undefined ? null : { type: "apiKey", key: apiKey, in: "header", name: "X-API-Key" };
}

function tabsOf(settings: SourceSettings): TabPlan[] {
  const { tabs, rowsPath, keyField, columns, url } = settings;
  const named = tabs?.filter((tab) => typeof tab !== "string");
  if (!named) {
    return [{ tabId: rowsPath ?? "rows", title: titleFor(url, rowsPath), rowsPath, keyField, columns }];
  }
  const ids = new Set<string>();
  return named.map((tab) => {
    const wanted = tab.rowsPath ?? rowsPath ?? "rows";
    // Two tabs may show different columns of the same rows.
    let tabId = wanted;
    for (let count = 2; ids.has(tabId); count++) tabId = `${wanted} ${count}`;
    ids.add(tabId);
    return {
      tabId,
      title: tab.title,
      rowsPath: tab.rowsPath ?? rowsPath,
      keyField: tab.keyField ?? keyField,
      columns: tab.columns ?? columns,
    };
  });
}

/** `$.store.items[*]` is "items", /rss/channel/item "item"; without a path the address names the tab. */
function titleFor(url: string, rowsPath: string | undefined): string {
  const word = /([\p{L}\p{N}_-]+)[^\p{L}\p{N}_-]*$/u;
  const ofPath = word.exec(rowsPath?.replaceAll(/\[[^\]]*[*?:][^\]]*\]/g, "") ?? "")?.[1];
  if (ofPath) return ofPath;
  const { pathname, hostname } = new URL(url);
  const file = decodeSafely(pathname.split("/").findLast((part) => part !== "") ?? "");
  return file.replace(/\.(?:json|xml|csv|tsv|ndjson|jsonl|rss|atom)$/i, "") || hostname;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
