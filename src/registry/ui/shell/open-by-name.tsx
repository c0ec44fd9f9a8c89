import { useState } from "preact/hooks";
import { goTo } from "./use-route.ts";

/** For a token that reaches some tabs and not the list of all: they are opened by name. */
export function OpenByName() {
  const [name, setName] = useState("");
  const open = (event: Event): void => {
    event.preventDefault();
    const slash = name.indexOf("/");
    if (slash > 0)
      goTo({ page: "tab", source: name.slice(0, slash).trim(), tab: name.slice(slash + 1).trim() });
  };
  return (
    <form class="open-by-name" onSubmit={open}>
      <p class="quiet">Your token does not list the sources. Open what it allows by name.</p>
      <label class="field">
        <span>Source and tab</span>
        <input
          type="text"
          placeholder="shop/Prices"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Open</button>
    </form>
  );
}
