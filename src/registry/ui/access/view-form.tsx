import { useState } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { ViewAnswer } from "../../../../client-sdk/src/contract/views.ts";
import { SelectField, TextField } from "../parts/field.tsx";
import { formProblems, problemsOf } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import type { Api } from "../rest/api.ts";
import { contentOf, EMPTY_VIEW, type NewView, shownView, viewBody } from "./new-view.ts";

const SHOWN = ["source", "tab", "name", "columns", "where", "order", "limit", "description"];

/** Defines a view of a tab, or defines one anew. */
export function ViewForm(props: {
  api: Api;
  sources: readonly SourceAnswer[];
  /** The one to define anew. */
  view?: ViewAnswer;
  onMade: () => void;
  onClose?: () => void;
}) {
  const { api, view, onClose } = props;
  const [form, setForm] = useState(() => (view ? shownView(view) : EMPTY_VIEW));
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const set = (part: Partial<NewView>): void => setForm((known) => ({ ...known, ...part }));
  const places = props.sources.flatMap(({ id, name, tabs }) =>
    tabs.map((tab) => ({ value: `${id}/${tab.name}`, title: `${name}: ${tab.title}` })),
  );
  const place = form.place || places[0]?.value || "";

  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    const answer = view
      ? await api.changeView(view, contentOf(form))
      : await api.createView(viewBody({ ...form, place }));
    const told = formProblems(answer, SHOWN);
    setProblems(told.problems);
    setMessage(told.message);
    if (!answer.ok) return;
    if (!view) setForm(EMPTY_VIEW);
    props.onMade();
  };
  const id = view ? "change-view" : "view";
  const text = (name: keyof NewView & string, label: string, hint: string, placeholder: string) => (
    <TextField
      id={`${id}-${name}`}
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
    <form class="panel" noValidate aria-labelledby={`${id}-title`} onSubmit={(event) => void make(event)}>
      <h2 id={`${id}-title`}>{view ? `Change ${view.name}` : "New view"}</h2>
      <Alert>{message}</Alert>
      <div class="field-pair">
        {!view && (
          <SelectField
            id="view-place"
            label="Tab"
            problems={[...problemsOf(problems, "source"), ...problemsOf(problems, "tab")]}
            value={place}
            options={places}
            onPick={(picked) => set({ place: picked })}
          />
        )}
        {!view && text("name", "Name", "Unique in its tab.", "cheap")}
        {text("columns", "Columns (optional)", "Keys, separated by commas, in this order.", "SKU, Price")}
        {text(
          "where",
          "Rows where (optional)",
          "claims.x is what the reader's token says of x.",
          "Price < 100",
        )}
        {text("order", "Order by (optional)", "Keys; a minus before one makes it descend.", "-Price")}
        {text("limit", "At most (optional)", "Rows.", "100")}
        {text("description", "About (optional)", "What it is for.", "")}
      </div>
      <div class="actions">
        {onClose && (
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        )}
        <button type="submit" class="primary" disabled={place === ""}>
          {view ? "Save" : "Make the view"}
        </button>
      </div>
    </form>
  );
}
