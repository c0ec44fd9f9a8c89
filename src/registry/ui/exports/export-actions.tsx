import { useState } from "preact/hooks";
import type { ExportAnswer } from "../../../../client-sdk/src/contract/exports.ts";
import { Confirm } from "../parts/dialog.tsx";
import { Alert } from "../parts/notice.tsx";
import { refusalWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import type { Answer } from "../rest/call.ts";
import { isBusy, needsPerson } from "./export-words.ts";

/** Tries again, cancels, deletes. */
export function ExportActions(props: {
  api: Api;
  about: ExportAnswer;
  onChanged: () => void;
  onRemoved: () => void;
}) {
  const { api, about, onChanged, onRemoved } = props;
  const { id, title } = about;
  const [message, setMessage] = useState("");
  const [removing, setRemoving] = useState(false);
  const [trash, setTrash] = useState(false);
  const act = async (answer: Answer<unknown>): Promise<void> => {
    const told = await answer;
    setMessage(told.ok ? "" : refusalWords(told.error));
    onChanged();
  };
  return (
    <div class="acts">
      <Alert>{message}</Alert>
      {needsPerson(about) && (
        <button
          type="button"
          class="small"
          aria-label={`Try ${title} again`}
          onClick={() => void act(api.retryExport(id))}
        >
          Try again
        </button>
      )}
      {(isBusy(about) || needsPerson(about)) && (
        <button
          type="button"
          class="small"
          aria-label={`Cancel ${title}`}
          title="What was written stays"
          onClick={() => void act(api.cancelExport(id))}
        >
          Cancel
        </button>
      )}
      <button
        type="button"
        class="small danger"
        aria-label={`Delete ${title}`}
        onClick={() => setRemoving(true)}
      >
        Delete
      </button>
      {removing && (
        <Confirm
          title={`Delete the export ${title}?`}
          act="Delete for good"
          doing="Deleting ..."
          perform={() => api.removeExport(id, trash)}
          onDone={() => {
            setRemoving(false);
            onRemoved();
          }}
          onClose={() => setRemoving(false)}
        >
          <p>The daemon forgets it and the data it was given: it can no longer be updated from here.</p>
          {about.link && (
            <label class="check">
              <input
                type="checkbox"
                checked={trash}
                onChange={(event) => setTrash(event.currentTarget.checked)}
              />
              <span>
                Put its workbook into its owner's trash, too
                <small class="quiet">
                  {trash ? "People lose it." : "Else it stays as it is, with all who have it."}
                </small>
              </span>
            </label>
          )}
        </Confirm>
      )}
    </div>
  );
}
