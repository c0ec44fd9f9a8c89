import { useState } from "preact/hooks";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { boundFields } from "../parts/bound-fields.tsx";
import { formProblems } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import type { ActionsProps } from "./actions-props.ts";
import { type ChangedSource, changedSource, updateBody } from "./changed-source.ts";
import { WritingFields } from "./writing-fields.tsx";

const SHOWN = [
  "name",
  "description",
  "url",
  "pollingInterval",
  "tabs",
  "keyColumns",
  "rowsPath",
  "keyField",
  "conflictPolicy",
];

/** What may be changed of a source. Only what was changed here is sent: somebody else may edit the rest meanwhile. */
export function EditSource({ api, source, onChanged, onClose }: ActionsProps & { onClose: () => void }) {
  const [before] = useState(() => changedSource(source));
  const [form, setForm] = useState(before);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  const set = (part: Partial<ChangedSource>): void => setForm((known) => ({ ...known, ...part }));
  const { text } = boundFields<ChangedSource>({ form, set, problems });

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = updateBody(before, form);
    setProblems(body.ok ? [] : body.error);
    if (!body.ok) return;
    setSending(true);
    const answer = await api.update(source.id, body.value);
    setSending(false);
    const told = formProblems(answer, SHOWN);
    setProblems(told.problems);
    setMessage(told.message);
    if (!answer.ok) return;
    onChanged();
    onClose();
  };
  return (
    <form class="panel" noValidate aria-label="Edit the source" onSubmit={(event) => void save(event)}>
      <Alert>{message}</Alert>
      {text("name", { id: "edit-name", label: "Name" })}
      {text("url", { id: "edit-url", label: "Link", type: "url" })}
      {text("description", { id: "edit-description", label: "What it is for (optional)" })}
      {source.type === "googleSheet" ? (
        <>
          <div class="field-pair">
            {text("tabsWanted", {
              id: "edit-tabs",
              field: "tabs",
              label: "Tabs (optional)",
              rows: 2,
              hint: "Titles, ranges or named ranges, one a line. Left out, all are taken.",
            })}
            {text("keyColumns", {
              id: "edit-keys",
              label: "Key columns (optional)",
              rows: 2,
              hint: "Such as Prices = SKU, one tab a line.",
            })}
          </div>
          <WritingFields form={form} set={set} problems={problems} idPrefix="edit-" />
        </>
      ) : (
        <div class="field-pair">
          {text("rowsPath", { id: "edit-path", label: "Path to the rows (optional)" })}
          {text("keyField", { id: "edit-key", label: "Key field (optional)" })}
        </div>
      )}
      {text("interval", {
        id: "edit-interval",
        field: "pollingInterval",
        label: "Check every (seconds)",
        type: "decimal",
        short: true,
        hint: "Left empty, the daemon's own pace.",
      })}
      <div class="actions">
        <button type="submit" class="primary" disabled={sending}>
          {sending ? "Saving ..." : "Save"}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
