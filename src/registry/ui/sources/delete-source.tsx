import { useEffect, useRef, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { countWords, refusalWords } from "../parts/words.ts";
import { goTo } from "../shell/use-route.ts";
import type { ActionsProps } from "./actions-props.ts";

/** Asks before a source is deleted, and names what is lost. Escape and Cancel leave it. */
export function DeleteSource({ api, source, onChanged, onClose }: ActionsProps & { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const remove = async (): Promise<void> => {
    setSending(true);
    const answer = await api.remove(source.id);
    setSending(false);
    if (!answer.ok) return setMessage(refusalWords(answer.error));
    onChanged();
    goTo({ page: "home" }, { replace: true });
  };
  return (
    <dialog ref={dialog} aria-labelledby="delete-title" onClose={onClose}>
      <h2 id="delete-title">Delete {source.name}?</h2>
      <p>This cannot be undone. Lost are:</p>
      <ul class="losses">
        {lossesOf(source).map((loss) => (
          <li key={loss}>{loss}</li>
        ))}
      </ul>
      <p class="quiet">
        {source.type === "googleSheet" ? "The workbook in Google Sheets" : "The feed"} stays as it is.
      </p>
      {message !== "" && (
        <p class="notice tone-bad" role="alert">
          {message}
        </p>
      )}
      <div class="actions">
        {/* First, so that it has the focus: Enter alone deletes nothing. */}
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button type="button" class="danger" disabled={sending} onClick={() => void remove()}>
          {sending ? "Deleting ..." : "Delete for good"}
        </button>
      </div>
    </dialog>
  );
}

function lossesOf({ id, tabs, credentials, auth, apiKeyHint, headerHints }: SourceAnswer): readonly string[] {
  const rows = tabs.reduce((sum, tab) => sum + tab.rows, 0);
  const titles = tabs.map(({ title }) => title).join(", ");
  return [
    tabs.length === 0
      ? "the source's settings"
      : `${countWords(tabs.length, "tab", "tabs")} (${titles}) with ${countWords(rows, "row", "rows")} and their history`,
    ...(credentials || auth || apiKeyHint || headerHints ? ["the secrets that were stored for it"] : []),
    `every live connection to ${id}: programs that read it are cut off`,
  ];
}
