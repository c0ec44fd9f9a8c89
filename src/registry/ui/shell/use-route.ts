import { useEffect, useState } from "preact/hooks";
import { formatRoute, parseRoute, type Route } from "./routes.ts";

/** The route in the address bar. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = (): void => setHash(location.hash);
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return parseRoute(hash);
}

/** `replace` leaves no entry in the history: for moves that nobody asked for. */
export function goTo(route: Route, { replace = false } = {}): void {
  if (replace) location.replace(formatRoute(route));
  else location.hash = formatRoute(route);
}
