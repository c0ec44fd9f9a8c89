import { useCallback, useState } from "preact/hooks";
import type { AuditEntryAnswer } from "../../../../client-sdk/src/contract/audit.ts";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";
import { FilterField } from "../parts/field.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { timeWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";

type Filter = Readonly<Record<"subject" | "action" | "target", string>>;

const COLUMNS: readonly DataColumn<AuditEntryAnswer>[] = [
  { name: "When", cell: ({ at }) => <time dateTime={at}>{timeWords(at)}</time> },
  { name: "Who", cell: ({ subject }) => subject },
  { name: "What", cell: ({ action }) => <code>{action}</code> },
  { name: "To", cell: ({ target }) => target ?? "the daemon" },
  { name: "From", cell: ({ address }) => address ?? "the daemon itself" },
];

/** Who did what to what, when and from where; the newest first. */
export function AuditPage({ api }: { api: Api }) {
  const [filter, setFilter] = useState<Filter>({ subject: "", action: "", target: "" });
  /** Cursors of the pages before this one. */
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const asked = JSON.stringify(queryOf(filter, cursor));
  const audit = useAnswer(useCallback(() => api.audit(JSON.parse(asked)), [api, asked]));
  const { entries, next } = audit.value ?? { entries: null };
  const set = (part: Partial<Filter>): void => {
    setFilter({ ...filter, ...part });
    setCursors([]);
  };
  return (
    <Page title="Audit" about="Who did what, when and from where. Entries are never changed." wide>
      <search class="filters" aria-label="Narrow the audit down">
        <FilterField
          label="Who"
          placeholder="user:ann"
          value={filter.subject}
          onText={(subject) => set({ subject })}
        />
        <FilterField
          label="What"
          placeholder="source"
          value={filter.action}
          onText={(action) => set({ action })}
        />
        <FilterField
          label="To"
          placeholder="source/shop"
          value={filter.target}
          onText={(target) => set({ target })}
        />
      </search>
      <ListState value={entries} error={audit.error} empty="Nothing of that kind was done." />
      {entries && entries.length > 0 && (
        <DataTable
          caption="Audit"
          columns={COLUMNS}
          rows={entries}
          keyOf={({ id }) => id}
          testId="audit-entry"
        />
      )}
      <Pager cursors={cursors} next={next} onCursors={setCursors} />
      <CodeSample
        samples={{
          curl: `${CURL} -H "Accept: application/x-ndjson" ${location.origin}/api/v1/audit`,
        }}
      />
    </Page>
  );
}

function queryOf(filter: Filter, cursor: string | undefined): Record<string, string> {
  const given = Object.entries(filter).flatMap(([name, text]) =>
    text.trim() === "" ? [] : [[name, text.trim()] as const],
  );
  return { ...Object.fromEntries(given), ...(cursor !== undefined && { cursor }), limit: "100" };
}
