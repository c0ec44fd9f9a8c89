import { useEffect, useMemo, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { type Client, connect, type Table, warnBeforeUnload } from "../../../../client-sdk/src/index.ts";
import { TabFiles } from "../exports/tab-files.tsx";
import { BackIcon } from "../parts/icons.tsx";
import { useNow } from "../parts/use-now.ts";
import { ageWords, countWords, staleWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { formatRoute } from "../shell/routes.ts";
import { SourceLink } from "../sources/source-link.tsx";
import type { ActiveCell } from "./active-cell.ts";
import { ActiveCellText } from "./active-cell-text.tsx";
import { createMarks } from "./cell-marks.ts";
import type { ClientHolder } from "./client-holder.ts";
import { ConnectionIndicator } from "./connection.tsx";
import { Grid } from "./grid.tsx";
import { People } from "./people.tsx";
import { TabBody } from "./tab-body.tsx";
import { Toolbar } from "./toolbar.tsx";
import { useDecidedElsewhere } from "./use-decided-elsewhere.ts";
import { useEditing, VIEW_READ_ONLY } from "./use-editing.ts";
import { useHighlights } from "./use-highlights.ts";
import { usePresence } from "./use-presence.ts";
import { useTable } from "./use-table.ts";

/** One tab, live. */
export function TabPage(props: {
  api: Api;
  token: string;
  holder: ClientHolder;
  source: string;
  tab: string;
  /** A view of the tab, which is read only. */
  view?: string;
  /** Undefined until the list has arrived. */
  about: SourceAnswer | undefined;
}) {
  const { api, token, holder, source, tab, view, about } = props;
  holder.client ??= openClient(token);
  const { client } = holder;
  const { flashes, announcement, note } = useHighlights(tab);
  const { table, lastChangeMs } = useTable(client, source, tab, view, note);
  const [active, setActive] = useState<ActiveCell | null>(null);
  const [said, setSaid] = useState("");
  const [name, setName] = useOwnName();
  const marks = useMemo(() => createMarks(table), [table]);
  const others = usePresence(table, name, active);
  // A token that may not list the sources learns from the daemon whether it may write.
  const editing = useEditing(
    table,
    {
      writable: view === undefined && (about ? about.writable === true : true),
      formulas: about?.writes?.formulas ?? false,
      ...(view !== undefined && { readOnly: VIEW_READ_ONLY }),
    },
    setSaid,
  );
  useDecidedElsewhere(api, table);
  useEffect(() => {
    document.title = `${table.title} · Sheetwire`;
    return () => {
      document.title = "Sheetwire";
    };
  }, [table.title]);
  const known = about?.lastChangeAt ? Date.parse(about.lastChangeAt) : null;

  return (
    <section class="tab-page" data-status={table.status.state}>
      <div class="tab-bar">
        <a class="back narrow-only" href="#/" aria-label="All sources">
          <BackIcon />
        </a>
        <div class="tab-names">
          <a href={formatRoute({ page: "source", source })}>{about?.name ?? source}</a>
          {view !== undefined && (
            <>
              <span aria-hidden="true"> / </span>
              <a href={formatRoute({ page: "tab", source, tab })}>{tab}</a>
            </>
          )}
          <h1>{view ?? table.title}</h1>
        </div>
        {about && <SourceLink source={about} />}
        <ConnectionIndicator table={table} />
      </div>
      <Toolbar table={table} editing={editing} active={active}>
        <TabFiles token={token} source={source} tab={tab} view={view} title={view ?? table.title} />
        <People people={others.people} name={name} onName={setName} />
      </Toolbar>
      <StaleNotice table={table} />
      {said !== "" && <Said text={said} onClose={() => setSaid("")} />}
      <TabBody table={table}>
        <Grid
          table={table}
          flashes={flashes}
          marks={marks}
          others={others}
          editing={editing}
          active={active}
          onActive={setActive}
        />
      </TabBody>
      <footer class="tab-foot">
        <ActiveCellText api={api} table={table} editing={editing} active={active} />
        <span data-testid="counts">
          {countWords(table.rowIds.length, "row", "rows")},{" "}
          {countWords(table.columns.length, "column", "columns")}
        </span>
        <LastChange atMs={lastChangeMs ?? known} />
      </footer>
      <p class="for-readers" aria-live="polite" data-testid="announcement">
        {announcement}
      </p>
    </section>
  );
}

/** Asks before the page is left while an edit has not reached the daemon. */
function openClient(token: string): Client {
  const client = connect({ url: location.origin, token });
  warnBeforeUnload(client);
  return client;
}

/** What an act led to, until it is closed. */
function Said({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <div class="notice tone-warn said" role="status" data-testid="said">
      <span>{text}</span>
      <button type="button" class="small" onClick={onClose}>
        Close
      </button>
    </div>
  );
}

const NAME_KEY = "sheetwire.name";

/** Under which name others see who looks; kept on this device. */
function useOwnName(): readonly [string, (name: string) => void] {
  const [name, setName] = useState(() => localStorage.getItem(NAME_KEY) ?? "");
  const keep = (next: string): void => {
    localStorage.setItem(NAME_KEY, next);
    setName(next);
  };
  return [name, keep];
}

function StaleNotice({ table }: { table: Table }) {
  const words = staleWords(table.status, useNow());
  return words === null ? null : <p class="notice tone-warn stale">{words}</p>;
}

function LastChange({ atMs }: { atMs: number | null }) {
  const now = useNow();
  return (
    <span data-testid="last-change">
      {atMs === null ? "no change seen yet" : `last change ${ageWords(now - atMs)}`}
    </span>
  );
}
