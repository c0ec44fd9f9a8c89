import { useState } from "preact/hooks";
import type { FieldProblem, UpdateBody } from "../../../../client-sdk/src/contract/rest.ts";
import { TextField } from "../parts/field.tsx";
import { refusalWords } from "../parts/words.ts";
import type { ActionsProps } from "./actions-props.ts";
import { intervalMs, otherProblems, problemsOf } from "./new-source.ts";

const SHOWN = ["name", "pollingInterval"];

/** Name and pace of a source. Only what was changed here is sent: somebody else may edit the rest meanwhile. */
export function EditSource({ api, source, onChanged, onClose }: ActionsProps & { onClose: () => void }) {
  const [before] = useState({ name: source.name, interval: String(source.pollingInterval / 1000) });
  const [form, setForm] = useState(before);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body: UpdateBody = {
      ...(form.name !== before.name && { name: form.name.trim() }),
      ...(form.interval !== before.interval && { pollingInterval: intervalMs(form.interval) ?? null }),
    };
    setSending(true);
    const answer = await api.update(source.id, body);
    setSending(false);
    if (answer.ok) {
      onChanged();
      return onClose();
    }
    const found = answer.error.tag === "Refused" ? (answer.error.problem.errors ?? []) : [];
    setProblems(found);
    setMessage(
      found.length === 0 || otherProblems(found, SHOWN).length > 0 ? refusalWords(answer.error) : "",
    );
  };
  return (
    <form class="edit-source" noValidate aria-label="Edit the source" onSubmit={(event) => void save(event)}>
      {message !== "" && (
        <p class="notice tone-bad" role="alert">
          {message}
        </p>
      )}
      <TextField
        id="edit-name"
        name="name"
        label="Name"
        problems={problemsOf(problems, "name")}
        value={form.name}
        onText={(name) => setForm({ ...form, name })}
      />
      <TextField
        id="edit-interval"
        name="pollingInterval"
        label="Check every (seconds)"
        type="decimal"
        short
        hint="Left empty, the daemon's own pace."
        problems={problemsOf(problems, "pollingInterval")}
        value={form.interval}
        onText={(interval) => setForm({ ...form, interval })}
      />
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
