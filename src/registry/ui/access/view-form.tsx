import { useState } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { SelectField, TextField } from "../parts/field.tsx";
import { formProblems, problemsOf } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import type { Api } from "../rest/api.ts";
import { EMPTY_VIEW, type NewView, viewBody } from "./new-view.ts";

const SHOWN = ["source", "tab", "name", "columns", "where", "order", "limit"];

/** Defines a view of a tab. */
export function ViewForm(props: { api: Api; sources: readonly SourceAnswer[]; onMade: () => void }) {
  const [form, setForm] = useState(EMPTY_VIEW);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const set = (part: Partial<NewView>): void => setForm((known) => ({ ...known, ...part }));
  const places = props.sources.flatMap(({ id, name, tabs }) =>
    tabs.map((tab) => ({ value: `${id}/${tab.name}`, title: `${name}: ${tab.title}` })),
  );
  const place = form.place || places[0]?.value || "";

  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const answer = await props.api.createView(viewBody({ ...form, place }));
    const told = formProblems(answer, SHOWN);
    setProblems(told.problems);
    setMessage(told.message);
    if (!answer.ok) return;
    setForm(EMPTY_VIEW);
    props.onMade();
  };
  const text = (name: keyof NewView & string, label: string, hint: string, placeholder: string) => (
    <TextField
      id={`view-${name}`}
      name={name}
      label={label}
      hint={hint}
      placeholder={placeholder}
      problems={problemsOf(problems, name)}
      value={form[name]}
      onText={(value) => set({ [name]: value })}
    />
  );
  return (
    <form class="panel" noValidate aria-labelledby="new-view" onSubmit={(event) => void make(event)}>
      <h2 id="new-view">New view</h2>
      <Alert>{message}</Alert>
      <div class="field-pair">
        <SelectField
          id="view-place"
          label="Tab"
          problems={[...problemsOf(problems, "source"), ...problemsOf(problems, "tab")]}
          value={place}
          options={places}
          onPick={(picked) => set({ place: picked })}
        />
        {text("name", "Name", "Unique in its tab.", "cheap")}
        {text("columns", "Columns (optional)", "Keys, separated by commas, in this order.", "SKU, Price")}
        {text(
          "where",
          "Rows where (optional)",
          "claims.x is what the reader's token says of x.",
          "Price < 100",
        )}
        {text("order", "Order by (optional)", "Keys; a minus before one makes it descend.", "-Price")}
        {text("limit", "At most (optional)", "Rows.", "100")}
      </div>
      <div class="actions">
        <button type="submit" class="primary" disabled={place === ""}>
          Make the view
        </button>
      </div>
    </form>
  );
}
