import { useState } from "preact/hooks";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import type { Api, ApiError } from "../api.ts";
import { EMPTY_SOURCE, type NewSource, otherProblems, problemsOf, registerBody } from "../new-source.ts";
import { goTo } from "../use-route.ts";
import { CredentialsField } from "./credentials-field.tsx";
import { Field } from "./field.tsx";
import { BackIcon } from "./icons.tsx";

const SHOWN = ["name", "url", "credentials", "pollingInterval"];

/** The form for a new Google workbook. */
export function AddSource({ api, onAdded }: { api: Api; onAdded: () => void }) {
  const [form, setForm] = useState(EMPTY_SOURCE);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  const set = (part: Partial<NewSource>): void => setForm((known) => ({ ...known, ...part }));

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = registerBody(form);
    setMessage("");
    setProblems(body.ok ? [] : body.error);
    if (!body.ok) return;
    setSending(true);
    const answer = await api.register(body.value);
    setSending(false);
    if (answer.ok) {
      onAdded();
      return goTo({ page: "source", source: answer.value.id });
    }
    const found = answer.error.tag === "Refused" ? (answer.error.problem.errors ?? []) : [];
    setProblems(found);
    setMessage(messageOf(answer.error, found));
  };

  return (
    <section class="page">
      <a class="back" href="#/">
        <BackIcon /> All sources
      </a>
      <h1>Add a Google workbook</h1>
      <form class="add-source" noValidate onSubmit={(event) => void submit(event)}>
        {message !== "" && (
          <p class="notice tone-bad" role="alert">
            {message}
          </p>
        )}
        <Field
          id="name"
          label="Name"
          problems={problemsOf(problems, "name")}
          hint="What people here call it."
        >
          <input
            id="name"
            name="name"
            aria-describedby="name-help"
            value={form.name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        </Field>
        <Field
          id="url"
          label="Link"
          problems={problemsOf(problems, "url")}
          hint="Copied from the browser's address bar."
        >
          <input
            id="url"
            name="url"
            type="url"
            aria-describedby="url-help"
            placeholder="https://docs.google.com/spreadsheets/d/..."
            value={form.url}
            onInput={(event) => set({ url: event.currentTarget.value })}
          />
        </Field>
        <CredentialsField form={form} set={set} problems={problemsOf(problems, "credentials")} />
        <Field
          id="interval"
          label="Check every (seconds)"
          problems={problemsOf(problems, "pollingInterval")}
          hint="Shorter is fresher and uses more of Google's quota."
        >
          <input
            id="interval"
            name="pollingInterval"
            class="short"
            inputMode="decimal"
            aria-describedby="interval-help"
            value={form.interval}
            onInput={(event) => set({ interval: event.currentTarget.value })}
          />
        </Field>
        <div class="actions">
          <button type="submit" class="primary" disabled={sending}>
            {sending ? "Adding ..." : "Add the source"}
          </button>
        </div>
      </form>
    </section>
  );
}

/** What no field says; empty when the fields say it all. */
function messageOf(error: ApiError, found: readonly FieldProblem[]): string {
  if (error.tag === "Unreachable") return "The daemon does not answer. Nothing was saved; try again.";
  if (error.tag === "SignedOut") return `The token was not accepted: ${error.detail}`;
  if (found.length === 0) return `${error.problem.title}: ${error.problem.detail}`;
  return otherProblems(found, SHOWN)
    .map(({ field, problem, fix }) => `${field} ${problem}: ${fix}.`)
    .join(" ");
}
