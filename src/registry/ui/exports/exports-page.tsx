import { useCallback, useState } from "preact/hooks";
import type { ExportAnswer } from "../../../../client-sdk/src/contract/exports.ts";
import { Badge } from "../parts/badge.tsx";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { FilterField } from "../parts/field.tsx";
import { OutIcon, PlusIcon } from "../parts/icons.tsx";
import { ListState, ProblemBox } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { useNow } from "../parts/use-now.ts";
import { ageWords, countWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { ExportActions } from "./export-actions.tsx";
import { EXPORT_STATES, isBusy, reportWords } from "./export-words.ts";
import { ProgressBar } from "./progress-bar.tsx";

/** A bar that moves is looked at often; a list at rest now and then. */
const BUSY_REFRESH_MS = 700;
const REFRESH_MS = 4000;
/** Of a list; the rest is found by the filter. */
const SHOWN_MAX = 100;

/** Workbooks that were made of data, each with how far it is. */
export function ExportsPage({ api }: { api: Api }) {
  const [everyMs, setEveryMs] = useState(REFRESH_MS);
  const [filter, setFilter] = useState("");
  const ask = useCallback(async () => {
    const answer = await api.exports();
    if (answer.ok) setEveryMs(answer.value.some(isBusy) ? BUSY_REFRESH_MS : REFRESH_MS);
    return answer;
  }, [api]);
  const { value, error, refresh } = useAnswer(ask, everyMs);
  const wanted = filter.trim().toLowerCase();
  const found = (value ?? []).filter(({ title, id, conversation_id }) =>
    [title, id, conversation_id ?? ""].some((text) => text.toLowerCase().includes(wanted)),
  );
  return (
    <Page
      title="Exports"
      about="Workbooks made of your data: created once, shared, and kept in step without losing what people added to them."
      beside={
        <a class="button small primary at-end" href={formatRoute({ page: "new-export" })}>
          <PlusIcon />
          New export
        </a>
      }
      wide
    >
      <ListState
        value={value}
        error={error}
        empty={
          <>
            No export yet. <a href={formatRoute({ page: "new-export" })}>Make one of your data</a>, or look at
            the <a href={formatRoute({ page: "templates" })}>templates</a> first.
          </>
        }
      />
      {value && value.length > 5 && (
        <FilterField label="Find" placeholder="Title or id" value={filter} onText={setFilter} />
      )}
      <ul class="cards">
        {found.slice(0, SHOWN_MAX).map((each) => (
          <ExportCard key={each.id} api={api} about={each} onChanged={refresh} />
        ))}
      </ul>
      {found.length > SHOWN_MAX && (
        <p class="quiet">
          {countWords(found.length - SHOWN_MAX, "older one is", "older ones are")} not shown.
        </p>
      )}
      <CodeSample
        samples={{ curl: `${CURL} ${location.origin}/api/v1/export/sheets`, cli: "sheetwire export list" }}
      />
    </Page>
  );
}

function ExportCard({ api, about, onChanged }: { api: Api; about: ExportAnswer; onChanged: () => void }) {
  const now = useNow();
  const { id, title, state, template, link, problem, lastUpdate, last_sync, live } = about;
  const { word, tone, means } = EXPORT_STATES[state];
  return (
    <li class="export-card" data-testid="export" data-id={id} data-state={state}>
      <div class="row-head">
        <a href={formatRoute({ page: "export", id })}>
          <strong>{title}</strong>
        </a>
        <Badge tone={tone} title={means}>
          {word}
        </Badge>
        <span class="quiet">
          {template.id}
          {live && `, follows ${live.source}/${live.tab}${live.view ? `@${live.view}` : ""}`}
        </span>
        {link && (
          <a
            class="out-link"
            href={link}
            target="_blank"
            rel="noreferrer"
            aria-label={`Open the sheet ${title}`}
          >
            Open the sheet <OutIcon />
          </a>
        )}
      </div>
      <ProgressBar title={title} progress={about.progress} />
      {problem && <ProblemBox problem={problem} tone={tone} />}
      <div class="export-foot">
        <span class="quiet">
          {lastUpdate ? reportWords(lastUpdate) : "not written yet"}
          {last_sync && `, in step ${ageWords(now - Date.parse(last_sync))}`}
        </span>
        <ExportActions api={api} about={about} onChanged={onChanged} onRemoved={onChanged} />
      </div>
    </li>
  );
}
