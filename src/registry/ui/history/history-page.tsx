import { useCallback, useState } from "preact/hooks";
import type { HistoryEntry, RestoreBody } from "../../../../client-sdk/src/contract/history.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { TabWords } from "../edits/tab-words.ts";
import { useTabWords } from "../edits/use-tab-words.ts";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { shellWord } from "../parts/shell-word.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute, type HistoryRoute } from "../shell/routes.ts";
import { Entry, Together } from "./entry.tsx";
import { groupEntries } from "./group-entries.ts";
import { RestoreAt } from "./restore-at.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";

const REFRESH_MS = 4000;

/** What a cell, a row or a tab was, who changed it, and the way back. */
export function HistoryPage(props: { api: Api; route: HistoryRoute; sources: readonly SourceAnswer[] }) {
  const { api, route } = props;
  const { source, tab } = route;
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [restoring, setRestoring] = useState<RestoreBody | null>(null);
  const asked = JSON.stringify(queryOf(route, cursors.at(-1)));
  const history = useAnswer(
    useCallback(() => api.history({ source, tab }, JSON.parse(asked)), [api, source, tab, asked]),
    // Older pages do not change.
    cursors.length === 0 ? REFRESH_MS : undefined,
  );
  const name = props.sources.find(({ id }) => id === source)?.name ?? source;
  const words = useTabWords(api, props.sources, [{ source, tab }])({ source, tab });
  const { entries, next } = history.value ?? { entries: null };
  return (
    <Page
      title={`History of ${aboutWords(route, words)}`}
      back={{ href: formatRoute({ page: "tab", source, tab }), words: `${name}: ${tab}` }}
      about="Who changed what, from what to what; the newest first. A restore shows what it would change, and is itself a change that can be taken back."
      beside={<Narrower route={route} />}
    >
      <RestoreAt onPick={(to) => setRestoring(bodyOf(route, to))} />
      <ListState value={entries} error={history.error} empty="Nothing was changed yet." />
      <ol class="entries">
        {groupEntries(entries ?? []).map((group) => {
          const [first] = group;
          const parts = group.map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              route={route}
              words={words}
              onRestore={(to) => setRestoring(bodyOf(narrowed(route, entry), to))}
              onTakeBack={(batch) => setRestoring({ batch })}
            />
          ));
          return group.length === 1 ? parts : <Together key={first!.id} first={first!} entries={parts} />;
        })}
      </ol>
      <Pager cursors={cursors} next={next} onCursors={setCursors} />
      <CodeSample samples={samples(route, location.origin)} />
      {restoring && (
        <RestoreDialog
          api={api}
          place={{ source, tab }}
          body={restoring}
          words={words}
          onClose={() => {
            setRestoring(null);
            history.refresh();
          }}
        />
      )}
    </Page>
  );
}

/** From a cell to its row, from a row to its tab. */
function Narrower({ route: { source, tab, row, key } }: { route: HistoryRoute }) {
  return (
    <span class="segments">
      {key !== undefined && row !== undefined && (
        <a class="button small" href={formatRoute({ page: "history", source, tab, row })}>
          The whole row
        </a>
      )}
      {row !== undefined && (
        <a class="button small" href={formatRoute({ page: "history", source, tab })}>
          The whole tab
        </a>
      )}
    </span>
  );
}

function queryOf({ row, key }: HistoryRoute, cursor: string | undefined): Record<string, string> {
  return {
    ...(row !== undefined && { row: String(row) }),
    ...(key !== undefined && { column: key }),
    ...(cursor !== undefined && { cursor }),
    limit: "50",
  };
}

/** An entry of a tab's history is restored by its own cell or row alone. */
function narrowed(route: HistoryRoute, entry: HistoryEntry): HistoryRoute {
  if (!("row" in entry)) return route;
  const key = "column" in entry ? entry.column : undefined;
  return { ...route, row: entry.row, ...(key !== undefined && { key }) };
}

export function bodyOf({ row, key }: HistoryRoute, to: string): RestoreBody {
  if (row === undefined) return { tab: true, to };
  return key === undefined ? { row, to } : { cell: { row, column: key }, to };
}

function aboutWords({ tab, row, key }: HistoryRoute, words: TabWords): string {
  if (row === undefined) return tab;
  return key === undefined ? `${words.row(row)} of ${tab}` : `${key}, ${words.row(row)}`;
}

function samples(route: HistoryRoute, origin: string) {
  const { source, tab, row, key } = route;
  const at = `${origin}/datasources/${source}/tabs/${encodeURIComponent(tab)}`;
  const query = new URLSearchParams({
    ...(row !== undefined && { row: String(row) }),
    ...(key !== undefined && { column: key }),
  });
  const body = JSON.stringify({ ...bodyOf(route, "2026-11-20T08:00:00Z"), preview: true });
  return {
    curl: `${CURL} ${shellWord(`${at}/history${query.size > 0 ? `?${query}` : ""}`)}\n${CURL} -H "Content-Type: application/json" \\\n  -d ${shellWord(body)} ${at}/restore`,
  };
}
