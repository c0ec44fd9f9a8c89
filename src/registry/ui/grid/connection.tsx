import type { Table } from "../../../../client-sdk/src/index.ts";
import { ToneIcon } from "../parts/icons.tsx";
import { connectionWords } from "../parts/words.ts";

/** Says in an icon and words whether the table is live. */
export function ConnectionIndicator({ table }: { table: Table }) {
  const { state, words, tone } = connectionWords(table);
  return (
    <span class={`badge tone-${tone}`} role="status" data-testid="connection" data-state={state}>
      <ToneIcon tone={tone} />
      {words}
    </span>
  );
}
