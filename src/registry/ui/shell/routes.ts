/**
 * The app's addresses, in the fragment so that they never reach a server: `#/` the sources, `#/+` add one,
 * `#/+tokens` a page, `#/+history/demo/Price%20list?row=7&key=Price` what a cell, a row or a tab was,
 * `#/+exports/ID` an export, `#/+exports/+?source=demo&tab=Prices` a new one, `#/+templates/ID` a template,
 * `#/+templates/+?from=ID` a new one, `#/demo` a source, `#/demo/Price%20list` a tab, `#/demo/Price%20list?view=cheap` a
 * view of it. No source id has a "+" in it.
 */
export type Route =
  | { readonly page: "home" | "add" | PageName }
  | { readonly page: "source"; readonly source: string }
  | { readonly page: "tab"; readonly source: string; readonly tab: string; readonly view?: string }
  | HistoryRoute
  | ExportRoute;

export interface HistoryRoute {
  readonly page: "history";
  readonly source: string;
  readonly tab: string;
  readonly row?: number;
  /** Of a column. */
  readonly key?: string;
}

export type ExportRoute =
  | { readonly page: "export" | "template"; readonly id: string }
  /** What is filled in beforehand. */
  | ({ readonly page: "new-export" } & Partial<Record<"template" | "source" | "tab" | "view", string>>)
  /** Id of the template that it begins as. */
  | { readonly page: "new-template"; readonly from?: string };

/** Pages of the daemon as a whole, by their names in addresses. */
export const PAGES = [
  "exports",
  "templates",
  "conflicts",
  "deadletters",
  "charts",
  "views",
  "tokens",
  "accounts",
  "audit",
] as const;
export type PageName = (typeof PAGES)[number];

const HISTORY = "+history/";

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, "");
  if (path === "") return { page: "home" };
  if (path === "+") return { page: "add" };
  if (path.startsWith(HISTORY)) return parseHistory(path.slice(HISTORY.length));
  const own = /^\+(exports|templates)\/([^?]+)\??(.*)$/.exec(path);
  if (own) return parseExport(own[1] === "exports", own[2]!, new URLSearchParams(own[3]));
  if (path.startsWith("+")) {
    const page = PAGES.find((name) => path === `+${name}`);
    return { page: page ?? "home" };
  }
  const slash = path.indexOf("/");
  if (slash < 0) return { page: "source", source: decode(path) };
  const [, named = "", query] = /^(.*?)(?:\?(view=.*))?$/s.exec(path.slice(slash + 1))!;
  const [source, tab] = [decode(path.slice(0, slash)), decode(named)];
  const view = new URLSearchParams(query).get("view") ?? "";
  return tab === "" ? { page: "source", source } : { page: "tab", source, tab, ...(view !== "" && { view }) };
}

function parseHistory(rest: string): Route {
  const [path = "", query = ""] = rest.split("?");
  const fields = new URLSearchParams(query);
  const [source = "", tab = ""] = path.split("/").map(decode);
  if (source === "" || tab === "") return { page: "home" };
  const [row, key] = [Number(fields.get("row") ?? Number.NaN), fields.get("key")];
  return {
    page: "history",
    source,
    tab,
    ...(Number.isSafeInteger(row) && { row }),
    ...(key !== null && { key }),
  };
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case "home":
      return "#/";
    case "add":
      return "#/+";
    case "source":
      return `#/${encodeURIComponent(route.source)}`;
    case "tab":
      return `#/${encodeURIComponent(route.source)}/${encodeURIComponent(route.tab)}${route.view === undefined ? "" : `?${new URLSearchParams({ view: route.view })}`}`;
    case "history":
      return formatHistory(route);
    case "export":
      return `#/+exports/${encodeURIComponent(route.id)}`;
    case "template":
      return `#/+templates/${encodeURIComponent(route.id)}`;
    case "new-export":
    case "new-template": {
      const { page, ...filled } = route;
      const query = new URLSearchParams(filled);
      return `#/+${page === "new-export" ? "exports" : "templates"}/+${query.size === 0 ? "" : `?${query}`}`;
    }
    default:
      return `#/+${route.page}`;
  }
}

function parseExport(isExport: boolean, part: string, query: URLSearchParams): Route {
  if (part !== "+") return { page: isExport ? "export" : "template", id: decode(part) };
  const filled = (name: string) => {
    const value = query.get(name);
    return value === null || value === "" ? {} : { [name]: value };
  };
  if (!isExport) return { page: "new-template", ...filled("from") };
  return {
    page: "new-export",
    ...filled("template"),
    ...filled("source"),
    ...filled("tab"),
    ...filled("view"),
  };
}

function formatHistory({ source, tab, row, key }: HistoryRoute): string {
  const query = new URLSearchParams();
  if (row !== undefined) query.set("row", String(row));
  if (key !== undefined) query.set("key", key);
  const asked = query.size === 0 ? "" : `?${query}`;
  return `#/${HISTORY}${encodeURIComponent(source)}/${encodeURIComponent(tab)}${asked}`;
}

/** A link typed by hand may hold a lone "%": taken as it stands. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
