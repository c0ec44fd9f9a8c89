import { useCallback, useEffect, useState } from "preact/hooks";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import type { TemplateAnswer, TemplateBody } from "../../../../client-sdk/src/contract/templates.ts";
import { CodeSample } from "../parts/code-sample.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { Alert } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { refusalWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { goTo } from "../shell/use-route.ts";
import { parseJson } from "./given-data.ts";
import { ProblemTable } from "./problem-table.tsx";
import { post } from "./samples.ts";

/** A template as JSON, begun as a copy of another one. All its mistakes are told at once. */
export function NewTemplatePage({ api, from }: { api: Api; from: string | undefined }) {
  const { text, setText, syntax, problems, message, body, save } = useDraft(api, from);
  const templates = useAnswer(useCallback(() => api.templates(), [api]));
  return (
    <Page
      title="New template"
      back={{ href: formatRoute({ page: "templates" }), words: "Templates" }}
      about="A template names columns by their keys, never by letters. Saved under an id that is yours already, it is a new version of it."
      wide
    >
      <form
        class="add-source"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Alert>{message}</Alert>
        <SelectField
          id="template-from"
          label="Begin with a copy of"
          problems={[]}
          value={from ?? ""}
          options={[
            { value: "", title: "A short example" },
            ...(templates.value ?? []).map(({ id, name }) => ({ value: id, title: name })),
          ]}
          onPick={(picked) => goTo({ page: "new-template", ...(picked !== "" && { from: picked }) })}
        />
        <ProblemTable title="The template holds mistakes; nothing was saved." problems={problems} />
        <TextField
          id="template-text"
          name="template"
          label="Template as JSON"
          rows={24}
          problems={syntax}
          hint={
            <>
              Its fields stand in the <a href="/docs">API's pages</a>.
            </>
          }
          value={text}
          onText={setText}
        />
        <div class="actions">
          <button type="submit" class="primary">
            Save the template
          </button>
        </div>
      </form>
      <CodeSample
        samples={{
          curl: post(
            `${location.origin}/api/v1/export/templates/create`,
            body.ok ? body.value : BLANK,
            "template.json",
          ),
        }}
      />
    </Page>
  );
}

/** The template as it is typed; saved, it is gone to. */
function useDraft(api: Api, from: string | undefined) {
  const [text, setText] = useState(() => (from === undefined ? JSON.stringify(BLANK, null, 2) : ""));
  const [syntax, setSyntax] = useState<readonly FieldProblem[]>([]);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  useEffect(() => {
    if (from === undefined) return;
    void api.template(from).then((answer) => {
      if (answer.ok) setText(JSON.stringify(copyOf(answer.value), null, 2));
      else setMessage(refusalWords(answer.error));
    });
  }, [api, from]);
  const body = parseJson<TemplateBody>(text, "template", "begin with a copy of another template");

  const save = async (): Promise<void> => {
    setSyntax(body.ok ? [] : [body.error]);
    setProblems([]);
    setMessage("");
    if (!body.ok) return;
    const answer = await api.createTemplate(body.value);
    if (answer.ok) return goTo({ page: "template", id: answer.value.id });
    const told = answer.error.tag === "Refused" ? (answer.error.problem.errors ?? []) : [];
    setProblems(told);
    setMessage(told.length === 0 ? refusalWords(answer.error) : "");
  };
  return { text, setText, syntax, problems, message, body, save };
}

const BLANK: TemplateBody = {
  id: "my-table",
  name: "My table",
  tabs: [
    {
      title: "Items",
      key: "item",
      columns: [
        { key: "item", header: "Item", required: true },
        { key: "price", header: "Price", type: "money" },
      ],
      freeze: { rows: 1 },
    },
  ],
};

/** What comes with Sheetwire gets an id of its own; one's own template a new version. */
function copyOf({
  version: _version,
  ready,
  sample: _sample,
  createdAt: _createdAt,
  ...body
}: TemplateAnswer) {
  return ready ? { ...body, id: `${body.id}-copy`, name: `${body.name} (copy)` } : body;
}
