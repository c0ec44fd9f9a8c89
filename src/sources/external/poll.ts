/** One poll of a feed: all its pages, its tabs, and whether they are to be believed. */
import { err, ok, type Result } from "#contract/result.ts";
import type { TabSnapshot, UnchangedTab } from "../../model/snapshot.ts";
import type { PollResult, Revision, SourceError } from "../source.ts";
import { accept } from "./caution.ts";
import type { ExchangeDeps } from "./exchange.ts";
import type { FeedRow } from "./feed-document.ts";
import type { FeedPlan, TabPlan } from "./plan.ts";
import { type FeedPages, readPages } from "./read-pages.ts";
import {
  type FeedState,
  type FeedTabState,
  formatRevision,
  hashOf,
  parseRevision,
  withoutContent,
} from "./revision.ts";
import { buildTable, type FeedTable } from "./table.ts";

/** `since`: the revision of the last good poll; null for everything. `written`: tabs that are compared whatever it says. */
export async function pollFeed(
  deps: ExchangeDeps & { readonly written?: ReadonlySet<string> },
  since: Revision | null,
  signal: AbortSignal,
): Promise<Result<PollResult, SourceError>> {
  const settings = settingsHash(deps.plan);
  const last = parseRevision(since, settings);
  const known = last && deps.written ? withoutContent(last, deps.written) : last;
  const read = await readPages(deps, known, signal);
  if (!read.ok) return read;
  const { freshForMs } = read.value;
  const fresh = freshForMs === undefined ? {} : { freshForMs };
  if ("same" in read.value) {
    const { etag: _, lastModified: __, ...rest } = known!;
    return ok({
      tag: "Unchanged",
      revision: formatRevision({ ...rest, ...read.value.validators }),
      ...fresh,
    });
  }
  const composed = compose(deps, read.value, settings, known);
  return composed.ok ? ok({ ...composed.value, ...fresh }) : composed;
}

function compose(
  deps: ExchangeDeps,
  pages: FeedPages,
  settings: string,
  known: FeedState | null,
): Result<Exclude<PollResult, { tag: "Pending" }>, SourceError> {
  const tabs: (TabSnapshot | UnchangedTab)[] = [];
  const states: FeedTabState[] = [];
  const notices: string[] = [];
  for (const plan of deps.plan.tabs) {
    const before = known?.tabs.find(({ tabId }) => tabId === plan.tabId);
    const table = tableOf(deps, pages, plan, before);
    if (!table.ok) return table;
    const accepted = accept(table.value, before, deps.plan);
    if (!accepted.ok) return accepted;
    const { snapshot, fields } = table.value;
    const content = hashOf(JSON.stringify(snapshot));
    const { tabId, title } = plan;
    const same = content === before?.content;
    states.push(same ? before : { tabId, title, rows: snapshot.rows.length, fields, content });
    tabs.push(same ? { tabId, title, unchanged: true } : snapshot);
    notices.push(...table.value.notices);
  }
  const { hash, bytes, validators, cut } = pages;
  if (cut) notices.push(`Only the first ${pages.documents.length} pages are read, as "pagesMax" says.`);
  const state = { settings, ...validators, body: hash, bytes, tabs: states, notices };
  const revision = formatRevision(state);
  const unchanged = tabs.every((tab) => tab.unchanged) && Bun.deepEquals(notices, known?.notices);
  if (known && unchanged) return ok({ tag: "Unchanged", revision });
  return ok({ tag: "Changed", revision, snapshot: { tabs, notices } });
}

function tableOf(
  { limits }: ExchangeDeps,
  { documents }: FeedPages,
  plan: TabPlan,
  before: FeedTabState | undefined,
): Result<FeedTable, SourceError> {
  const rows: FeedRow[] = [];
  for (const document of documents) {
    const found = document.rows(plan.rowsPath);
    if (!found.ok) return err(found.error);
    for (const row of found.value) rows.push(row);
  }
  const { untyped, ordered } = documents[0]!;
  const table = buildTable({ plan, rows, untyped, ordered, known: before?.fields ?? [], limits });
  if (!table.ok || rows.length > 0) return table;
  const where = plan.rowsPath === undefined ? "" : ` at ${plan.rowsPath}`;
  return ok({ ...table.value, notices: [`The tab "${plan.title}" has no rows${where}.`] });
}

/** Of what shapes the snapshot: credentials and caution do not. */
function settingsHash({ url, format, tabs, pagination }: FeedPlan): string {
  return hashOf(JSON.stringify([url, format, tabs, pagination]));
}
