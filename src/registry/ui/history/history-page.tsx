import { useCallback, useState } from "preact/hooks";
import type { HistoryEntry, RestoreBody } from "../../../../client-sdk/src/contract/history.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { shellWord } from "../parts/shell-word.ts";
import { timeWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute, type HistoryRoute } from "../shell/routes.ts";
import { entryWords, originWords } from "./entry-words.ts";
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
  const { entries, next } = history.value ?? { entries: null };
  return (
    <Page
      title={`History of ${aboutWords(route)}`}
      back={{ href: formatRoute({ page: "tab", source, tab }), words: `${name}: ${tab}` }}
      about="Who changed what, from what to what; the newest first. A restore shows what it would change, and is itself a change that can be taken back."
      beside={<Narrower route={route} />}
    >
      <RestoreAt onPick={(to) => setRestoring(bodyOf(route, to))} />
      <ListState value={entries} error={history.error} empty="Nothing was changed yet." />
      <ol class="entries">
        {entries?.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            route={route}
            onRestore={(to) => setRestoring(bodyOf(narrowed(route, entry), to))}
            onTakeBack={(batch) => setRestoring({ batch })}
          />
        ))}
      </ol>
      <div class="actions">
        {cursors.length > 0 && (
          <button type="button" onClick={() => setCursors(cursors.slice(0, -1))}>
            Newer
          </button>
        )}
        {next !== undefined && (
          <button type="button" onClick={() => setCursors([...cursors, next])}>
            Older
          </button>
        )}
      </div>
      <CodeSample samples={samples(route, location.origin)} />
      {restoring && (
        <RestoreDialog
          api={api}
          place={{ source, tab }}
          body={restoring}
          onClose={() => {
            setRestoring(null);
            history.refresh();
          }}
        />
      )}
    </Page>
  );
}

function Entry(props: {
  entry: HistoryEntry;
  route: HistoryRoute;
  onRestore: (to: string) => void;
  onTakeBack: (cause: string) => void;
}) {
  const { entry, route } = props;
  const { where, what, change } = entryWords(entry);
  const { source, tab } = route;
  const [row, key] = ["row" in entry ? entry.row : undefined, "column" in entry ? entry.column : undefined];
  const isCell = entry.kind === "cell" || entry.kind === "formula";
  return (
    <li class="entry" data-testid="history-entry" data-id={entry.id}>
      <div class="entry-head">
        <time dateTime={entry.at}>{timeWords(entry.at)}</time>
        <span>{originWords(entry)}</span>
        {row !== undefined && (route.row === undefined || (isCell && route.key === undefined)) ? (
          <a href={formatRoute({ page: "history", source, tab, row, ...(key !== undefined && { key }) })}>
            {where}
          </a>
        ) : (
          <span class="quiet">{where}</span>
        )}
      </div>
      <p class="entry-change">
        {change ? (
          <>
            {what} <del>{change.before}</del> <span aria-hidden="true">→</span>
            <span class="for-readers"> to </span> <ins>{change.after}</ins>
          </>
        ) : (
          what
        )}
      </p>
      <div class="acts">
        <button type="button" class="small" onClick={() => props.onRestore(justBefore(entry.at))}>
          Back to before this
        </button>
        {entry.cause !== undefined && (
          <button type="button" class="small" onClick={() => props.onTakeBack(entry.cause!)}>
            Take all of this act back
          </button>
        )}
      </div>
    </li>
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

function RestoreAt({ onPick }: { onPick: (to: string) => void }) {
  const [text, setText] = useState("");
  const at = text === "" ? null : new Date(text);
  return (
    <form
      class="restore-at"
      onSubmit={(event) => {
        event.preventDefault();
        if (at && !Number.isNaN(at.getTime())) onPick(at.toISOString());
      }}
    >
      <label class="field">
        <span>As it was at</span>
        <input
          type="datetime-local"
          step="1"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={text === ""}>
        Look at the difference
      </button>
    </form>
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

const justBefore = (at: string): string => new Date(Date.parse(at) - 1).toISOString();

function aboutWords({ tab, row, key }: HistoryRoute): string {
  if (row === undefined) return tab;
  return key === undefined ? `row ${row} of ${tab}` : `${key}, row ${row}`;
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
