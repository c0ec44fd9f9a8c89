import type { ComponentChildren } from "preact";
import type { Table } from "../../../../client-sdk/src/index.ts";

/** The rows, or why there are none. */
export function TabBody({ table, children }: { table: Table; children: ComponentChildren }) {
  const { status, rowIds, columns } = table;
  if (columns.length > 0 && rowIds.length > 0) return <>{children}</>;
  const [title, words] = emptyWords(table);
  return (
    <div class="empty" data-loading={status.state === "loading"}>
      <strong>{title}</strong>
      <p class="quiet">{words}</p>
    </div>
  );
}

function emptyWords({ status, connection, columns }: Table): readonly [title: string, words: string] {
  if (connection.state === "needs-auth") return ["Signed out", "The token was not accepted. Sign in again."];
  if (connection.state === "error" && connection.reason === "no-such-document") {
    return ["No such tab", "It may have been deleted, or has not been read yet."];
  }
  if (connection.state === "error")
    return ["Not available", connection.detail || "The daemon refused this tab."];
  if (status.state === "loading") return ["Loading ...", "The rows are on their way."];
  return columns.length > 0
    ? ["No rows", "The tab has a header and nothing below it."]
    : ["Empty", "The tab has no cells. What is typed into it appears here."];
}
