import { useState } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { CreatedTokenAnswer } from "../../../../client-sdk/src/contract/tokens.ts";
import { Choices, SelectField, TextField } from "../parts/field.tsx";
import { formProblems, problemsOf } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import type { Api } from "../rest/api.ts";
import { EMPTY_TOKEN, type NewToken, tokenBody } from "./new-token.ts";

const ACTIONS: readonly { value: NewToken["action"]; title: string; about: string }[] = [
  { value: "read", title: "Read", about: "Rows and their changes." },
  { value: "write", title: "Read and edit", about: "Edits go back into the sheet." },
  { value: "admin", title: "Administer", about: "Everything, tokens and deleting too." },
];
const ENDS: readonly { value: string; title: string }[] = [
  { value: "", title: "Never, until it is revoked" },
  { value: "3600", title: "In an hour" },
  { value: "86400", title: "In a day" },
  { value: "2592000", title: "In 30 days" },
  { value: "31536000", title: "In a year" },
];

/** Makes a token for one reach: everything, a source or a tab. */
export function TokenForm(props: {
  api: Api;
  sources: readonly SourceAnswer[];
  onMade: (token: CreatedTokenAnswer) => void;
}) {
  const [form, setForm] = useState(EMPTY_TOKEN);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  const set = (part: Partial<NewToken>): void => setForm((known) => ({ ...known, ...part }));
  const tabs = props.sources.find(({ id }) => id === form.source)?.tabs ?? [];
  const reachProblems = problems.filter(({ field }) => field.startsWith("scopes"));

  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSending(true);
    const answer = await props.api.createToken(tokenBody(form));
    setSending(false);
    const told = formProblems(answer, ["name", "scopes", "ttl", "user"]);
    setProblems(told.problems);
    setMessage(told.message);
    if (!answer.ok) return;
    setForm(EMPTY_TOKEN);
    props.onMade(answer.value);
  };
  return (
    <form class="panel" noValidate aria-labelledby="new-token" onSubmit={(event) => void make(event)}>
      <h2 id="new-token">New token</h2>
      <Alert>{message}</Alert>
      <TextField
        id="token-name"
        name="name"
        label="Name"
        hint="To know it by, such as the program that gets it."
        problems={problemsOf(problems, "name")}
        value={form.name}
        onText={(name) => set({ name })}
      />
      <Choices
        legend="It may"
        name="action"
        value={form.action}
        choices={ACTIONS}
        onPick={(action) => set({ action })}
      />
      <div class="field-pair">
        <SelectField
          id="token-source"
          label="Source"
          problems={reachProblems}
          value={form.source}
          options={[
            { value: "", title: "All sources" },
            ...props.sources.map(({ id, name }) => ({ value: id, title: name })),
          ]}
          onPick={(source) => set({ source, tab: "" })}
        />
        {form.source !== "" && (
          <SelectField
            id="token-tab"
            label="Tab"
            problems={[]}
            value={form.tab}
            options={[
              { value: "", title: "All tabs" },
              ...tabs.map(({ name, title }) => ({ value: name, title })),
            ]}
            onPick={(tab) => set({ tab })}
          />
        )}
        <SelectField
          id="token-ttl"
          label="It ends"
          problems={problemsOf(problems, "ttl")}
          value={form.ttl}
          options={ENDS}
          onPick={(ttl) => set({ ttl })}
        />
        <TextField
          id="token-user"
          name="user"
          label="Person (optional)"
          hint="Whose name stands at its edits."
          problems={problemsOf(problems, "user")}
          value={form.user}
          onText={(user) => set({ user })}
        />
      </div>
      <div class="actions">
        <button type="submit" class="primary" disabled={sending}>
          {sending ? "Making ..." : "Make the token"}
        </button>
      </div>
    </form>
  );
}
