/** What the form that edits a source holds, and the request for what was changed in it. */
import type { FieldProblem, SourceAnswer, UpdateBody } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import { intervalMs, keyColumnsOf } from "./new-source.ts";
import { linesOf } from "./parse-lines.ts";
import type { Writing } from "./writing.ts";

export interface ChangedSource extends Writing {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly interval: string;
  /** Of a workbook, one a line. */
  readonly tabsWanted: string;
  readonly keyColumns: string;
  /** Of a feed with one tab. */
  readonly rowsPath: string;
  readonly keyField: string;
}

export function changedSource(source: SourceAnswer): ChangedSource {
  const { tabsWanted = [], keyColumns = {} } = source;
  return {
    name: source.name,
    description: source.description ?? "",
    url: source.url,
    interval: String(source.pollingInterval / 1000),
    tabsWanted: tabsWanted.flatMap((tab) => (typeof tab === "string" ? tab : [])).join("\n"),
    keyColumns: Object.entries(keyColumns)
      .map(([tab, header]) => `${tab} = ${header}`)
      .join("\n"),
    writable: source.writable ? "yes" : "no",
    conflictPolicy: source.conflictPolicy ?? "sheet",
    rowsPath: source.rowsPath ?? "",
    keyField: source.keyField ?? "",
  };
}

/** Only what differs from `before` is sent: somebody else may edit the rest meanwhile. An emptied field is removed. */
export function updateBody(
  before: ChangedSource,
  form: ChangedSource,
): Result<UpdateBody, readonly FieldProblem[]> {
  const changed = (name: keyof ChangedSource): boolean => form[name] !== before[name];
  const keyColumns = keyColumnsOf(form.keyColumns);
  if (!keyColumns.ok) return err([keyColumns.error]);
  const tabs = linesOf(form.tabsWanted);
  const text = (name: "description" | "rowsPath" | "keyField") =>
    changed(name) ? { [name]: form[name].trim() || null } : {};
  return ok({
    ...(changed("name") && { name: form.name.trim() }),
    ...(changed("url") && { url: form.url.trim() }),
    ...(changed("interval") && { pollingInterval: intervalMs(form.interval) ?? null }),
    ...text("description"),
    ...text("rowsPath"),
    ...text("keyField"),
    ...(changed("tabsWanted") && { tabs: tabs.length > 0 ? tabs : null }),
    ...(changed("keyColumns") && {
      keyColumns: Object.keys(keyColumns.value).length > 0 ? keyColumns.value : null,
    }),
    ...(changed("writable") && { writable: form.writable === "yes" }),
    ...((changed("conflictPolicy") || changed("writable")) &&
      form.writable === "yes" && { conflictPolicy: form.conflictPolicy }),
  });
}
