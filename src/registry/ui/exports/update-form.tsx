import { useMemo, useState } from "preact/hooks";
import type {
  ExportAnswer,
  UpdateExportBody,
  UpdateType,
} from "../../../../client-sdk/src/contract/exports.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { CodeSample } from "../parts/code-sample.tsx";
import { Choices, TextField } from "../parts/field.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import type { Api } from "../rest/api.ts";
import { dataAnswer, NO_PROBLEMS, ownProblem } from "./data-answer.ts";
import { DataInput } from "./data-input.tsx";
import { EMPTY_GIVEN } from "./given-data.ts";
import { ProblemTable } from "./problem-table.tsx";
import { createRequestKeys } from "./request-key.ts";
import { updateSamples } from "./samples.ts";
import { useData } from "./use-data.ts";

const TYPES: readonly { value: UpdateType; title: string; about: string }[] = [
  { value: "upsert", title: "Change and add", about: "Rows by their key; no row goes." },
  { value: "append", title: "Append", about: "Rows below the last one." },
  { value: "replace", title: "Replace", about: "The rows become those of the data; others go." },
];

/** Updates the workbook: file, link, sharing and people's own columns stay. */
export function UpdateForm(props: {
  api: Api;
  about: ExportAnswer;
  sources: readonly SourceAnswer[];
  onSent: () => void;
}) {
  const { api, about, sources } = props;
  const [form, setForm] = useState({ ...EMPTY_GIVEN, type: "upsert" as UpdateType, key: "" });
  const [told, setTold] = useState(NO_PROBLEMS);
  const [sent, setSent] = useState(false);
  const [sending, setSending] = useState(false);
  const keys = useMemo(() => createRequestKeys((bytes) => crypto.getRandomValues(bytes)), []);
  const set = (part: Partial<typeof form>): void => {
    setSent(false);
    setForm((known) => ({ ...known, ...part }));
  };
  const data = useData(form, sources);

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSent(false);
    if (!data.ok) return setTold(ownProblem(data.error));
    setSending(true);
    const body = bodyOf(data.value, form.type, form.key);
    const answer = await api.updateExport(about.id, body, keys.keyOf(body));
    setSending(false);
    setTold(dataAnswer(answer, ["data", "key", "update_type"]));
    if (!answer.ok) return;
    keys.renew();
    setSent(true);
    setForm((known) => ({ ...known, text: "", file: null }));
    props.onSent();
  };
  return (
    <form class="panel" noValidate aria-labelledby="update-title" onSubmit={(event) => void send(event)}>
      <h2 id="update-title">Update it</h2>
      {about.live && (
        <p class="notice">
          It follows {about.live.source}/{about.live.tab}: rows that are written here are set right by the
          next change there.
        </p>
      )}
      <Alert>{told.message}</Alert>
      <Choices
        legend="What becomes of the rows"
        name="update-type"
        value={form.type}
        choices={TYPES}
        onPick={(type) => set({ type })}
      />
      <DataInput
        api={api}
        sources={sources}
        form={form}
        problems={told.problems}
        liveAbout="Its rows as they are now, once."
        set={set}
      />
      <ProblemTable title={told.report.title} problems={told.report.problems} />
      {form.type !== "append" && (
        <TextField
          id="update-key"
          name="key"
          label="Key column (optional)"
          hint="Whose values tell rows apart, where neither the template nor the export names one."
          problems={problemsOf(told.problems, "key")}
          value={form.key}
          onText={(key) => set({ key })}
        />
      )}
      <div class="actions">
        <button type="submit" class="primary" disabled={sending}>
          {sending ? "Checking the data ..." : "Update the workbook"}
        </button>
        <span role="status">{sent ? "It is on its way." : ""}</span>
      </div>
      <CodeSample
        samples={updateSamples(
          about.id,
          bodyOf(data.ok ? data.value : EXAMPLE, form.type, form.key),
          location.origin,
        )}
      />
    </form>
  );
}

const EXAMPLE = [{ item: "Tea", price: 2.6 }];

function bodyOf(data: UpdateExportBody["data"], type: UpdateType, key: string): UpdateExportBody {
  const by = key.trim();
  return { data, update_type: type, ...(by !== "" && type !== "append" && { key: by }) };
}
