import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Confirm } from "../parts/dialog.tsx";
import { countWords } from "../parts/words.ts";
import { goTo } from "../shell/use-route.ts";
import type { ActionsProps } from "./actions-props.ts";

/** Asks before a source is deleted, and names what is lost. */
export function DeleteSource({ api, source, onChanged, onClose }: ActionsProps & { onClose: () => void }) {
  return (
    <Confirm
      title={`Delete ${source.name}?`}
      act="Delete for good"
      doing="Deleting ..."
      perform={() => api.remove(source.id)}
      onDone={() => {
        onChanged();
        goTo({ page: "home" }, { replace: true });
      }}
      onClose={onClose}
    >
      <p>This cannot be undone. Lost are:</p>
      <ul class="losses">
        {lossesOf(source).map((loss) => (
          <li key={loss}>{loss}</li>
        ))}
      </ul>
      <p class="quiet">
        {source.type === "googleSheet" ? "The workbook in Google Sheets" : "The feed"} stays as it is.
      </p>
    </Confirm>
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
