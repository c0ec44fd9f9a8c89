import { useCallback, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { ViewAnswer } from "../../../../client-sdk/src/contract/views.ts";
import { CodeSample, CURL, sdkHead } from "../parts/code-sample.tsx";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { shellWord } from "../parts/shell-word.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { ViewForm } from "./view-form.tsx";

/** Views: some columns and rows of a tab as documents of their own. */
export function ViewsPage({ api, sources }: { api: Api; sources: readonly SourceAnswer[] }) {
  const views = useAnswer(useCallback(() => api.views(), [api]));
  const [removing, setRemoving] = useState<ViewAnswer | null>(null);
  const close = (): void => setRemoving(null);
  const first = views.value?.[0];
  return (
    <Page
      title="Views"
      about="A view shows some columns and rows of a tab as a document of its own. A token for the view reaches nothing else; claims in the condition give each reader their own rows."
      wide
    >
      <ListState value={views.value} error={views.error} empty="No view yet." />
      {views.value && views.value.length > 0 && (
        <DataTable
          caption="Views"
          columns={viewColumns(setRemoving)}
          rows={views.value}
          keyOf={({ document }) => document}
          testId="view"
        />
      )}
      <ViewForm api={api} sources={sources} onMade={views.refresh} />
      {first && <CodeSample title={`${first.name} in code`} samples={samples(first, location.origin)} />}
      {removing && (
        <Confirm
          title={`Delete the view ${removing.name}?`}
          act="Delete the view"
          doing="Deleting ..."
          perform={() => api.removeView(removing)}
          onDone={() => {
            close();
            views.refresh();
          }}
          onClose={close}
        >
          <p>Programs that read it are cut off. The tab itself stays as it is.</p>
        </Confirm>
      )}
    </Page>
  );
}

function viewColumns(onRemove: (view: ViewAnswer) => void): readonly DataColumn<ViewAnswer>[] {
  return [
    {
      name: "View",
      cell: ({ name, description }) => (
        <>
          <strong>{name}</strong>
          {description && <small class="quiet">{description}</small>}
        </>
      ),
    },
    { name: "Of", cell: ({ source, tab }) => `${source}/${tab}` },
    { name: "Columns", cell: ({ columns }) => columns?.join(", ") ?? "all" },
    { name: "Rows", cell: (view) => rowsWords(view) },
    {
      name: "Act",
      atEnd: true,
      cell: (view) => (
        <button
          type="button"
          class="small danger"
          aria-label={`Delete ${view.name}`}
          onClick={() => onRemove(view)}
        >
          Delete
        </button>
      ),
    },
  ];
}

function rowsWords({ where, order, limit }: ViewAnswer) {
  const sorted = order?.map(({ key, descending }) => `${key}${descending ? " descending" : ""}`).join(", ");
  return (
    <>
      {where === undefined ? "all" : <code>{where}</code>}
      {(sorted !== undefined || limit !== undefined) && (
        <small class="quiet">
          {[sorted && `by ${sorted}`, limit !== undefined && `at most ${limit}`].filter(Boolean).join(", ")}
        </small>
      )}
    </>
  );
}

function samples({ source, tab, name }: ViewAnswer, origin: string) {
  const rows = `${origin}/datasources/${source}/tabs/${encodeURIComponent(tab)}/rows?view=${encodeURIComponent(name)}`;
  return {
    sdk: `${sdkHead(origin)}\nconst view = sheetwire.table(${JSON.stringify(`${source}/${tab}@${name}`)});`,
    curl: `${CURL} ${shellWord(rows)}`,
    cli: `sheetwire get ${shellWord(`${source}/${tab}`)} --view ${shellWord(name)}`,
  };
}
