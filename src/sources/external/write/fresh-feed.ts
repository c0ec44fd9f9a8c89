/** A feed as it stands at this moment: its tables, and where their cells come from. */
import { err, ok, type Result } from "#contract/result.ts";
import type { SourceError } from "../../source.ts";
import type { ExchangeDeps } from "../exchange.ts";
import type { FeedDocument, FeedRow } from "../feed-document.ts";
import type { TabPlan } from "../plan.ts";
import { readPages } from "../read-pages.ts";
import { buildTable, type FeedTable } from "../table.ts";

export interface FreshFeed {
  readonly documents: readonly FeedDocument[];
  readonly etag: string | undefined;
  readonly tables: ReadonlyMap<string, FreshTable>;
}

export interface FreshTable extends FeedTable {
  readonly plan: TabPlan;
}

/** `fields` by tab id: the columns that are known, in their order. */
export async function readFreshFeed(
  deps: ExchangeDeps,
  signal: AbortSignal,
): Promise<Result<FreshFeed, SourceError>> {
  const read = await readPages(deps, null, signal);
  if (!read.ok) return read;
  if ("same" in read.value) throw new Error("a request without conditions found nothing new");
  const { documents, validators } = read.value;
  if (documents.some((document) => !document.json)) {
    return err({
      tag: "Malformed",
      path: "body",
      detail: "Edits go back into feeds of JSON alone, and this is none",
      fix: "Turn off writable.",
    });
  }
  const tables = new Map<string, FreshTable>();
  for (const plan of deps.plan.tabs) {
    const rows: FeedRow[] = [];
    for (const document of documents) {
      const found = document.rows(plan.rowsPath);
      if (!found.ok) return found;
      for (const row of found.value) rows.push(row);
    }
    const table = buildTable({ plan, rows, untyped: false, ordered: false, known: [], limits: deps.limits });
    if (!table.ok) return table;
    tables.set(plan.tabId, { ...table.value, plan });
  }
  return ok({ documents, etag: validators.etag, tables });
}
