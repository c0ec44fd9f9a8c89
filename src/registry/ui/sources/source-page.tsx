import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Badge } from "../parts/badge.tsx";
import { BackIcon } from "../parts/icons.tsx";
import { useNow } from "../parts/use-now.ts";
import { ageWords, countWords, paceWords, SOURCE_STATES } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { formatRoute } from "../shell/routes.ts";
import { SourceActions } from "./source-actions.tsx";

/** What is known of one source, and its tabs. */
export function SourcePage(props: {
  api: Api;
  id: string;
  source: SourceAnswer | undefined;
  onChanged: () => void;
}) {
  const { source, id } = props;
  const now = useNow();
  if (!source) {
    return (
      <section class="page">
        <h1>No such source</h1>
        <p class="quiet">There is no source with the id "{id}". It may have been deleted.</p>
      </section>
    );
  }
  const { word, tone, means } = SOURCE_STATES[source.state];
  return (
    <section class="page">
      <a class="back" href="#/">
        <BackIcon /> All sources
      </a>
      <div class="page-head">
        <h1>{source.name}</h1>
        <Badge tone={tone}>{word}</Badge>
      </div>
      <p class="quiet">{source.description ?? means}</p>
      {source.error && <Problem problem={source.error} tone={tone} />}
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
        <Fact name="Pace">{paceWords(source.pollingInterval)}</Fact>
        <Fact name="Signs in with">{signInWords(source)}</Fact>
      </dl>
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
    </section>
  );
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

function Problem({ problem, tone }: { problem: NonNullable<SourceAnswer["error"]>; tone: string }) {
  return (
    <div class={`problem tone-${tone}`} role="alert">
      <strong>{problem.message}</strong>
      <p>{problem.fix}</p>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
