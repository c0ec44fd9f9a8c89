import { useState } from "preact/hooks";

/** Asks for a time to go back to. */
export function RestoreAt({ onPick }: { onPick: (to: string) => void }) {
  const [text, setText] = useState("");
  const at = text === "" ? null : new Date(text);
  return (
    <form
      class="restore-at"
      onSubmit={(event) => {
        event.preventDefault();
        if (at && !Number.isNaN(at.getTime())) onPick(at.toISOString());
      }}
    >
      <label class="field">
        <span>As it was at</span>
        <input
          type="datetime-local"
          step="1"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={text === ""}>
        Look at the difference
      </button>
    </form>
  );
}
