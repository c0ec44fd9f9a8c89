import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { FieldProblem, PreviewAnswer, RegisterBody } from "../../../../client-sdk/src/contract/rest.ts";
import { err } from "../../../../client-sdk/src/contract/result.ts";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { Choices } from "../parts/field.tsx";
import { formProblems } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import type { Api } from "../rest/api.ts";
import type { ApiError } from "../rest/call.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { goTo } from "../shell/use-route.ts";
import { EMPTY_SOURCE, type NewSource, registerBody } from "./new-source.ts";
import { Preview } from "./preview.tsx";
import { SignInFields, SourceFields, shownFields } from "./source-fields.tsx";

const KINDS: readonly { value: NewSource["kind"]; title: string; about: string }[] = [
  { value: "googleSheet", title: "Google Sheet", about: "Each tab of a workbook." },
  { value: "external", title: "JSON, XML or CSV feed", about: "Anything that answers at an address." },
];

const ACCOUNTS_REFRESH_MS = 3000;

/** The form for a new source: fill in, look at a preview, add. */
export function AddSource({ api, onAdded }: { api: Api; onAdded: () => void }) {
  const [form, setForm] = useState(EMPTY_SOURCE);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [doing, setDoing] = useState<"preview" | "add" | null>(null);
  const [seen, setSeen] = useState<{ readonly answer: PreviewAnswer; readonly of: string } | null>(null);
  const set = (part: Partial<NewSource>): void => setForm((known) => ({ ...known, ...part }));
  const accounts = useAnswer(
    useCallback(() => api.accounts(), [api]),
    // A consent happens in another tab of the browser.
    form.access === "account" ? ACCOUNTS_REFRESH_MS : undefined,
  );
  const formElement = useRef<HTMLFormElement>(null);

  useEffect(() => {
    formElement.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);

  /** The request that the form makes, after its own checks. */
  const begin = (act: "preview" | "add"): RegisterBody | null => {
    const body = registerBody(form);
    setMessage("");
    setProblems(body.ok ? [] : body.error);
    if (!body.ok) return null;
    setDoing(act);
    return body.value;
  };
  const fail = (error: ApiError): void => {
    const told = formProblems(err(error), shownFields(form));
    setProblems(told.problems);
    setMessage(told.message);
  };
  const preview = async (): Promise<void> => {
    const body = begin("preview");
    if (!body) return;
    // A look needs no name yet.
    const answer = await api.preview({ ...body, name: body.name || "Preview" });
    setDoing(null);
    if (answer.ok) setSeen({ answer: answer.value, of: previewed(form) });
    else fail(answer.error);
  };
  const add = async (): Promise<void> => {
    const body = begin("add");
    if (!body) return;
    const answer = await api.register(body);
    setDoing(null);
    if (!answer.ok) return fail(answer.error);
    onAdded();
    goTo({ page: "source", source: answer.value.id });
  };

  return (
    <Page title="Add a source">
      <form
        ref={formElement}
        class="add-source"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Alert>{message}</Alert>
        <Choices
          legend="Kind"
          name="kind"
          value={form.kind}
          choices={KINDS}
          onPick={(kind) => {
            set({ kind });
            setProblems([]);
            setSeen(null);
          }}
        />
        <SourceFields form={form} set={set} problems={problems}>
          <SignInFields form={form} set={set} problems={problems} api={api} accounts={accounts.value ?? []} />
        </SourceFields>
        <div class="actions">
          <button type="button" disabled={doing !== null} onClick={() => void preview()}>
            {doing === "preview" ? "Reading ..." : "Preview"}
          </button>
          <button type="submit" class="primary" disabled={doing !== null}>
            {doing === "add" ? "Adding ..." : "Add the source"}
          </button>
        </div>
        {seen && <Preview answer={seen.answer} outdated={seen.of !== previewed(form)} />}
      </form>
      <CodeSample samples={samples(location.origin)} />
    </Page>
  );
}

/** What a preview depends on: all but the name and the pace. */
function previewed({ name: _, interval: __, ...rest }: NewSource): string {
  return JSON.stringify(rest);
}

function samples(origin: string) {
  const body = `{"name": "Shop", "type": "googleSheet", "url": "https://docs.google.com/spreadsheets/d/...", "credentials": {"type": "ambient"}}`;
  const post = `${CURL} -H "Content-Type: application/json" \\\n  -d '${body}'`;
  return {
    curl: `${post} ${origin}/datasources/preview\n${post} ${origin}/datasources/register`,
    cli: "sheetwire sources add https://docs.google.com/spreadsheets/d/... --key-file key.json --dry-run",
  };
}
