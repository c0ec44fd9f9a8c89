import { useEffect, useRef, useState } from "preact/hooks";
import type { RestoreAnswer, RestoreBody } from "../../../../client-sdk/src/contract/history.ts";
import type { TabWords } from "../edits/tab-words.ts";
import { Alert } from "../parts/notice.tsx";
import { countWords, refusalWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import type { TabPlace } from "../rest/edits-api.ts";
import { restoreWords } from "./entry-words.ts";

/** Steps shown before they are done; a whole tab may have thousands. */
const SHOWN_MAX = 200;

/** Shows what a restore would change; does it only then. */
export function RestoreDialog(props: {
  api: Api;
  place: TabPlace;
  body: RestoreBody;
  words: TabWords;
  onClose: () => void;
}) {
  const { api, place, body, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [seen, setSeen] = useState<RestoreAnswer | null>(null);
  const [done, setDone] = useState<RestoreAnswer | null>(null);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    void api.restore(place, { ...body, preview: true }).then((answer) => {
      if (answer.ok) setSeen(answer.value);
      else setMessage(refusalWords(answer.error));
    });
  }, []);
  const restore = async (): Promise<void> => {
    setSending(true);
    const answer = await api.restore(place, body);
    setSending(false);
    setMessage(answer.ok ? "" : refusalWords(answer.error));
    if (answer.ok) setDone(answer.value);
  };
  const count = seen?.edits?.length ?? 0;
  return (
    <dialog
      ref={dialog}
      class="restore"
      aria-labelledby="restore-title"
      onClose={onClose}
      data-testid="restore"
    >
      <h2 id="restore-title">{done ? "Restored" : "Restore: what would change"}</h2>
      <Alert>{message}</Alert>
      {!seen && message === "" && <p class="quiet">Comparing ...</p>}
      {seen && !done && <Difference answer={seen} words={props.words} />}
      {done && (
        <p>
          {countWords((done.edits ?? []).length, "edit is", "edits are")} on the way into the sheet. They
          stand in the history as one act, and can be taken back.
        </p>
      )}
      <div class="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          {done ? "Close" : "Cancel"}
        </button>
        {seen && !done && count > 0 && (
          <button type="button" class="primary" disabled={sending} onClick={() => void restore()}>
            {sending ? "Restoring ..." : `Restore ${countWords(count, "change", "changes")}`}
          </button>
        )}
      </div>
    </dialog>
  );
}

function Difference(props: { answer: RestoreAnswer; words: TabWords }) {
  const { edits = [], skipped = [] } = props.answer;
  return (
    <>
      {edits.length === 0 && <p>It is so already: nothing would change.</p>}
      <ul class="difference">
        {edits.slice(0, SHOWN_MAX).map((edit, index) => {
          const { where, what, change } = restoreWords(edit, props.words);
          return (
            <li key={index}>
              <span class="quiet">{where}</span> {what}{" "}
              {change && (
                <>
                  <ins>{change.after}</ins> <span class="quiet">instead of</span> <del>{change.before}</del>
                </>
              )}
            </li>
          );
        })}
      </ul>
      {edits.length > SHOWN_MAX && <p class="quiet">And {edits.length - SHOWN_MAX} more.</p>}
      {skipped.length > 0 && (
        <>
          <p>Left as it is:</p>
          <ul class="losses">
            {skipped.slice(0, SHOWN_MAX).map(({ row, column, why }, index) => (
              <li key={index}>
                {[row && props.words.row(row), column].filter(Boolean).join(", ")} {why}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
