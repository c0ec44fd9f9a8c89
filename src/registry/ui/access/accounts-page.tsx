import { useCallback, useState } from "preact/hooks";
import type { AccountAnswer } from "../../../../client-sdk/src/contract/accounts.ts";
import { Badge } from "../parts/badge.tsx";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { timeWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { ConnectAccount } from "./connect-account.tsx";

/** A consent happens in another tab of the browser: the list is read again meanwhile. */
const REFRESH_MS = 3000;

/** Google accounts that people have connected. */
export function AccountsPage({ api }: { api: Api }) {
  const accounts = useAnswer(
    useCallback(() => api.accounts(), [api]),
    REFRESH_MS,
  );
  const [leaving, setLeaving] = useState<AccountAnswer | null>(null);
  const close = (): void => setLeaving(null);
  return (
    <Page
      title="Accounts"
      about="Google accounts whose people let this daemon read or write their workbooks. Their access is kept encrypted here and ended at Google when they are disconnected."
      wide
    >
      <ListState value={accounts.value} error={accounts.error} empty="No account is connected." />
      {accounts.value && accounts.value.length > 0 && (
        <DataTable
          caption="Connected accounts"
          columns={accountColumns(api, setLeaving)}
          rows={accounts.value}
          keyOf={({ id }) => id}
          testId="account"
        />
      )}
      <section class="panel" aria-labelledby="connect-title">
        <h2 id="connect-title">Connect an account</h2>
        <ConnectAccount api={api} />
      </section>
      <CodeSample
        samples={{
          curl: `${CURL} -H "Content-Type: application/json" \\\n  -d '{"scope": "spreadsheets"}' ${location.origin}/api/v1/accounts/google/connect`,
        }}
      />
      {leaving && (
        <Confirm
          title={`Disconnect ${leaving.email ?? leaving.id}?`}
          act="Disconnect"
          doing="Disconnecting ..."
          perform={() => api.disconnectAccount(leaving.id, leaving.sources.length > 0)}
          onDone={() => {
            close();
            accounts.refresh();
          }}
          onClose={close}
        >
          <p>
            {leaving.sources.length === 0
              ? "No source is read with it."
              : `These sources can no longer be read: ${leaving.sources.join(", ")}.`}
          </p>
        </Confirm>
      )}
    </Page>
  );
}

function accountColumns(
  api: Api,
  onLeave: (account: AccountAnswer) => void,
): readonly DataColumn<AccountAnswer>[] {
  return [
    {
      name: "Account",
      cell: ({ id, email, error }) => (
        <>
          <strong>{email ?? id}</strong>
          {error && (
            <small class="tone-warn is-toned">
              {error.message} {error.fix}
            </small>
          )}
        </>
      ),
    },
    {
      name: "State",
      cell: ({ state }) =>
        state === "connected" ? (
          <Badge tone="good">connected</Badge>
        ) : (
          <Badge tone="bad">connect again</Badge>
        ),
    },
    { name: "May", cell: ({ scopes }) => scopes.join(", ") },
    { name: "Sources", cell: ({ sources }) => (sources.length === 0 ? "none" : sources.join(", ")) },
    { name: "Connected", cell: ({ connectedAt }) => timeWords(connectedAt) },
    {
      name: "Act",
      atEnd: true,
      cell: (account) => (
        <span class="acts">
          {account.state === "reconnect" && <ConnectAccount api={api} account={account.id} />}
          <button
            type="button"
            class="small danger"
            aria-label={`Disconnect ${account.email ?? account.id}`}
            onClick={() => onLeave(account)}
          >
            Disconnect
          </button>
        </span>
      ),
    },
  ];
}
