import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type CellValue, cellsEqual } from "../../../../client-sdk/src/index.ts";

export interface OpenEditor {
  readonly row: number;
  readonly key: string;
  /** What the input begins with; typing over a cell begins with the first character. */
  readonly text: string;
  /** What stood in the cell when it was opened: what the wish is made on. */
  readonly base: CellValue;
}

export type Leave = "down" | "up" | "right" | "left" | "stay";

export interface EditorHandlers {
  /** The text is written, and the focus goes on. */
  commit(editor: OpenEditor, text: string, leave: Leave): void;
  cancel(): void;
  /** The person has seen what came meanwhile and goes on with their own. */
  keepMine(editor: OpenEditor, theirs: CellValue, text: string): void;
  /** What was typed so far: it is not lost should the row go. */
  typed(text: string): void;
}

/** The input in a cell. When the cell changes meanwhile, it asks whose value is to stand. */
export function CellEditor(props: {
  editor: OpenEditor;
  label: string;
  /** What stands in the cell now, as a value and in words. */
  now: CellValue;
  nowText: string;
  handlers: EditorHandlers;
}) {
  const { editor, label, now, nowText, handlers } = props;
  const input = useRef<HTMLInputElement>(null);
  const mine = useRef<HTMLButtonElement>(null);
  const left = useRef(false);
  const changed = !cellsEqual(now, editor.base);
  useLayoutEffect(() => {
    input.current?.focus({ preventScroll: true });
    const end = input.current?.value.length ?? 0;
    input.current?.setSelectionRange(end, end);
  }, [editor.row, editor.key]);
  useEffect(() => {
    if (changed) handlers.typed(input.current?.value ?? "");
  }, [changed]);
  const text = (): string => input.current?.value ?? "";
  const leave = (run: () => void): void => {
    left.current = true;
    run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // The grid's own keys are not for the editor.
    event.stopPropagation();
    const to = leaveOf(event);
    if (event.key === "Escape") leave(handlers.cancel);
    else if (to && changed) mine.current?.focus();
    else if (to) leave(() => handlers.commit(editor, text(), to));
    else return;
    event.preventDefault();
  };
  const onFocusOut = (event: FocusEvent): void => {
    const next = event.relatedTarget as Node | null;
    if (left.current || (event.currentTarget as HTMLElement).contains(next)) return;
    leave(() => handlers.commit(editor, text(), "stay"));
  };
  return (
    <div class="cell-editor" role="group" aria-label={label} onKeyDown={onKeyDown} onFocusOut={onFocusOut}>
      <input
        ref={input}
        type="text"
        aria-label={label}
        spellcheck={false}
        autocomplete="off"
        defaultValue={editor.text}
        onInput={() => handlers.typed(text())}
      />
      {changed && (
        <div class="meanwhile" role="alert" data-testid="meanwhile">
          <span>
            Changed to <strong>{nowText === "" ? "(empty)" : nowText}</strong> meanwhile.
          </span>
          <button type="button" class="small" onClick={() => leave(handlers.cancel)}>
            Take theirs
          </button>
          <button
            ref={mine}
            type="button"
            class="small"
            onClick={() => leave(() => handlers.keepMine(editor, now, text()))}
          >
            Write mine
          </button>
        </div>
      )}
    </div>
  );
}

function leaveOf({ key, shiftKey, altKey }: KeyboardEvent): Leave | null {
  if (key === "Enter" && !altKey) return shiftKey ? "up" : "down";
  if (key === "Tab") return shiftKey ? "left" : "right";
  return null;
}
