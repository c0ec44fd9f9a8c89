import { useEffect, useMemo, useRef } from "preact/hooks";
import type { PreviewAnswer, PreviewTab } from "../../../../client-sdk/src/contract/rest.ts";
import { cellFormatter } from "../grid/format.ts";
import { COLUMN_TYPES, countWords } from "../parts/words.ts";

/** What a source would bring. The heading takes the focus, so that keys and screen readers arrive at it. */
export function Preview({ answer, outdated }: { answer: PreviewAnswer; outdated: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [answer]);
  return (
    <section class="preview" aria-labelledby="preview-title" data-testid="preview">
      <h2 id="preview-title" ref={heading} tabIndex={-1}>
        Preview{answer.error ? ": it cannot be read" : `: ${countWords(answer.tabs.length, "tab", "tabs")}`}
      </h2>
      {outdated && (
        <p class="notice tone-warn">The form has changed since. Preview again to see it as it is now.</p>
      )}
      {answer.error && (
        <div class="problem tone-bad">
          <strong>{answer.error.message}</strong>
          <p>{answer.error.fix}</p>
        </div>
      )}
      {answer.notices.map((notice) => (
        <p key={notice} class="notice">
          {notice}
        </p>
      ))}
      {answer.tabs.map((tab, index) => (
        <details key={tab.title} open={index === 0}>
          <summary>
            <strong>{tab.title}</strong>{" "}
            <span class="quiet">
              {countWords(tab.rowCount, "row", "rows")}, {countWords(tab.columns.length, "column", "columns")}
            </span>
          </summary>
          <TabTable tab={tab} />
        </details>
      ))}
    </section>
  );
}

function TabTable({ tab }: { tab: PreviewTab }) {
  const formatters = useMemo(() => tab.columns.map((column) => cellFormatter(column)), [tab]);
  if (tab.columns.length === 0) return <p class="quiet">It has no columns.</p>;
  return (
    <>
      <p class="quiet">{identityWords(tab)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section class="preview-scroll" tabIndex={0} aria-label={`First rows of ${tab.title}`}>
        <table>
          <thead>
            <tr>
              {tab.columns.map(({ key, header, type }) => (
                <th key={key} scope="col">
                  {header === "" ? key : header}
                  <small>
                    {COLUMN_TYPES[type]}
                    {key === tab.keyColumn && ", key"}
                  </small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tab.rows.map((row, index) => (
              <tr key={index}>
                {row.map((value, column) => {
                  const { kind, text } = formatters[column]!(value);
                  return (
                    <td key={tab.columns[column]!.key} data-kind={kind}>
                      {kind === "boolean" ? (value === true ? "yes" : "no") : text}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function identityWords({ columns, keyColumn, rows, rowCount }: PreviewTab): string {
  const key = columns.find((column) => column.key === keyColumn);
  const identity = key
    ? `A row is known by its ${key.header === "" ? key.key : key.header}.`
    : "No key column: a row is known by its content and place.";
  return rows.length < rowCount ? `The first ${rows.length} rows. ${identity}` : identity;
}
