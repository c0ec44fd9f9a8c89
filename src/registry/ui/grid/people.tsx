import type { Person } from "../../../../client-sdk/src/index.ts";
import { countWords } from "../parts/words.ts";
import { nameOf } from "./use-presence.ts";

const SHOWN_MAX = 20;

/** Who else looks at this tab, and under which name one is seen oneself. */
export function People(props: { people: readonly Person[]; name: string; onName: (name: string) => void }) {
  const { people, name, onName } = props;
  return (
    <details class="people" data-testid="people">
      <summary>
        {people.length === 0 ? "Only you" : countWords(people.length, "other here", "others here")}
      </summary>
      <div class="people-list panel">
        <ul>
          {people.slice(0, SHOWN_MAX).map(({ id, state }) => (
            <li key={id}>
              <strong>{nameOf(state)}</strong>{" "}
              <span class="quiet">
                {state.cell ? `at row ${state.cell.row}, ${state.cell.column}` : "looking"}
              </span>
            </li>
          ))}
          {people.length > SHOWN_MAX && <li class="quiet">and {people.length - SHOWN_MAX} more</li>}
        </ul>
        <label class="field">
          <span>Your name here</span>
          <input
            type="text"
            maxLength={60}
            value={name}
            onInput={(event) => onName(event.currentTarget.value)}
          />
        </label>
      </div>
    </details>
  );
}
