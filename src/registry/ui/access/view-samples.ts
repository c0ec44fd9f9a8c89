import { CURL, type Samples, sdkHead } from "../parts/code-sample.tsx";
import { shellWord } from "../parts/shell-word.ts";
import type { ViewPlace } from "../rest/api.ts";

/** How programs read a view. */
export function viewSamples({ source, tab, name }: ViewPlace, origin: string): Samples {
  const at = `${origin}/datasources/${source}/tabs/${encodeURIComponent(tab)}`;
  const view = `view=${encodeURIComponent(name)}`;
  const table = JSON.stringify({ source, tab, view: name });
  return {
    sdk: `${sdkHead(origin)}\nconst view = sheetwire.table(${table});`,
    curl: `${CURL} ${shellWord(`${at}/rows?${view}`)}\n${CURL} -N ${shellWord(`${at}/events?${view}`)}`,
    cli: `sheetwire get ${shellWord(`${source}/${tab}`)} --view ${shellWord(name)}`,
  };
}
