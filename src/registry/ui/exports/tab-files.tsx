import { useMemo } from "preact/hooks";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { shellWord } from "../parts/shell-word.ts";
import { createCall } from "../rest/call.ts";
import { FILE_TIMEOUT_MS } from "../rest/exports-api.ts";
import { formatRoute } from "../shell/routes.ts";
import { Downloads } from "./downloads.tsx";

/** A tab or a view as a file, or as a workbook that follows it. */
export function TabFiles(props: {
  token: string;
  source: string;
  tab: string;
  view?: string | undefined;
  title: string;
}) {
  const { token, source, tab, view, title } = props;
  const call = useMemo(() => createCall(token, (path, init) => fetch(path, init)), [token]);
  const path = `/datasources/${encodeURIComponent(source)}/tabs/${encodeURIComponent(tab)}/download`;
  const ofView = view === undefined ? "" : `&view=${encodeURIComponent(view)}`;
  return (
    <details class="people tab-files">
      <summary>Download</summary>
      <div class="panel people-list">
        <Downloads
          name={title}
          fetchFile={(format) =>
            call<Blob>("GET", `${path}?format=${format}${ofView}`, { as: "file", timeoutMs: FILE_TIMEOUT_MS })
          }
        />
        <a href={formatRoute({ page: "new-export", source, tab, ...(view !== undefined && { view }) })}>
          Make a workbook that follows it
        </a>
        <CodeSample
          title="As a command"
          samples={{
            curl: `${CURL} -OJ \\\n  ${shellWord(`${location.origin}${path}?format=xlsx${ofView}`)}`,
            cli: `sheetwire get ${shellWord(`${source}/${tab}`)}${view === undefined ? "" : ` --view ${shellWord(view)}`} --csv`,
          }}
        />
      </div>
    </details>
  );
}
