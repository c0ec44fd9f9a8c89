import { useEffect, useState } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { ViewAnswer } from "../../../../client-sdk/src/contract/views.ts";
import { Choices, Field, SelectField, TextField } from "../parts/field.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import { countWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { type GivenFile, type GivenForm, placesOf } from "./given-data.ts";

/** Data as they are pasted or chosen from a file, or a live tab or view. */
export function DataInput(props: {
  api: Api;
  sources: readonly SourceAnswer[];
  form: GivenForm;
  problems: readonly FieldProblem[];
  /** What choosing a live tab leads to. */
  liveAbout: string;
  set: (part: Partial<GivenForm>) => void;
}) {
  const { form, problems, set } = props;
  const own = problemsOf(problems, "data");
  return (
    <>
      <Choices
        legend="Data"
        name="data-kind"
        value={form.kind}
        choices={[
          { value: "rows", title: "Pasted or from a file", about: "Rows as JSON, as they are now." },
          { value: "live", title: "A live tab or view", about: props.liveAbout },
        ]}
        onPick={(kind) => set({ kind })}
      />
      {form.kind === "live" && <LiveFields {...props} problems={own} />}
      {form.kind === "rows" && (
        <>
          {!form.file && (
            <TextField
              id="data-text"
              name="data"
              label="Data as JSON"
              rows={8}
              hint='A list of objects; {"columns": [...], "rows": [[...]]}; or lists by name, for a template of several tabs.'
              placeholder={'[\n  {"item": "Tea", "price": 2.5},\n  {"item": "Mug", "price": 7}\n]'}
              problems={own}
              value={form.text}
              onText={(text) => set({ text })}
            />
          )}
          <FileField file={form.file} problems={form.file ? own : []} onFile={(file) => set({ file })} />
        </>
      )}
    </>
  );
}

/** A file is not shown: it may be tens of megabytes. */
function FileField(props: {
  file: GivenFile | null;
  problems: readonly FieldProblem[];
  onFile: (file: GivenFile | null) => void;
}) {
  const { file, problems, onFile } = props;
  return (
    <Field id="data-file" label={file ? "The file of it" : "Or a file of it"} problems={problems}>
      {file ? (
        <span class="given-file">
          <code>{file.name}</code>
          <span class="quiet">{countWords(file.text.length, "character", "characters")}</span>
          <button type="button" class="small" id="data-file" onClick={() => onFile(null)}>
            Leave it out
          </button>
        </span>
      ) : (
        <input
          id="data-file"
          type="file"
          accept=".json,application/json"
          aria-describedby="data-file-help"
          onChange={(event) => {
            const [picked] = event.currentTarget.files ?? [];
            if (picked) void picked.text().then((text) => onFile({ name: picked.name, text }));
          }}
        />
      )}
    </Field>
  );
}

function LiveFields(props: {
  api: Api;
  sources: readonly SourceAnswer[];
  form: GivenForm;
  problems: readonly FieldProblem[];
  set: (part: Partial<GivenForm>) => void;
}) {
  const { api, form, set } = props;
  const places = placesOf(props.sources);
  const place = places.find(({ value }) => value === form.place) ?? places[0];
  const [views, setViews] = useState<readonly ViewAnswer[]>([]);
  useEffect(() => {
    // A token that may not list them still follows the tab.
    void api.views().then((answer) => setViews(answer.ok ? answer.value : []));
  }, [api]);
  const fit = views.filter(({ source, tab }) => source === place?.source && tab === place?.tab);
  // One that was named by the address before the list came.
  const named = fit.some(({ name }) => name === form.view) || form.view === "" ? [] : [{ name: form.view }];
  return (
    <div class="field-pair">
      <SelectField
        id="data-place"
        label="Tab"
        problems={props.problems}
        value={place?.value ?? ""}
        options={places}
        onPick={(value) => set({ place: value, view: "" })}
      />
      <SelectField
        id="data-view"
        label="View"
        problems={[]}
        value={form.view}
        options={[
          { value: "", title: "The whole tab" },
          ...[...fit, ...named].map(({ name }) => ({ value: name, title: name })),
        ]}
        onPick={(view) => set({ view })}
      />
    </div>
  );
}
