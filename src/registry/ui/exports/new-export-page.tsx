import { useMemo, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { boundFields } from "../parts/bound-fields.tsx";
import { CodeSample } from "../parts/code-sample.tsx";
import { Choices } from "../parts/field.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import type { Api } from "../rest/api.ts";
import { type ExportRoute, formatRoute } from "../shell/routes.ts";
import { goTo } from "../shell/use-route.ts";
import { AccountField } from "./account-field.tsx";
import { dataAnswer, NO_PROBLEMS, ownProblem } from "./data-answer.ts";
import { DataInput } from "./data-input.tsx";
import { createBody, EMPTY_EXPORT, type NewExport } from "./new-export.ts";
import { ProblemTable } from "./problem-table.tsx";
import { createRequestKeys } from "./request-key.ts";
import { createSamples } from "./samples.ts";
import { ShareFields } from "./share-fields.tsx";
import { TemplateField } from "./template-field.tsx";
import { useData } from "./use-data.ts";

const SHOWN = ["template", "title", "data", "share", "folder", "account", "key", "edits"];
const EDITS: readonly { value: NewExport["edits"]; title: string; about: string }[] = [
  { value: "overwrite", title: "Write over them", about: "The data win; what stood there is listed." },
  { value: "keep", title: "Keep them", about: "People win; the cells are listed." },
];

/** Makes a workbook of data. */
export function NewExportPage(props: {
  api: Api;
  route: Extract<ExportRoute, { page: "new-export" }>;
  sources: readonly SourceAnswer[];
}) {
  const { api, sources } = props;
  const [form, setForm] = useState(() => filledIn(props.route));
  const { told, sending, send } = useCreating(api);
  const set = (part: Partial<NewExport>): void => setForm((known) => ({ ...known, ...part }));
  const data = useData(form, sources);
  const { problems } = told;
  const { text } = boundFields({ form, set, problems });

  return (
    <Page
      title="New export"
      back={{ href: formatRoute({ page: "exports" }), words: "Exports" }}
      about="The data are checked before anything is written. The workbook is then made by itself, whatever happens to this page."
    >
      <form
        class="add-source"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(form, data);
        }}
      >
        <Alert>{told.message}</Alert>
        {text("title", { label: "Title", hint: "Of the workbook.", placeholder: "Sales in May" })}
        <TemplateField
          api={api}
          value={form.template}
          problems={problemsOf(problems, "template")}
          onPick={(template) => set({ template })}
        />
        <DataInput
          api={api}
          sources={sources}
          form={form}
          problems={problems}
          liveAbout="The workbook follows it from now on."
          set={set}
        />
        <ProblemTable title={told.report.title} problems={told.report.problems} />
        <ShareFields shares={form.share} problems={problems} onShares={(share) => set({ share })} />
        <AccountField
          api={api}
          sources={sources}
          value={form.account}
          problems={problemsOf(problems, "account")}
          onPick={(account) => set({ account })}
        />
        <div class="field-pair">
          {text("folder", {
            label: "Folder (optional)",
            hint: "Its link or id; the account's own drive when left out.",
          })}
          {text("key", {
            label: "Key column (optional)",
            hint: "Whose values tell rows apart, where the template names none.",
          })}
        </div>
        <Choices
          legend="When people changed cells of it by hand, an update is to"
          name="edits"
          value={form.edits}
          choices={EDITS}
          onPick={(edits) => set({ edits })}
        />
        <div class="actions">
          <button type="submit" class="primary" disabled={sending}>
            {sending ? "Checking the data ..." : "Make the workbook"}
          </button>
        </div>
      </form>
      <CodeSample
        samples={createSamples(createBody(form, data.ok ? data.value : EXAMPLE), location.origin)}
      />
    </Page>
  );
}

/** Sends the form, and goes to what it makes. */
function useCreating(api: Api) {
  const [told, setTold] = useState(NO_PROBLEMS);
  const [sending, setSending] = useState(false);
  const keys = useMemo(() => createRequestKeys((bytes) => crypto.getRandomValues(bytes)), []);
  const send = async (form: NewExport, data: ReturnType<typeof useData>): Promise<void> => {
    if (!data.ok) return setTold(ownProblem(data.error));
    setSending(true);
    const body = createBody(form, data.value);
    const answer = await api.createExport(body, keys.keyOf(body));
    setSending(false);
    setTold(dataAnswer(answer, SHOWN));
    if (answer.ok) goTo({ page: "export", id: answer.value.id });
  };
  return { told, sending, send };
}

const EXAMPLE = [{ item: "Tea", price: 2.5 }];

function filledIn({
  template,
  source,
  tab,
  view = "",
}: Extract<ExportRoute, { page: "new-export" }>): NewExport {
  const live = source !== undefined && tab !== undefined;
  return {
    ...EMPTY_EXPORT,
    ...(template !== undefined && { template }),
    ...(live && { kind: "live", place: `${source}/${tab}`, view, title: tab }),
  };
}
