import { useCallback, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { CreatedTokenAnswer, TokenAnswer } from "../../../../client-sdk/src/contract/tokens.ts";
import { Badge } from "../parts/badge.tsx";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { timeWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { scopesWords } from "./new-token.ts";
import { TokenForm } from "./token-form.tsx";

/** Tokens: make one with its scopes, see it once, revoke it. */
export function TokensPage({ api, sources }: { api: Api; sources: readonly SourceAnswer[] }) {
  const tokens = useAnswer(useCallback(() => api.tokens(), [api]));
  const [made, setMade] = useState<CreatedTokenAnswer | null>(null);
  const views = useAnswer(useCallback(() => api.views(), [api])).value ?? [];
  const [changing, setChanging] = useState<TokenAnswer | null>(null);
  const [revoking, setRevoking] = useState<TokenAnswer | null>(null);
  const close = (): void => setRevoking(null);
  const columns = tokenColumns(setChanging, setRevoking);
  return (
    <Page
      title="Tokens"
      about="A token lets a program or a person read or edit some tabs, and nothing else. It is shown once and kept nowhere."
      wide
    >
      {made && <Made token={made} onClose={() => setMade(null)} />}
      <ListState value={tokens.value} error={tokens.error} empty="No token yet but the admin's own." />
      {tokens.value && tokens.value.length > 0 && (
        <DataTable
          caption="Tokens"
          columns={columns}
          rows={tokens.value}
          keyOf={({ id }) => id}
          testId="token"
        />
      )}
      {changing && (
        <TokenForm
          key={changing.id}
          api={api}
          sources={sources}
          views={views}
          token={changing}
          onChanged={() => {
            setChanging(null);
            tokens.refresh();
          }}
          onClose={() => setChanging(null)}
        />
      )}
      <TokenForm
        api={api}
        sources={sources}
        views={views}
        onMade={(token) => {
          setMade(token);
          tokens.refresh();
        }}
      />
      <CodeSample samples={samples(location.origin)} />
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.name}?`}
          act="Revoke for good"
          doing="Revoking ..."
          perform={() => api.revokeToken(revoking.id)}
          onDone={() => {
            close();
            tokens.refresh();
          }}
          onClose={close}
        >
          <p>Programs that use it are cut off at once. This cannot be undone.</p>
        </Confirm>
      )}
    </Page>
  );
}

function Made({ token, onClose }: { token: CreatedTokenAnswer; onClose: () => void }) {
  return (
    <section class="made tone-good" aria-label="The new token">
      <strong>Copy {token.name} now: it is not shown again.</strong>
      <div class="made-token">
        <code data-testid="made-token">{token.token}</code>
        <CopyButton text={token.token} />
      </div>
      <button type="button" class="small" onClick={onClose}>
        I have kept it
      </button>
    </section>
  );
}

function tokenColumns(
  onChange: (token: TokenAnswer) => void,
  onRevoke: (token: TokenAnswer) => void,
): readonly DataColumn<TokenAnswer>[] {
  return [
    {
      name: "Name",
      cell: ({ name, hint, subject }) => (
        <>
          <strong>{name}</strong>
          <small class="quiet">
            ends in {hint}, edits as {subject}
          </small>
        </>
      ),
    },
    {
      name: "Allows",
      cell: ({ scopes, claims = {} }) => (
        <>
          {scopesWords(scopes)}
          {Object.keys(claims).length > 0 && <small class="quiet">claims {claimsWords(claims)}</small>}
        </>
      ),
    },
    {
      name: "State",
      cell: ({ state }) => <Badge tone={state === "active" ? "good" : "off"}>{state}</Badge>,
    },
    { name: "Expires", cell: ({ expiresAt }) => (expiresAt ? timeWords(expiresAt) : "never") },
    { name: "Last used", cell: ({ lastUsedAt }) => (lastUsedAt ? timeWords(lastUsedAt) : "never") },
    {
      name: "Act",
      atEnd: true,
      cell: (token) => (
        <span class="acts">
          <button
            type="button"
            class="small"
            aria-label={`Change ${token.name}`}
            onClick={() => onChange(token)}
          >
            Change
          </button>
          <button
            type="button"
            class="small danger"
            aria-label={`Revoke ${token.name}`}
            onClick={() => onRevoke(token)}
          >
            Revoke
          </button>
        </span>
      ),
    },
  ];
}

function claimsWords(claims: NonNullable<TokenAnswer["claims"]>): string {
  return Object.entries(claims)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}

function samples(origin: string) {
  const body = `{"name": "shop page", "scopes": [{"action": "read", "source": "shop"}], "ttl": 3600}`;
  return {
    curl: `${CURL} -H "Content-Type: application/json" \\\n  -d '${body}' ${origin}/api/v1/tokens`,
    cli: "sheetwire tokens make 'shop page' --scope read:shop --ttl 1h\nsheetwire tokens list",
  };
}
