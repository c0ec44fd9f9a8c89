import { useCallback } from "preact/hooks";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { PlusIcon } from "../parts/icons.tsx";
import { useNow } from "../parts/use-now.ts";
import type { Api } from "../rest/api.ts";
import type { QuotaAnswer } from "../rest/quota.ts";
import { useAnswer } from "../rest/use-answer.ts";
import type { Sources } from "../shell/use-sources.ts";
import { SourceRow } from "./source-row.tsx";
import { useOpenEdits } from "./waiting-edits.ts";

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
            quota={quota.value === null ? null : quotaOf(quota.value, source.id)}
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

function quotaOf(all: readonly QuotaAnswer[], source: string): QuotaAnswer | undefined {
  return all.find(({ sources }) => sources.some(({ id }) => id === source));
}
