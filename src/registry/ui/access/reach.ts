/** What a person gives a token: a place and what may be done there. Of scopes it may be one or two. */
import type { TokenScope } from "../../../../client-sdk/src/contract/tokens.ts";

export interface Reach {
  /** edit: to read and to write; who has "write" alone wishes for changes of what they do not see. */
  readonly action: TokenScope["action"] | "edit";
  /** Empty: all; so with the others. */
  readonly source: string;
  readonly tab: string;
  readonly view: string;
}

export const EMPTY_REACH: Reach = { action: "read", source: "", tab: "", view: "" };

export function scopesOf(reaches: readonly Reach[]): readonly TokenScope[] {
  return reaches.flatMap(({ action, source, tab, view }) => {
    // A tab without its source would be a tab of that name in all sources.
    const place = {
      ...(source !== "" && { source }),
      ...(source !== "" && tab !== "" && { tab }),
      ...(source !== "" && tab !== "" && view !== "" && { view }),
    };
    const actions: readonly TokenScope["action"][] = action === "edit" ? ["read", "write"] : [action];
    return actions.map((each) => ({ action: each, ...place }));
  });
}

export function reachesOf(scopes: readonly TokenScope[]): readonly Reach[] {
  const reaches: Reach[] = [];
  for (const { action, source = "", tab = "", view = "" } of scopes) {
    const other = { read: "write", write: "read", admin: null }[action];
    const pair = reaches.findIndex(
      (reach) =>
        reach.action === other && reach.source === source && reach.tab === tab && reach.view === view,
    );
    if (pair >= 0) reaches[pair] = { ...reaches[pair]!, action: "edit" };
    else reaches.push({ action, source, tab, view });
  }
  return reaches;
}
