import { useCallback } from "preact/hooks";
import type { PollAnswer } from "../../../../client-sdk/src/contract/activity.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Badge } from "../parts/badge.tsx";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { PlusIcon } from "../parts/icons.tsx";
import { useNow } from "../parts/use-now.ts";
import { ageWords, countWords, paceWords, SOURCE_STATES, soonWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import type { QuotaAnswer } from "../rest/quota.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import type { Sources } from "../shell/use-sources.ts";
import { PollStrip } from "./poll-strip.tsx";
import { useOpenEdits, type WaitingEdits } from "./waiting-edits.ts";

const REFRESH_MS = 4000;

/** A row per source: how it is, how fresh, what it waits for. */
export function Overview({ api, sources }: { api: Api; sources: Sources }) {
  const now = useNow();
  const list = sources.list ?? [];
  const activity = useAnswer(
    useCallback(() => api.activity(), [api]),
    REFRESH_MS,
  );
  const quota = useAnswer(
    useCallback(() => api.quota(), [api]),
    REFRESH_MS,
  );
  const waiting = useOpenEdits(api, REFRESH_MS);
  if (list.length === 0) return <Welcome limited={sources.limited} />;
  return (
    <section class="page wide overview">
      <div class="page-head">
        <h1>Sources</h1>
        <a class="button primary at-end" href="#/+">
          <PlusIcon /> Add a source
        </a>
      </div>
      <ul class="source-rows">
        {list.map((source) => (
          <SourceRow
            key={source.id}
            source={source}
            now={now}
            polls={activity.value?.sources[source.id]?.polls ?? []}
            quota={quotaOf(quota.value, source.id)}
            waiting={waiting.get(source.id)}
          />
        ))}
      </ul>
      <CodeSample
        title="The sources in code"
        samples={{ curl: `${CURL} ${location.origin}/datasources`, cli: "sheetwire sources list" }}
      />
    </section>
  );
}

function SourceRow(props: {
  source: SourceAnswer;
  now: number;
  polls: readonly PollAnswer[];
  quota: QuotaAnswer | undefined;
  waiting: WaitingEdits | undefined;
}) {
  const { source, now, polls, quota, waiting } = props;
  const { word, tone, means } = SOURCE_STATES[source.state];
  const rows = source.tabs.reduce((sum, tab) => sum + tab.rows, 0);
  return (
    <li class="source-row" data-testid="source-row" data-source-id={source.id} data-state={source.state}>
      <div class="row-head">
        <Badge tone={tone} title={means}>
          {word}
        </Badge>
        <a href={formatRoute({ page: "source", source: source.id })}>
          <strong>{source.name}</strong>
        </a>
        <span class="quiet row-size">
          {countWords(source.tabs.length, "tab", "tabs")}, {countWords(rows, "row", "rows")}
        </span>
        <PollStrip polls={polls} />
      </div>
      <dl class="row-facts">
        <Fact
          name="Checked"
          value={source.lastPollAt ? ageWords(now - Date.parse(source.lastPollAt)) : "not yet"}
        />
        <Fact
          name="Changed"
          value={source.lastChangeAt ? ageWords(now - Date.parse(source.lastChangeAt)) : "not yet"}
        />
        <Fact name="Next check" value={nextWords(source, now)} />
        <Fact name="Pace" value={paceOf(source, quota)} />
        <WaitingFact source={source} waiting={waiting} />
        <Fact
          name="Quota"
          value={quota ? quotaWords(quota) : "none needed"}
          warn={(quota?.usedRatio ?? 0) > 0.9}
        />
      </dl>
      {source.error && (
        <p class={`source-problem tone-${tone}`}>
          {source.error.message} <span>{source.error.fix}</span>
        </p>
      )}
      {source.writeBack?.problem && (
        <p class="source-problem tone-warn">
          Edits are not written: {source.writeBack.problem.message}{" "}
          <span>{source.writeBack.problem.fix}</span>
        </p>
      )}
      {source.tabs.length > 0 && (
        <ul class="row-tabs" aria-label={`Tabs of ${source.name}`}>
          {source.tabs.map((tab) => (
            <li key={tab.name}>
              <a href={formatRoute({ page: "tab", source: source.id, tab: tab.name })}>{tab.title}</a>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Fact({ name, value, warn = false }: { name: string; value: string; warn?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={warn ? "tone-warn is-toned" : ""}>{value}</dd>
    </div>
  );
}

export function nextWords({ state, nextPollAt }: SourceAnswer, now: number): string {
  if (state === "paused") return "paused";
  return nextPollAt ? soonWords(Date.parse(nextPollAt) - now) : "running";
}

/** What the quota leaves of the wish, where that is less. */
function paceOf({ pollingInterval, id }: SourceAnswer, quota: QuotaAnswer | undefined): string {
  const given = quota?.sources.find((source) => source.id === id)?.intervalMs ?? pollingInterval;
  const wish = paceWords(pollingInterval);
  return given > pollingInterval * 1.5 ? `${paceWords(given)} (wished: ${wish})` : wish;
}

function quotaOf(all: readonly QuotaAnswer[] | null, source: string): QuotaAnswer | undefined {
  return all?.find(({ sources }) => sources.some(({ id }) => id === source));
}

export function quotaWords({ readsUsed, readsPerMinute }: QuotaAnswer): string {
  return `${readsUsed} of ${readsPerMinute} reads this minute`;
}

/** Edits on their way, and those that wait for a person, where they are decided. */
function WaitingFact({ source, waiting }: { source: SourceAnswer; waiting: WaitingEdits | undefined }) {
  const { conflicts = 0, deadLetters = 0 } = waiting ?? {};
  const pending = source.writeBack?.pending ?? 0;
  const idle = pending + conflicts + deadLetters === 0;
  return (
    <div>
      <dt>Waiting edits</dt>
      <dd class="waiting">
        {idle && (source.writable ? "none" : "read only")}
        {pending > 0 && <span>{pending} on the way</span>}
        {conflicts > 0 && (
          <a href={formatRoute({ page: "conflicts" })}>{countWords(conflicts, "conflict", "conflicts")}</a>
        )}
        {deadLetters > 0 && (
          <a href={formatRoute({ page: "deadletters" })}>
            {countWords(deadLetters, "dead letter", "dead letters")}
          </a>
        )}
      </dd>
    </div>
  );
}

function Welcome({ limited }: { limited: boolean }) {
  return (
    <section class="page welcome">
      <h1>{limited ? "Open a tab" : "No source yet"}</h1>
      <p class="quiet">
        {limited
          ? "Your token reaches some tabs and not the list of all."
          : "Add a Google Sheet or a feed, and its cells are live here and in your programs."}
      </p>
      {!limited && (
        <a class="button primary" href="#/+">
          Add a source
        </a>
      )}
    </section>
  );
}
