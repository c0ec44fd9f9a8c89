import { useEffect, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type {
  PreviewParts,
  TemplateAnswer,
  TryTemplateBody,
} from "../../../../client-sdk/src/contract/templates.ts";
import { CodeSample } from "../parts/code-sample.tsx";
import { SelectField } from "../parts/field.tsx";
import { Alert } from "../parts/notice.tsx";
import type { Api } from "../rest/api.ts";
import { type DataAnswer, dataAnswer, NO_PROBLEMS, ownProblem } from "./data-answer.ts";
import { DataInput } from "./data-input.tsx";
import { Downloads } from "./downloads.tsx";
import { dataOf, EMPTY_GIVEN, placesOf } from "./given-data.ts";
import { ProblemTable } from "./problem-table.tsx";
import { post } from "./samples.ts";
import { SheetPreview } from "./sheet-preview.tsx";

/** Shows what a template makes of its sample or of other data, and gives it as a file. Google is not asked. */
export function TryTemplate(props: { api: Api; template: TemplateAnswer; sources: readonly SourceAnswer[] }) {
  const { api, template, sources } = props;
  const { id, name, tabs, ready } = template;
  const [form, setForm] = useState(EMPTY_GIVEN);
  /** What is shown; null: nothing yet. */
  const [tried, setTried] = useState<TryTemplateBody | null>(ready ? {} : null);
  const [parts, setParts] = useState<PreviewParts | null>(null);
  const [told, setTold] = useState<DataAnswer>(NO_PROBLEMS);
  useEffect(() => {
    if (!tried) return;
    let ended = false;
    void api.previewTemplate(id, tried).then((answer) => {
      if (ended) return;
      setTold(dataAnswer(answer, ["data"]));
      if (answer.ok) setParts(answer.value);
    });
    return () => {
      ended = true;
    };
  }, [api, id, tried]);

  const show = (event: Event): void => {
    event.preventDefault();
    const data = dataOf(form, placesOf(sources));
    if (data.ok) setTried({ data: data.value });
    else setTold(ownProblem(data.error));
  };
  const address = `${location.origin}/api/v1/export/templates/${id}`;
  return (
    <>
      <Alert>{told.message}</Alert>
      {parts && <SheetPreview parts={parts} />}
      {tried && parts && (
        <TemplateFiles api={api} id={id} name={name} tabs={tabs.map(({ title }) => title)} body={tried} />
      )}
      <details class="more panel" open={!ready}>
        <summary>Try it with your own data</summary>
        <form class="add-source" noValidate aria-label="Try it with your own data" onSubmit={show}>
          <DataInput
            api={api}
            sources={sources}
            form={form}
            problems={told.problems}
            liveAbout="Its rows as they are now."
            set={(part) => setForm((known) => ({ ...known, ...part }))}
          />
          <ProblemTable title={told.report.title} problems={told.report.problems} />
          <div class="actions">
            <button type="submit" class="primary">
              Show it
            </button>
            {ready && (
              <button type="button" onClick={() => setTried({})}>
                Back to the sample
              </button>
            )}
          </div>
        </form>
      </details>
      <CodeSample
        samples={{
          curl: [
            post(`${address}/preview`, tried ?? {}, "data.json"),
            post(`${address}/download?format=xlsx`, tried ?? {}, "data.json").replace(" -d ", " -OJ -d "),
          ].join("\n"),
          cli: `sheetwire export create ${id} --title 'My export' --data data.json --wait`,
        }}
      />
    </>
  );
}

/** XLSX is the whole workbook; the other formats know one tab. */
function TemplateFiles(props: {
  api: Api;
  id: string;
  name: string;
  tabs: readonly string[];
  body: TryTemplateBody;
}) {
  const { api, id, name, tabs, body } = props;
  const [tab, setTab] = useState("");
  return (
    <section class="template-files" aria-label="Files">
      <span>Download what is shown</span>
      <Downloads
        name={name}
        fetchFile={(format) => {
          const one = tab === "" ? (tabs[0] ?? null) : tab;
          return api.templateFile(id, body, format, format === "xlsx" ? null : one);
        }}
      />
      {tabs.length > 1 && (
        <SelectField
          id="file-tab"
          label="Tab of CSV and NDJSON"
          problems={[]}
          value={tab === "" ? tabs[0]! : tab}
          options={tabs.map((title) => ({ value: title, title }))}
          onPick={setTab}
        />
      )}
    </section>
  );
}
