import type { Table } from "../../../../client-sdk/src/index.ts";
import { viewSamples } from "../access/view-samples.ts";
import { CURL, type Samples, sdkHead } from "../parts/code-sample.tsx";
import { shellWord } from "../parts/shell-word.ts";
import type { ActiveCell } from "./active-cell.ts";

/** How programs read and write what the grid shows. */
export function samples(
  { source, tab, view, columns }: Pick<Table, "source" | "tab" | "view" | "columns">,
  cell: ActiveCell | null,
  origin: string,
): Samples {
  const name = `${source}/${tab}`;
  if (view !== "") return viewSamples({ source, tab, name: view }, origin);
  const key = cell?.key ?? columns[0]?.key ?? "Price";
  const row = cell?.row ?? 1;
  const at = `${origin}/datasources/${source}/tabs/${encodeURIComponent(tab)}`;
  const edit = JSON.stringify({ edits: [{ row, column: key, value: "new" }] });
  return {
    sdk: [
      sdkHead(origin),
      `const table = sheetwire.table(${JSON.stringify(name)});`,
      "table.subscribe(() => console.log(table.rows));",
      `await table.set(${row}, ${JSON.stringify(key)}, "new").confirmed;`,
    ].join("\n"),
    curl: [
      `${CURL} ${shellWord(`${at}/rows`)}`,
      `${CURL} -N ${shellWord(`${at}/events`)}`,
      `${CURL} -H "Content-Type: application/json" \\\n  -d ${shellWord(edit)} ${shellWord(`${at}/edits?wait=10`)}`,
    ].join("\n"),
    cli: [
      `sheetwire get ${shellWord(name)}`,
      `sheetwire tail ${shellWord(name)}`,
      `sheetwire set ${shellWord(name)} @${row} ${shellWord(key)} new`,
    ].join("\n"),
  };
}
