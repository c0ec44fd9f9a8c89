/** What the form that edits a source holds, and the request for what was changed in it. */
import type { FeedColumn, FeedTab } from "../../../../client-sdk/src/contract/feed.ts";
import type {
  FieldProblem,
  RegisterBody,
  SourceAnswer,
  UpdateBody,
} from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import { feedHeaders } from "./new-feed.ts";
import { EMPTY_SOURCE, type NewSource, settingsBody, signInBody } from "./new-source.ts";
import { shownOptions } from "./workbook-options.ts";

/** Secrets are never shown: the form for them is empty, and opened by a person who has new ones. */
export interface ChangedSource extends NewSource {
  readonly description: string;
  readonly newSignIn: "yes" | "no";
}

export function changedSource(source: SourceAnswer): ChangedSource {
  const { tabsWanted = [], keyColumns = {}, pagination, credentials, auth } = source;
  const feedTabs = tabsWanted.flatMap((tab) => (typeof tab === "string" ? [] : tab));
  const access = credentials?.type ?? "serviceAccount";
  return {
    ...EMPTY_SOURCE,
    ...shownOptions(source),
    kind: source.type,
    name: source.name,
    description: source.description ?? "",
    newSignIn: "no",
    url: source.url,
    access: access === "serviceAccountFile" ? "serviceAccount" : access,
    signIn: auth?.type ?? "none",
    interval: String(source.pollingInterval / 1000),
    tabsWanted: tabsWanted.flatMap((tab) => (typeof tab === "string" ? tab : [])).join("\n"),
    keyColumns: Object.entries(keyColumns)
      .map(([tab, header]) => `${tab} = ${header}`)
      .join("\n"),
    writable: source.writable ? "yes" : "no",
    conflictPolicy: source.conflictPolicy ?? "sheet",
    format: source.format ?? "auto",
    rowsPath: source.rowsPath ?? "",
    keyField: source.keyField ?? "",
    columns: columnLines(source.columns),
    feedTabs: feedTabs.map(shownTab),
    pages: pagination?.type ?? "none",
    nextPath: pagination?.type === "cursor" ? pagination.path : "",
    pageParameter: pagination && "parameter" in pagination ? (pagination.parameter ?? "") : "",
    pageFirst: pagination?.type === "page" ? numberText(pagination.first) : "",
    pagesMax: numberText(pagination?.pagesMax),
    events: source.events ?? "",
    emptyPolicy: source.emptyPolicy ?? "keep",
    bytesMax: numberText(source.bytesMax),
    feedWrites: source.type === "external" && source.writable ? "keep" : "no",
  };
}

/** Only what differs from `before` is sent: somebody else may edit the rest meanwhile. What was emptied is removed. */
export function updateBody(
  before: ChangedSource,
  form: ChangedSource,
): Result<UpdateBody, readonly FieldProblem[]> {
  const [was, is] = [settingsBody(before), settingsBody(form)];
  const signIn = form.newSignIn === "yes" ? signInBody(form) : ok({});
  const headers = feedHeaders(form.headers);
  const problems = [
    ...(is.ok ? [] : is.error),
    ...(signIn.ok ? [] : [signIn.error]),
    ...(headers.ok ? [] : [headers.error]),
  ];
  if (!is.ok || !signIn.ok || !headers.ok) return err(problems);
  const description = form.description.trim();
  const differing = differences(was.ok ? was.value : {}, is.value);
  return ok({
    ...differing,
    ...(form.description !== before.description && { description: description || null }),
    ...signIn.value,
    // What was open needs no sign-in; what asked for one is told that there is none any more.
    ...(form.newSignIn === "yes" && form.kind === "external" && form.signIn === "none" && { auth: null }),
    ...(Object.keys(headers.value).length > 0 && { headers: withRemovals(headers.value) }),
  });
}

type Settings = Partial<RegisterBody>;

function differences(was: Settings, is: Settings): UpdateBody {
  const names = new Set([...Object.keys(was), ...Object.keys(is)]) as Set<keyof Settings>;
  const differing = [...names].filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]));
  return Object.fromEntries(differing.map((name) => [name, is[name] ?? null]));
}

/** A name without a value takes its header away. */
function withRemovals(headers: Readonly<Record<string, string>>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value || null]));
}

function shownTab({ title, rowsPath = "", keyField = "", columns }: FeedTab) {
  return { title, rowsPath, keyField, columns: columnLines(columns) };
}

/** As parse-columns.ts reads them. */
function columnLines(columns: readonly FeedColumn[] = []): string {
  return columns
    .map(({ path, name, type }) => {
      const named = name === undefined ? path : `${path} = ${name}`;
      return type === undefined ? named : `${named} : ${type}`;
    })
    .join("\n");
}

const numberText = (value: number | undefined): string => (value === undefined ? "" : String(value));
