import type { ComponentChildren } from "preact";
import { useCallback, useState } from "preact/hooks";
import type { ExportAnswer } from "../../../../client-sdk/src/contract/exports.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Badge } from "../parts/badge.tsx";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { OutIcon } from "../parts/icons.tsx";
import { Alert, ProblemBox } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { useNow } from "../parts/use-now.ts";
import { ageWords, refusalWords, timeWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { goTo } from "../shell/use-route.ts";
import { ExportActions } from "./export-actions.tsx";
import { EXPORT_STATES, isBusy, shareWords } from "./export-words.ts";
import { LastUpdate } from "./last-update.tsx";
import { ProgressBar } from "./progress-bar.tsx";
import { UpdateForm } from "./update-form.tsx";

const BUSY_REFRESH_MS = 500;
const REFRESH_MS = 4000;

/** One export: how far it is, what came of it, and the way to update it. */
export function ExportPage(props: { api: Api; id: string; sources: readonly SourceAnswer[] }) {
  const { api, id } = props;
  const [everyMs, setEveryMs] = useState(BUSY_REFRESH_MS);
  const ask = useCallback(async () => {
    const answer = await api.exportStatus(id);
    setEveryMs(answer.ok && isBusy(answer.value) ? BUSY_REFRESH_MS : REFRESH_MS);
    return answer;
  }, [api, id]);
  const { value, error, refresh } = useAnswer(ask, everyMs);
  const back = { href: formatRoute({ page: "exports" }), words: "Exports" };
  if (!value) {
    return (
      <Page title="Export" back={back}>
        {error ? <Alert>{refusalWords(error)}</Alert> : <p class="quiet">Loading ...</p>}
      </Page>
    );
  }
  const { word, tone, means } = EXPORT_STATES[value.state];
  return (
    <Page title={value.title} back={back} about={means} beside={<Badge tone={tone}>{word}</Badge>} wide>
      <div class="export-page" data-testid="export" data-state={value.state}>
        {error && <Alert>{refusalWords(error)}</Alert>}
        <p class="for-readers" aria-live="polite">
          {value.title} is {word}.
        </p>
        <ProgressBar title={value.title} progress={value.progress} />
        {value.problem && <ProblemBox problem={value.problem} tone={tone} />}
        {value.follow && <ProblemBox problem={value.follow.problem} tone="warn" />}
        {value.notices.map((notice) => (
          <p key={notice} class="notice">
            {notice}
          </p>
        ))}
        <div class="export-foot">
          {value.link && (
            <a class="button primary" href={value.link} target="_blank" rel="noreferrer">
              Open the sheet <OutIcon />
            </a>
          )}
          <ExportActions
            api={api}
            about={value}
            onChanged={refresh}
            onRemoved={() => goTo({ page: "exports" }, { replace: true })}
          />
        </div>
        <Facts about={value} />
        {value.lastUpdate && <LastUpdate report={value.lastUpdate} />}
        <UpdateForm api={api} about={value} sources={props.sources} onSent={refresh} />
        <CodeSample title="Its status in code" samples={statusSamples(id, location.origin)} />
      </div>
    </Page>
  );
}

function statusSamples(id: string, origin: string) {
  const at = `${origin}/api/v1/export/sheets/${id}`;
  return {
    curl: `${CURL} ${at}/status\n${CURL} -X POST ${at}/cancel\n${CURL} -X DELETE '${at}?file=keep'`,
    cli: `sheetwire export status ${id}`,
  };
}

function Facts({ about }: { about: ExportAnswer }) {
  const now = useNow();
  const { template, live, last_sync, share, waitingUpdates, edits, account, calls, createdAt } = about;
  return (
    <dl class="facts">
      <Fact name="In step">
        {last_sync ? (
          <span title={timeWords(last_sync)} data-testid="last-sync">
            {ageWords(now - Date.parse(last_sync))}
          </span>
        ) : (
          "not yet"
        )}
      </Fact>
      <Fact name="Template">
        <a href={formatRoute({ page: "template", id: template.id })}>{template.id}</a>, version{" "}
        {template.version}
      </Fact>
      <Fact name="Follows">
        {live ? (
          <a href={formatRoute({ page: "tab", source: live.source, tab: live.tab })}>
            {live.source}/{live.tab}
            {live.view && `@${live.view}`}
          </a>
        ) : (
          "nothing: it is updated by you"
        )}
      </Fact>
      <Fact name="Updates waiting">{waitingUpdates === 0 ? "none" : waitingUpdates}</Fact>
      <Fact name="People's changes of its cells">{edits === "keep" ? "are kept" : "are written over"}</Fact>
      <Fact name="Shared">{share.length === 0 ? "with nobody" : share.map(shareWords).join("; ")}</Fact>
      <Fact name="Made with">{account}</Fact>
      <Fact name="Made">{timeWords(createdAt)}</Fact>
      <Fact name="Requests to Google">{calls.toLocaleString("en")}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
