import { useCallback, useEffect, useMemo } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { connect } from "../../../../client-sdk/src/index.ts";
import { TabPage } from "../grid/tab-page.tsx";
import { Wordmark } from "../parts/icons.tsx";
import { createApi } from "../rest/api.ts";
import { AddSource } from "../sources/add-source.tsx";
import { SourcePage } from "../sources/source-page.tsx";
import type { Route } from "./routes.ts";
import { Sidebar } from "./sidebar.tsx";
import { goTo, useRoute } from "./use-route.ts";
import { useSources } from "./use-sources.ts";

/** Above this width the list and a tab stand side by side; as in shell.css. */
const WIDE = "(min-width: 50rem)";

/** The page of somebody who is signed in: the sources beside what was picked from them. */
export function Workspace({ token, onSignOut }: { token: string; onSignOut: (why: string) => void }) {
  const api = useMemo(() => createApi(token, (path, init) => fetch(path, init)), [token]);
  const client = useMemo(() => connect({ url: location.origin, token }), [token]);
  useEffect(() => () => client.close(), [client]);
  const refused = useCallback((why: string) => onSignOut(`The token was not accepted: ${why}`), [onSignOut]);
  const sources = useSources(api, refused);
  const route = useRoute();
  const source = sources.list?.find(({ id }) => "source" in route && id === route.source);
  useOpenFirstTab(route, sources.list);

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
        <button type="button" class="plain" onClick={() => onSignOut("")}>
          Sign out
        </button>
      </header>
      <Sidebar list={sources.list} route={route} />
      <main>
        {route.page === "add" && <AddSource api={api} onAdded={sources.refresh} />}
        {route.page === "tab" && (
          <TabPage
            key={`${route.source}/${route.tab}`}
            client={client}
            source={route.source}
            tab={route.tab}
            about={source}
          />
        )}
        {route.page === "source" && sources.list && (
          <SourcePage api={api} id={route.source} source={source} onChanged={sources.refresh} />
        )}
        {route.page === "home" && sources.list && <Welcome empty={sources.list.length === 0} />}
      </main>
    </div>
  );
}

/** On a wide page the first tab opens by itself: something live is the best welcome. */
function useOpenFirstTab(route: Route, list: readonly SourceAnswer[] | null): void {
  const first = list?.find(({ tabs }) => tabs.length > 0);
  const source = first?.id;
  const tab = first?.tabs[0]?.name;
  useEffect(() => {
    if (route.page !== "home" || source === undefined || tab === undefined) return;
    if (matchMedia(WIDE).matches) goTo({ page: "tab", source, tab }, { replace: true });
  }, [route.page, source, tab]);
}

function Welcome({ empty }: { empty: boolean }) {
  return (
    <section class="page welcome">
      <h1>{empty ? "No source yet" : "Pick a tab"}</h1>
      <p class="quiet">
        {empty
          ? "Add a Google Sheet or a feed, and its cells are live here and in your programs."
          : "Every tab of a source is a live table."}
      </p>
      {empty && (
        <a class="button primary" href="#/+">
          Add a source
        </a>
      )}
    </section>
  );
}
