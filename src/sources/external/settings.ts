/** What a person must give to read a feed, and what may be wrong with it. */
import type { FeedAuth } from "#contract/feed.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { type AllowedPlaces, refusalOfUrl } from "../../runtime/guarded-net.ts";
import type { SourceSettings } from "../source.ts";
import { createJsonPaths } from "./formats/json-path.ts";
import { parseXmlPath } from "./formats/xml-path.ts";
import { FEED_LIMITS } from "./limits.ts";
import { checkWrite } from "./write/check-write.ts";

/** Every problem, each with the path of its field; empty when the settings can be opened. */
export function checkSettings(settings: SourceSettings, allowed: AllowedPlaces): FieldProblem[] {
  const { url, events } = settings;
  return [
    ...checkLink("url", url, allowed),
    ...(events === undefined ? [] : checkLink("events", events, allowed)),
    ...checkForeign(settings),
    ...checkTabs(settings),
    ...checkPaths(settings),
    ...checkPagination(settings),
    ...checkAuth(settings, allowed),
    ...checkHeaders(settings),
    ...checkWrite(settings, allowed),
  ];
}

function checkLink(field: string, url: string, allowed: AllowedPlaces): FieldProblem[] {
  const refusal = refusalOfUrl(url, allowed);
  return refusal ? [{ field, problem: refusal.problem, fix: refusal.fix }] : [];
}

/** Fields that speak of workbooks only. */
function checkForeign(settings: SourceSettings): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (field: string, problem: string, fix: string): void => {
    problems.push({ field, problem, fix });
  };
  if (settings.credentials)
    refuse("credentials", "are for Google workbooks", 'sign in at a feed with "auth"');
  if (settings.keyColumns) refuse("keyColumns", "are for workbooks", 'name the key with "keyField"');
  return problems;
}

function checkTabs({ tabs }: SourceSettings): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const titles = new Set<string>();
  for (const [index, tab] of (tabs ?? []).entries()) {
    if (typeof tab === "string") {
      const fix = 'give an object such as {"title": "Prices", "rowsPath": "$.prices"}';
      problems.push({ field: `tabs[${index}]`, problem: "does not say where its rows stand", fix });
    } else if (titles.has(tab.title)) {
      const problem = `is "${tab.title}", which another tab is called`;
      problems.push({ field: `tabs[${index}].title`, problem, fix: "give each tab a title of its own" });
    } else titles.add(tab.title);
  }
  return problems;
}

const JSON_FIX = "write a JSONPath (RFC 9535), such as $.items or $.stores[*].prices";
const XML_FIX = "write a path into XML, such as /rss/channel/item or //item";

function checkPaths(settings: SourceSettings): FieldProblem[] {
  const { rowsPath, format, tabs = [], columns = [], pagination } = settings;
  const paths: [field: string, path: string][] = [];
  if (rowsPath !== undefined) paths.push(["rowsPath", rowsPath]);
  const addColumns = (field: string, all: NonNullable<SourceSettings["columns"]>): void => {
    // A flattened name may be anything; only what looks like a path must be one.
    for (const [index, { path }] of all.entries())
      if (path.startsWith("$")) paths.push([`${field}[${index}].path`, path]);
  };
  addColumns("columns", columns);
  for (const [index, tab] of tabs.entries()) {
    if (typeof tab === "string") continue;
    if (tab.rowsPath !== undefined) paths.push([`tabs[${index}].rowsPath`, tab.rowsPath]);
    addColumns(`tabs[${index}].columns`, tab.columns ?? []);
  }
  if (pagination?.type === "cursor") paths.push(["pagination.path", pagination.path]);
  return paths.flatMap(([field, path]) => checkPath(field, path, format ?? null));
}

function checkPath(field: string, path: string, format: SourceSettings["format"] | null): FieldProblem[] {
  if (format === "csv" || format === "ndjson") {
    if (field.includes("olumns") && format === "ndjson") return checkJsonPath(field, path);
    return [{ field, problem: `is of no use: each line of ${format} is a row`, fix: "leave it out" }];
  }
  if (format === "xml" || (format === null && !path.startsWith("$"))) {
    const parsed = parseXmlPath(path);
    if (parsed.ok) return [];
    return [{ field, problem: `is no path into XML: ${parsed.error}`, fix: format ? XML_FIX : JSON_FIX }];
  }
  return checkJsonPath(field, path);
}

function checkJsonPath(field: string, path: string): FieldProblem[] {
  const compiled = createJsonPaths(FEED_LIMITS.feedDepthMax)(path);
  return compiled.ok ? [] : [{ field, problem: `is no JSONPath: ${compiled.error}`, fix: JSON_FIX }];
}

function checkPagination({ pagination, format, events }: SourceSettings): FieldProblem[] {
  if (pagination?.type !== "cursor" || format !== "csv" || events) return [];
  const fix = 'use {"type": "link"} or {"type": "page", "parameter": "page"}';
  return [{ field: "pagination.type", problem: "is a cursor, and CSV has no place for one", fix }];
}

function checkAuth({ auth, apiKey }: SourceSettings, allowed: AllowedPlaces): FieldProblem[] {
  if (apiKey !== undefined && auth) {
    return [{ field: "apiKey", problem: 'stands beside "auth"', fix: "keep one of the two" }];
  }
  if (!auth) return apiKey === undefined ? [] : checkHeaderText("apiKey", apiKey);
  return checkOneAuth(auth, allowed);
}

function checkOneAuth(auth: FeedAuth, allowed: AllowedPlaces): FieldProblem[] {
  switch (auth.type) {
    case "apiKey": {
      if (auth.in === "query") return [];
      if (TOKEN.test(auth.name)) return checkHeaderText("auth.key", auth.key);
      const fix = 'use letters, digits and "-", such as X-API-Key';
      return [{ field: "auth.name", problem: "is not a header's name", fix }];
    }
    case "bearer":
      return checkHeaderText("auth.token", auth.token);
    case "basic": {
      if (!auth.username.includes(":")) return [];
      const problem = "holds a colon, which parts name and password";
      return [{ field: "auth.username", problem, fix: "give the name alone" }];
    }
    case "oauth2":
      return checkLink("auth.tokenUrl", auth.tokenUrl, allowed);
  }
}

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function checkHeaderText(field: string, text: string): FieldProblem[] {
  if (/^[\x20-\x7e]*$/.test(text)) return [];
  const problem = "holds a character that cannot stand in a header";
  return [{ field, problem, fix: "copy it again, without line breaks" }];
}

const OURS: ReadonlySet<string> = new Set([
  ..."host connection content-length transfer-encoding te upgrade trailer".split(" "),
  ..."if-none-match if-modified-since accept-encoding range".split(" "),
]);

function checkHeaders({ headers = {} }: SourceSettings): FieldProblem[] {
  return Object.keys(headers)
    .filter((name) => OURS.has(name.toLowerCase()))
    .map((name) => ({
      field: `headers.${name}`,
      problem: "is a header that the daemon sets itself",
      fix: "leave it out",
    }));
}
