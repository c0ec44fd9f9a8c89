import type { PollAnswer } from "../../../../client-sdk/src/contract/activity.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Badge } from "../parts/badge.tsx";
import { ageWords, countWords, paceWords, SOURCE_STATES } from "../parts/words.ts";
import type { QuotaAnswer } from "../rest/quota.ts";
import { formatRoute } from "../shell/routes.ts";
import { nextWords } from "./next-words.ts";
import { PollStrip } from "./poll-strip.tsx";
import type { WaitingEdits } from "./waiting-edits.ts";

/** One source at a glance: how it is, how fresh, what it waits for. */
export function SourceRow(props: {
  source: SourceAnswer;
  now: number;
  polls: readonly PollAnswer[];
  /** Undefined: it is read without one; null: not known yet. */
  quota: QuotaAnswer | undefined | null;
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
        <Fact name="Quota" value={quotaWords(quota)} warn={(quota?.usedRatio ?? 0) > 0.9} />
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

/** What the quota leaves of the wish, where that is less. */
function paceOf({ pollingInterval, id }: SourceAnswer, quota: QuotaAnswer | undefined | null): string {
  const given = quota?.sources.find((source) => source.id === id)?.intervalMs ?? pollingInterval;
  const wish = paceWords(pollingInterval);
  return given > pollingInterval * 1.5 ? `${paceWords(given)} (wished: ${wish})` : wish;
}

function quotaWords(quota: QuotaAnswer | undefined | null): string {
  if (!quota) return quota === null ? "..." : "none needed";
  const { readsUsed, readsPerMinute } = quota;
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
