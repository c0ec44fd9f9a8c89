import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Badge } from "../parts/badge.tsx";
import { PlusIcon } from "../parts/icons.tsx";
import { useNow } from "../parts/use-now.ts";
import { ageWords, countWords, SOURCE_STATES } from "../parts/words.ts";
import { OpenByName } from "./open-by-name.tsx";
import { formatRoute, PAGES, type PageName, type Route } from "./routes.ts";
import type { Sources } from "./use-sources.ts";

const PAGE_TITLES: Readonly<Record<PageName, string>> = {
  exports: "Exports",
  templates: "Templates",
  conflicts: "Conflicts",
  deadletters: "Dead letters",
  charts: "Charts",
  views: "Views",
  tokens: "Tokens",
  accounts: "Accounts",
  audit: "Audit",
};

/** The sources, each with its state, freshness, problem and tabs; and the pages of the daemon as a whole. */
export function Sidebar({ sources, route }: { sources: Sources; route: Route }) {
  const { list, limited } = sources;
  const now = useNow();
  return (
    <div class="sidebar">
      <nav class="sidebar-sources" aria-label="Sources">
        <div class="sidebar-head">
          <h2>Sources</h2>
          {!limited && (
            <a class="button small" href="#/+" aria-current={route.page === "add" ? "page" : undefined}>
              <PlusIcon />
              Add
            </a>
          )}
        </div>
        {list === null && <p class="quiet">Loading ...</p>}
        {limited && <OpenByName />}
        <ul class="sources">
          {list?.map((source) => (
            <SourceItem key={source.id} source={source} route={route} now={now} />
          ))}
        </ul>
      </nav>
      <nav class="sidebar-pages" aria-label="Pages">
        <h2>Daemon</h2>
        <ul class="tabs">
          {PAGES.map((page) => (
            <li key={page}>
              <a href={formatRoute({ page })} aria-current={isWithin(route, page)}>
                {PAGE_TITLES[page]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

function SourceItem({ source, route, now }: { source: SourceAnswer; route: Route; now: number }) {
  const { word, tone, means } = SOURCE_STATES[source.state];
  const here = "source" in route && route.source === source.id ? route : null;
  return (
    <li class="source" data-testid="source" data-source-id={source.id} data-state={source.state}>
      <a
        class="source-name"
        href={formatRoute({ page: "source", source: source.id })}
        aria-current={here?.page === "source" ? "page" : undefined}
      >
        <strong>{source.name}</strong>
        <Badge tone={tone} title={means}>
          {word}
        </Badge>
      </a>
      <p class="source-age">{freshness(source, now)}</p>
      {source.error && (
        <p class={`source-problem tone-${tone}`}>
          {source.error.message} <span>{source.error.fix}</span>
        </p>
      )}
      {source.tabs.length > 0 && (
        <ul class="tabs">
          {source.tabs.map((tab) => (
            <li key={tab.name}>
              <a
                href={formatRoute({ page: "tab", source: source.id, tab: tab.name })}
                aria-current={here?.page === "tab" && here.tab === tab.name ? "page" : undefined}
              >
                <span class="tab-title">{tab.title}</span>
                <span
                  class="tab-size"
                  title={`${countWords(tab.rows, "row", "rows")}, ${countWords(tab.columns, "column", "columns")}`}
                >
                  {tab.rows.toLocaleString("en")} × {tab.columns}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** An export stands below the exports. */
function isWithin({ page }: Route, part: PageName): "page" | "true" | undefined {
  if (page === part) return "page";
  return page.replace("new-", "") === part.slice(0, -1) ? "true" : undefined;
}

function freshness(source: SourceAnswer, now: number): string {
  if (!source.lastPollAt) return "not checked yet";
  return `checked ${ageWords(now - Date.parse(source.lastPollAt))}`;
}
