import type { ComponentChild } from "preact";
import type { HistoryEntry } from "../../../../client-sdk/src/contract/history.ts";
import type { TabWords } from "../edits/tab-words.ts";
import { countWords, timeWords } from "../parts/words.ts";
import { formatRoute, type HistoryRoute } from "../shell/routes.ts";
import { entryWords, originWords } from "./entry-words.ts";

/** One change, with the way back to before it. */
export function Entry(props: {
  entry: HistoryEntry;
  route: HistoryRoute;
  words: TabWords;
  onRestore: (to: string) => void;
  onTakeBack: (cause: string) => void;
}) {
  const { entry, route } = props;
  const { where, what, change } = entryWords(entry, props.words);
  const { source, tab } = route;
  const [row, key] = ["row" in entry ? entry.row : undefined, "column" in entry ? entry.column : undefined];
  const isCell = entry.kind === "cell" || entry.kind === "formula";
  return (
    <li class="entry" data-testid="history-entry" data-id={entry.id}>
      <div class="entry-head">
        <time dateTime={entry.at}>{timeWords(entry.at)}</time>
        <span>{originWords(entry)}</span>
        {row !== undefined && (route.row === undefined || (isCell && route.key === undefined)) ? (
          <a href={formatRoute({ page: "history", source, tab, row, ...(key !== undefined && { key }) })}>
            {where}
          </a>
        ) : (
          <span class="quiet">{where}</span>
        )}
      </div>
      <p class="entry-change">
        {change ? (
          <>
            {what} <del>{change.before}</del> <span aria-hidden="true">→</span>
            <span class="for-readers"> to </span> <ins>{change.after}</ins>
          </>
        ) : (
          what
        )}
      </p>
      <div class="acts">
        <button type="button" class="small" onClick={() => props.onRestore(justBefore(entry.at))}>
          Back to before this
        </button>
        {entry.cause !== undefined && (
          <button type="button" class="small" onClick={() => props.onTakeBack(entry.cause!)}>
            Take all of this act back
          </button>
        )}
      </div>
    </li>
  );
}

/** Rows that came at once, such as all of them when the tab was first read: one line, and each by itself behind it. */
export function Together({ first, entries }: { first: HistoryEntry; entries: readonly ComponentChild[] }) {
  return (
    <li class="entry" data-testid="history-group">
      <details>
        <summary>
          <time dateTime={first.at}>{timeWords(first.at)}</time> {originWords(first)}:{" "}
          {countWords(entries.length, "row", "rows")} came at once
        </summary>
        <ol class="entries">{entries}</ol>
      </details>
    </li>
  );
}

const justBefore = (at: string): string => new Date(Date.parse(at) - 1).toISOString();
