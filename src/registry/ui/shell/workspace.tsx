import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { SamplesHolder } from "../charts/samples.ts";
import type { ClientHolder } from "../grid/client-holder.ts";
import { Wordmark } from "../parts/icons.tsx";
import { createApi } from "../rest/api.ts";
import { Main } from "./main-part.tsx";
import type { Route } from "./routes.ts";
import { Sidebar } from "./sidebar.tsx";
import { goTo, useRoute } from "./use-route.ts";
import { useSources } from "./use-sources.ts";

/** Above this width the list and a tab stand side by side; as in shell.css. */
const WIDE = "(min-width: 50rem)";

/** The page of somebody who is signed in: the sources beside what was picked from them. */
export function Workspace(props: {
  token: string;
  /** Signed in a moment ago: something live is the best welcome. */
  fresh: boolean;
  onSignOut: (why: string) => void;
}) {
  const { token, fresh, onSignOut } = props;
  const api = useMemo(() => createApi(token, (path, init) => fetch(path, init)), [token]);
  const holder = useMemo((): ClientHolder => ({ client: null }), [token]);
  const charts = useMemo((): SamplesHolder => ({ samples: [], before: null }), [token]);
  useEffect(() => () => holder.client?.close(), [holder]);
  const refused = useCallback((why: string) => onSignOut(`The token was not accepted: ${why}`), [onSignOut]);
  const sources = useSources(api, refused);
  const route = useRoute();
  useOpenFirstTab(fresh, route, sources.list);

  return (
    <div class={`workspace at-${route.page}`} data-reachable={sources.reachable}>
      <header class="topbar">
        <a href="#/" class="home" aria-label="Sheetwire: all sources">
          <Wordmark />
        </a>
        {!sources.reachable && (
          <p class="notice tone-warn" role="alert">
            The daemon does not answer. Trying again ...
          </p>
        )}
        <a class="plain docs-link" href="/docs" target="_blank" rel="noreferrer">
          API
        </a>
        <button type="button" class="plain" onClick={() => onSignOut("")}>
          Sign out
        </button>
      </header>
      <Sidebar sources={sources} route={route} />
      <main>
        <Main route={route} api={api} token={token} holder={holder} charts={charts} sources={sources} />
      </main>
    </div>
  );
}

/** On a wide page the first tab opens by itself after signing in, once. */
function useOpenFirstTab(fresh: boolean, route: Route, list: readonly SourceAnswer[] | null): void {
  const done = useRef(!fresh);
  const first = list?.find(({ tabs }) => tabs.length > 0);
  const source = first?.id;
  const tab = first?.tabs[0]?.name;
  useEffect(() => {
    if (route.page !== "home") done.current = true;
    if (done.current || source === undefined || tab === undefined) return;
    done.current = true;
    if (matchMedia(WIDE).matches) goTo({ page: "tab", source, tab }, { replace: true });
  }, [route.page, source, tab]);
}
