import { useMemo } from "preact/hooks";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { shellWord } from "../parts/shell-word.ts";
import { createCall } from "../rest/call.ts";
import { FILE_TIMEOUT_MS } from "../rest/exports-api.ts";
import { formatRoute } from "../shell/routes.ts";
import { Downloads } from "./downloads.tsx";

/** A tab as a file, or as a workbook that follows it. */
export function TabFiles(props: { token: string; source: string; tab: string; title: string }) {
  const { token, source, tab, title } = props;
  const call = useMemo(() => createCall(token, (path, init) => fetch(path, init)), [token]);
  const path = `/datasources/${encodeURIComponent(source)}/tabs/${encodeURIComponent(tab)}/download`;
  return (
    <details class="people tab-files">
      <summary>Download</summary>
      <div class="panel people-list">
        <Downloads
          name={title}
          fetchFile={(format) =>
            call<Blob>("GET", `${path}?format=${format}`, { as: "file", timeoutMs: FILE_TIMEOUT_MS })
          }
        />
        <a href={formatRoute({ page: "new-export", source, tab })}>Make a workbook that follows it</a>
        <CodeSample
          samples={{
            curl: `${CURL} -OJ \\\n  ${shellWord(`${location.origin}${path}?format=xlsx`)}`,
            cli: `sheetwire get ${shellWord(`${source}/${tab}`)} --csv`,
          }}
        />
      </div>
    </details>
  );
}
