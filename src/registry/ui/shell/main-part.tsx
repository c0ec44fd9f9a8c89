import type { SamplesHolder } from "../charts/samples.ts";
import type { ClientHolder } from "../grid/client-holder.ts";
import { lazyPage } from "../parts/lazy-page.tsx";
import type { Api } from "../rest/api.ts";
import { Overview } from "../sources/overview.tsx";
import { SourcePage } from "../sources/source-page.tsx";
import { formatRoute, type Route } from "./routes.ts";
import type { Sources } from "./use-sources.ts";

const AddSource = lazyPage(async () => (await import("../sources/add-source.tsx")).AddSource);
const TabPage = lazyPage(async () => (await import("../grid/tab-page.tsx")).TabPage);
const HistoryPage = lazyPage(async () => (await import("../history/history-page.tsx")).HistoryPage);
const ConflictsPage = lazyPage(async () => (await import("../edits/conflicts-page.tsx")).ConflictsPage);
const DeadLettersPage = lazyPage(
  async () => (await import("../edits/dead-letters-page.tsx")).DeadLettersPage,
);
const ChartsPage = lazyPage(async () => (await import("../charts/charts-page.tsx")).ChartsPage);
const ViewsPage = lazyPage(async () => (await import("../access/views-page.tsx")).ViewsPage);
const TokensPage = lazyPage(async () => (await import("../access/tokens-page.tsx")).TokensPage);
const AccountsPage = lazyPage(async () => (await import("../access/accounts-page.tsx")).AccountsPage);
const ExportsPage = lazyPage(async () => (await import("../exports/exports-page.tsx")).ExportsPage);
const ExportPage = lazyPage(async () => (await import("../exports/export-page.tsx")).ExportPage);
const NewExportPage = lazyPage(async () => (await import("../exports/new-export-page.tsx")).NewExportPage);
const TemplatesPage = lazyPage(async () => (await import("../exports/templates-page.tsx")).TemplatesPage);
const TemplatePage = lazyPage(async () => (await import("../exports/template-page.tsx")).TemplatePage);
const NewTemplatePage = lazyPage(
  async () => (await import("../exports/new-template-page.tsx")).NewTemplatePage,
);
const AuditPage = lazyPage(async () => (await import("../access/audit-page.tsx")).AuditPage);

/** What the route asks for. */
export function Main(props: {
  route: Route;
  api: Api;
  token: string;
  holder: ClientHolder;
  charts: SamplesHolder;
  sources: Sources;
}) {
  const { route, api, token, holder, charts, sources } = props;
  const list = sources.list ?? [];
  switch (route.page) {
    case "home":
      return sources.list && <Overview api={api} sources={sources} />;
    case "add":
      return <AddSource api={api} onAdded={sources.refresh} />;
    case "source": {
      if (!sources.list) return null;
      const source = list.find(({ id }) => id === route.source);
      return <SourcePage api={api} id={route.source} source={source} onChanged={sources.refresh} />;
    }
    case "tab":
      return (
        <TabPage
          key={formatRoute(route)}
          api={api}
          token={token}
          holder={holder}
          source={route.source}
          tab={route.tab}
          {...(route.view !== undefined && { view: route.view })}
          about={list.find(({ id }) => id === route.source)}
        />
      );
    case "history":
      return <HistoryPage key={JSON.stringify(route)} api={api} route={route} sources={list} />;
    case "conflicts":
      return <ConflictsPage api={api} sources={list} />;
    case "deadletters":
      return <DeadLettersPage api={api} sources={list} />;
    case "charts":
      return <ChartsPage api={api} holder={charts} />;
    case "views":
      return <ViewsPage api={api} sources={list} />;
    case "tokens":
      return <TokensPage api={api} sources={list} />;
    case "accounts":
      return <AccountsPage api={api} />;
    case "exports":
      return <ExportsPage api={api} />;
    case "export":
      return <ExportPage key={route.id} api={api} id={route.id} sources={list} />;
    case "new-export":
      return <NewExportPage key={JSON.stringify(route)} api={api} route={route} sources={list} />;
    case "templates":
      return <TemplatesPage api={api} />;
    case "template":
      return <TemplatePage key={route.id} api={api} id={route.id} sources={list} />;
    case "new-template":
      return <NewTemplatePage key={route.from} api={api} from={route.from} />;
    case "audit":
      return <AuditPage api={api} />;
  }
}
