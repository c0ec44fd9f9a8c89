import { useEffect, useRef, useState } from "preact/hooks";
import type { AccountAnswer } from "../../../../client-sdk/src/contract/accounts.ts";
import type { FieldProblem, PreviewAnswer, RegisterBody } from "../../../../client-sdk/src/contract/rest.ts";
import { Choices } from "../parts/field.tsx";
import { BackIcon } from "../parts/icons.tsx";
import { refusalWords } from "../parts/words.ts";
import type { Api, ApiError } from "../rest/api.ts";
import { goTo } from "../shell/use-route.ts";
import { EMPTY_SOURCE, type NewSource, otherProblems, registerBody } from "./new-source.ts";
import { Preview } from "./preview.tsx";
import { SourceFields, shownFields } from "./source-fields.tsx";

const KINDS: readonly { value: NewSource["kind"]; title: string; about: string }[] = [
  { value: "googleSheet", title: "Google Sheet", about: "Each tab of a workbook." },
  { value: "external", title: "JSON, XML or CSV feed", about: "Anything that answers at an address." },
];

/** The form for a new source: fill in, look at a preview, add. */
export function AddSource({ api, onAdded }: { api: Api; onAdded: () => void }) {
  const [form, setForm] = useState(EMPTY_SOURCE);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [doing, setDoing] = useState<"preview" | "add" | null>(null);
  const [seen, setSeen] = useState<{ readonly answer: PreviewAnswer; readonly of: string } | null>(null);
  const accounts = useAccounts(api);
  const formElement = useRef<HTMLFormElement>(null);
  const set = (part: Partial<NewSource>): void => setForm((known) => ({ ...known, ...part }));

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
    const found = error.tag === "Refused" ? (error.problem.errors ?? []) : [];
    setProblems(found);
    setMessage(found.length === 0 ? refusalWords(error) : otherWords(found, shownFields(form)));
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
    <section class="page">
      <a class="back" href="#/">
        <BackIcon /> All sources
      </a>
      <h1>Add a source</h1>
      <form
        ref={formElement}
        class="add-source"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        {message !== "" && (
          <p class="notice tone-bad" role="alert">
            {message}
          </p>
        )}
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
        <SourceFields form={form} set={set} problems={problems} accounts={accounts} />
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
    </section>
  );
}

/** What a preview depends on: all but the name and the pace. */
function previewed({ name: _, interval: __, ...rest }: NewSource): string {
  return JSON.stringify(rest);
}

/** The accounts that people have connected; none while they are not known. */
function useAccounts(api: Api): readonly AccountAnswer[] {
  const [accounts, setAccounts] = useState<readonly AccountAnswer[]>([]);
  useEffect(() => {
    let ended = false;
    void api.accounts().then((answer) => {
      if (!ended && answer.ok) setAccounts(answer.value);
    });
    return () => {
      ended = true;
    };
  }, [api]);
  return accounts;
}

/** The problems that no field shows. */
function otherWords(found: readonly FieldProblem[], shown: readonly string[]): string {
  return otherProblems(found, shown)
    .map(({ field, problem, fix }) => `${field} ${problem}: ${fix}.`)
    .join(" ");
}
