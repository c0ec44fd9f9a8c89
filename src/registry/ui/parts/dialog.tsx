import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "../rest/call.ts";
import { Alert } from "./notice.tsx";
import { refusalWords } from "./words.ts";

/**
 * Asks before something is done that cannot be undone. Cancel comes first and has the focus: Enter alone does nothing.
 * Escape and Cancel leave everything as it is; a refusal is told and leaves the dialog open.
 */
export function Confirm(props: {
  title: string;
  /** Of the button that does it, and while it is done. */
  act: string;
  doing: string;
  perform: () => Answer<unknown>;
  onDone: () => void;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const perform = async (): Promise<void> => {
    setSending(true);
    const answer = await props.perform();
    setSending(false);
    if (!answer.ok) return setMessage(refusalWords(answer.error));
    props.onDone();
  };
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={props.onClose}>
      <h2 id="confirm-title">{props.title}</h2>
      {props.children}
      <Alert>{message}</Alert>
      <div class="actions">
        <button type="button" autofocus onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button type="button" class="danger" disabled={sending} onClick={() => void perform()}>
          {sending ? props.doing : props.act}
        </button>
      </div>
    </dialog>
  );
}
