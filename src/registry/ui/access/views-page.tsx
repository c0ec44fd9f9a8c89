import { useCallback, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { ViewAnswer } from "../../../../client-sdk/src/contract/views.ts";
import { CodeSample } from "../parts/code-sample.tsx";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { isTellable } from "./new-view.ts";
import { ViewForm } from "./view-form.tsx";
import { viewSamples } from "./view-samples.ts";

/** Views: some columns and rows of a tab as documents of their own. */
export function ViewsPage({ api, sources }: { api: Api; sources: readonly SourceAnswer[] }) {
  const views = useAnswer(useCallback(() => api.views(), [api]));
  const [changing, setChanging] = useState<ViewAnswer | null>(null);
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
          columns={viewColumns(setChanging, setRemoving)}
          rows={views.value}
          keyOf={({ document }) => document}
          testId="view"
        />
      )}
      {changing && (
        <ViewForm
          key={changing.document}
          api={api}
          sources={sources}
          view={changing}
          onMade={() => {
            setChanging(null);
            views.refresh();
          }}
          onClose={() => setChanging(null)}
        />
      )}
      <ViewForm api={api} sources={sources} onMade={views.refresh} />
      {first && <CodeSample title={`${first.name} in code`} samples={viewSamples(first, location.origin)} />}
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

function viewColumns(
  onChange: (view: ViewAnswer) => void,
  onRemove: (view: ViewAnswer) => void,
): readonly DataColumn<ViewAnswer>[] {
  return [
    {
      name: "View",
      cell: ({ source, tab, name, description }) => (
        <>
          <a href={formatRoute({ page: "tab", source, tab, view: name })}>
            <strong>{name}</strong>
          </a>
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
        <span class="acts">
          <button
            type="button"
            class="small"
            aria-label={`Change ${view.name}`}
            disabled={!isTellable(view)}
            title={isTellable(view) ? undefined : "Its keys hold commas: it is changed over REST."}
            onClick={() => onChange(view)}
          >
            Change
          </button>
          <button
            type="button"
            class="small danger"
            aria-label={`Delete ${view.name}`}
            onClick={() => onRemove(view)}
          >
            Delete
          </button>
        </span>
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
