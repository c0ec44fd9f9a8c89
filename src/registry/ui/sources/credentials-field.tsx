import { useEffect } from "preact/hooks";
import type { AccountAnswer } from "../../../../client-sdk/src/contract/accounts.ts";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { ConnectAccount } from "../access/connect-account.tsx";
import { Choices, Field, SelectField, TextField } from "../parts/field.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import type { Api } from "../rest/api.ts";
import { type NewSource, serviceAccountAddress } from "./new-source.ts";

type Choice = { value: NewSource["access"]; title: string; about: string };

const KEY_FILE: Choice = {
  value: "serviceAccount",
  title: "Service account",
  about: "For private workbooks.",
};
const ACCOUNT: Choice = { value: "account", title: "Connected account", about: "What this person may open." };
const OTHERS: readonly Choice[] = [
  { value: "apiKey", title: "API key", about: "For workbooks that anyone with the link may read." },
  {
    value: "ambient",
    title: "This machine's account",
    about: "The Google account that the daemon was started with.",
  },
];
const KEPT = "It is stored encrypted and never shown again.";

/** How the daemon signs in at Google: the kind, and its secret or account. */
export function CredentialsField(props: {
  api: Api;
  form: NewSource;
  accounts: readonly AccountAnswer[];
  set: (part: Partial<NewSource>) => void;
  problems: readonly FieldProblem[];
}) {
  const { api, form, accounts, set } = props;
  const problems = problemsOf(props.problems, "credentials");
  const address = serviceAccountAddress(form.secret);
  const first = accounts[0]?.id ?? "";
  useEffect(() => {
    // The first one that is there is picked by itself, also when it has only now been connected.
    if (form.access === "account" && form.account === "" && first !== "") set({ account: first });
  }, [form.access, form.account, first]);
  const setSecret = (secret: string): void => set({ secret });
  return (
    <>
      <Choices
        legend="Access"
        name="access"
        value={form.access}
        choices={[ACCOUNT, KEY_FILE, ...OTHERS]}
        onPick={(access) => set({ access, secret: "", account: access === "account" ? first : "" })}
      />
      {form.access === "serviceAccount" && (
        <TextField
          id="secret"
          name="credentials"
          label="Key file"
          rows={5}
          problems={problems}
          hint={
            address ? (
              <>
                Share the workbook with <code>{address}</code>.
              </>
            ) : (
              `The JSON file that Google gave you for the service account. ${KEPT}`
            )
          }
          placeholder={'{ "type": "service_account", "client_email": "...", "private_key": "..." }'}
          value={form.secret}
          onText={setSecret}
        />
      )}
      {form.access === "apiKey" && (
        <TextField
          id="secret"
          name="credentials"
          label="API key"
          type="password"
          problems={problems}
          hint={KEPT}
          value={form.secret}
          onText={setSecret}
        />
      )}
      {form.access === "account" && <ConnectAccount api={api} />}
      {form.access === "account" && accounts.length > 0 && (
        <SelectField
          id="account"
          label="Account"
          problems={problems}
          hint="The workbook must be open to this person."
          value={form.account}
          options={accounts.map((account) => ({ value: account.id, title: accountWords(account) }))}
          onPick={(account) => set({ account })}
        />
      )}
      {form.access === "ambient" && problems.length > 0 && (
        <Field id="secret" label="" problems={problems}>
          {null}
        </Field>
      )}
    </>
  );
}

function accountWords({ id, email, state }: AccountAnswer): string {
  return `${email ?? id}${state === "reconnect" ? " (must be connected again)" : ""}`;
}
