import { useCallback } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Badge } from "../parts/badge.tsx";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { ProblemBox } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { useNow } from "../parts/use-now.ts";
import { ageWords, countWords, paceWords, SOURCE_STATES } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { nextWords } from "./next-words.ts";
import { PollStrip } from "./poll-strip.tsx";
import { SourceActions } from "./source-actions.tsx";

const ACTIVITY_REFRESH_MS = 4000;

/** What is known of one source, and its tabs. */
export function SourcePage(props: {
  api: Api;
  id: string;
  source: SourceAnswer | undefined;
  onChanged: () => void;
}) {
  const { source, id } = props;
  const now = useNow();
  const activity = useAnswer(
    useCallback(() => props.api.activity(), [props.api]),
    ACTIVITY_REFRESH_MS,
  );
  if (!source) {
    return (
      <Page title="No such source">
        <p class="quiet">There is no source with the id "{id}". It may have been deleted.</p>
      </Page>
    );
  }
  const { word, tone, means } = SOURCE_STATES[source.state];
  return (
    <Page title={source.name} about={source.description ?? means} beside={<Badge tone={tone}>{word}</Badge>}>
      {source.error && <ProblemBox problem={source.error} tone={tone} />}
      {source.writeBack?.problem && <ProblemBox problem={source.writeBack.problem} tone="warn" />}
      {source.notices?.map((notice) => (
        <p key={notice} class="notice">
          {notice}
        </p>
      ))}
      <dl class="facts">
        <Fact name="Checked">
          {source.lastPollAt ? ageWords(now - Date.parse(source.lastPollAt)) : "not yet"}
        </Fact>
        <Fact name="Changed">
          {source.lastChangeAt ? ageWords(now - Date.parse(source.lastChangeAt)) : "not yet"}
        </Fact>
        <Fact name="Next check">{nextWords(source, now)}</Fact>
        <Fact name="Pace">{paceWords(source.pollingInterval)}</Fact>
        <Fact name="Edits">{editWords(source)}</Fact>
        <Fact name="Signs in with">{signInWords(source)}</Fact>
      </dl>
      <PollStrip polls={activity.value?.sources[id]?.polls ?? []} />
      <SourceActions key={source.id} api={props.api} source={source} onChanged={props.onChanged} />
      <h2>Tabs</h2>
      {source.tabs.length === 0 && <p class="quiet">None is known yet.</p>}
      <ul class="tab-cards">
        {source.tabs.map((tab) => (
          <li key={tab.name}>
            <a href={formatRoute({ page: "tab", source: source.id, tab: tab.name })}>
              <strong>{tab.title}</strong>
              <span class="quiet">
                {countWords(tab.rows, "row", "rows")}, {countWords(tab.columns, "column", "columns")}
              </span>
            </a>
          </li>
        ))}
      </ul>
      <CodeSample samples={samples(source.id, location.origin)} />
    </Page>
  );
}

const POLICY_WORDS = {
  sheet: "the sheet wins",
  client: "the edit wins",
  latest: "the later wins",
  ask: "a person is asked",
} as const;

function editWords({ writable, conflictPolicy = "sheet" }: SourceAnswer): string {
  return writable ? `written back; ${POLICY_WORDS[conflictPolicy]}` : "read only";
}

function samples(id: string, origin: string) {
  const at = `${origin}/datasources/${id}`;
  return {
    curl: `${CURL} ${at}\n${CURL} -X POST ${at}/poll\n${CURL} -X POST ${at}/pause`,
    cli: `sheetwire sources show ${id}`,
  };
}

/** Credentials are a workbook's, `auth` a feed's; an API key may stand alone. */
function signInWords({ credentials, auth, apiKeyHint }: SourceAnswer): string {
  const type = credentials?.type ?? auth?.type ?? (apiKeyHint === undefined ? "none" : "apiKey");
  return SIGN_IN_WORDS[type];
}

type SignIn = NonNullable<SourceAnswer["credentials"] | SourceAnswer["auth"]>["type"] | "none";

const SIGN_IN_WORDS: Readonly<Record<SignIn, string>> = {
  serviceAccount: "a service account",
  serviceAccountFile: "a key file on the daemon's machine",
  apiKey: "an API key",
  account: "a connected account",
  ambient: "the daemon's own key file",
  bearer: "a bearer token",
  basic: "user and password",
  oauth2: "OAuth 2 client credentials",
  none: "nothing",
};

function Fact({ name, children }: { name: string; children: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
