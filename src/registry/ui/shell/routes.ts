/**
 * The page's addresses, in the fragment so that they never reach a server:
 * `#/` the sources, `#/+` add one, `#/demo` a source, `#/demo/Price%20list` a tab.
 */
export type Route =
  | { readonly page: "home" }
  | { readonly page: "add" }
  | { readonly page: "source"; readonly source: string }
  | { readonly page: "tab"; readonly source: string; readonly tab: string };

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, "");
  if (path === "") return { page: "home" };
  // No source id has a "+" in it.
  if (path === "+") return { page: "add" };
  const slash = path.indexOf("/");
  if (slash < 0) return { page: "source", source: decode(path) };
  const [source, tab] = [decode(path.slice(0, slash)), decode(path.slice(slash + 1))];
  return tab === "" ? { page: "source", source } : { page: "tab", source, tab };
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
      return `#/${encodeURIComponent(route.source)}/${encodeURIComponent(route.tab)}`;
  }
}

/** A link typed by hand may hold a lone "%": taken as it stands. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
