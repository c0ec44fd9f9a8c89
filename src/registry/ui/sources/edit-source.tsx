import { useCallback, useState } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { boundFields } from "../parts/bound-fields.tsx";
import { formProblems } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import { useAnswer } from "../rest/use-answer.ts";
import type { ActionsProps } from "./actions-props.ts";
import { type ChangedSource, changedSource, updateBody } from "./changed-source.ts";
import { SignInFields, SourceFields, shownFields } from "./source-fields.tsx";

const ACCOUNTS_REFRESH_MS = 3000;

/** What may be changed of a source. Only what was changed here is sent: somebody else may edit the rest meanwhile. */
export function EditSource({ api, source, onChanged, onClose }: ActionsProps & { onClose: () => void }) {
  const [before] = useState(() => changedSource(source));
  const [form, setForm] = useState(before);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  const set = (part: Partial<ChangedSource>): void => setForm((known) => ({ ...known, ...part }));
  const accounts = useAnswer(
    useCallback(() => api.accounts(), [api]),
    form.newSignIn === "yes" ? ACCOUNTS_REFRESH_MS : undefined,
  );
  const part = { form, set, problems };
  const { text } = boundFields<ChangedSource>(part);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = updateBody(before, form);
    setProblems(body.ok ? [] : body.error);
    if (!body.ok) return;
    setSending(true);
    const answer = await api.update(source.id, body.value);
    setSending(false);
    const told = formProblems(answer, [...shownFields(form), "description"]);
    setProblems(told.problems);
    setMessage(told.message);
    if (!answer.ok) return;
    onChanged();
    onClose();
  };
  return (
    <form class="panel" noValidate aria-label="Edit the source" onSubmit={(event) => void save(event)}>
      <Alert>{message}</Alert>
      <SourceFields {...part} headersHint={headersHint(source)}>
        {form.newSignIn === "yes" ? (
          <SignInFields {...part} api={api} accounts={accounts.value ?? []} />
        ) : (
          <div class="actions">
            <button type="button" class="small" onClick={() => set({ newSignIn: "yes" })}>
              Replace how it signs in
            </button>
            <span class="quiet">Left as it is, its secret stays.</span>
          </div>
        )}
      </SourceFields>
      {text("description", { label: "What it is for (optional)" })}
      <div class="actions">
        <button type="submit" class="primary" disabled={sending}>
          {sending ? "Saving ..." : "Save"}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function headersHint({ headerHints = {} }: SourceAnswer): string {
  const names = Object.keys(headerHints);
  if (names.length === 0) return "One a line.";
  return `It sends ${names.join(", ")}. A line of the same name replaces one, without a value it takes it away.`;
}
