import { useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { Result } from "../../../../client-sdk/src/contract/result.ts";
import { Alert } from "../parts/notice.tsx";
import { refusalWords } from "../parts/words.ts";
import type { ApiError } from "../rest/call.ts";
import type { ActionsProps } from "./actions-props.ts";
import { DeleteSource } from "./delete-source.tsx";
import { EditSource } from "./edit-source.tsx";
import { SourceLink } from "./source-link.tsx";

/** What a person can do to a source: check now, pause or resume, edit, delete. */
export function SourceActions({ api, source, onChanged }: ActionsProps) {
  const [busy, setBusy] = useState<string | null>(null);
  const [message, setMessage] = useState("");
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const paused = source.state === "paused";
  const close = (): void => setOpen(null);

  const act = async (name: string, asked: Promise<Result<SourceAnswer, ApiError>>): Promise<void> => {
    setBusy(name);
    setMessage("");
    const answer = await asked;
    setBusy(null);
    if (!answer.ok) setMessage(refusalWords(answer.error));
    onChanged();
  };
  return (
    <>
      <div class="actions">
        <button
          type="button"
          disabled={busy !== null || paused}
          onClick={() => void act("poll", api.poll(source.id))}
        >
          {busy === "poll" ? "Checking ..." : "Check now"}
        </button>
        <button
          type="button"
          disabled={busy !== null}
          onClick={() => void act("pause", paused ? api.resume(source.id) : api.pause(source.id))}
        >
          {paused ? "Resume" : "Pause"}
        </button>
        <button
          type="button"
          aria-expanded={open === "edit"}
          onClick={() => setOpen(open === "edit" ? null : "edit")}
        >
          Edit
        </button>
        <button type="button" class="danger" onClick={() => setOpen("delete")}>
          Delete
        </button>
        <SourceLink source={source} />
      </div>
      <Alert>{message}</Alert>
      {open === "edit" && <EditSource api={api} source={source} onChanged={onChanged} onClose={close} />}
      {open === "delete" && <DeleteSource api={api} source={source} onChanged={onChanged} onClose={close} />}
    </>
  );
}
