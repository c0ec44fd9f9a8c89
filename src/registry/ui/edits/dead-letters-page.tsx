import { useCallback, useState } from "preact/hooks";
import type { CellValue } from "../../../../client-sdk/src/contract/cell.ts";
import type { DeadLetterAnswer } from "../../../../client-sdk/src/contract/edits-rest.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { type DataColumn, DataTable } from "../parts/data-table.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Alert, ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { refusalWords, timeWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import type { TabWords } from "./tab-words.ts";
import { useTabWords } from "./use-tab-words.ts";

const REFRESH_MS = 4000;

/** Edits that could not be written after several tries: try again, or give up. */
export function DeadLettersPage({ api, sources }: { api: Api; sources: readonly SourceAnswer[] }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const asked = useAnswer(
    useCallback(() => api.deadLetters(cursor === undefined ? {} : { cursor }), [api, cursor]),
    REFRESH_MS,
  );
  const [message, setMessage] = useState("");
  const [leaving, setLeaving] = useState<DeadLetterAnswer | null>(null);
  const letters = asked.value?.deadLetters ?? null;
  const wordsOf = useTabWords(api, sources, letters ?? []);
  const requeue = async (letter: DeadLetterAnswer): Promise<void> => {
    const answer = await api.requeueDeadLetter(letter.id);
    setMessage(answer.ok ? "" : refusalWords(answer.error));
    asked.refresh();
  };
  const close = (): void => setLeaving(null);
  return (
    <Page
      title="Dead letters"
      about="Edits that could not be written for a reason that nobody foresaw. They are kept until somebody tries them again or gives them up."
      wide
    >
      <Alert>{message}</Alert>
      <ListState value={letters} error={asked.error} empty="No edit is parked." />
      {letters && letters.length > 0 && (
        <DataTable
          caption="Dead letters"
          columns={letterColumns(wordsOf, (letter) => void requeue(letter), setLeaving)}
          rows={letters}
          keyOf={({ id }) => id}
          testId="dead-letter"
        />
      )}
      <Pager cursors={cursors} next={asked.value?.next} onCursors={setCursors} />
      <CodeSample
        samples={{
          curl: `${CURL} ${location.origin}/api/v1/deadletters\n${CURL} -X POST ${location.origin}/api/v1/deadletters/ID/requeue`,
        }}
      />
      {leaving && (
        <Confirm
          title="Give this edit up?"
          act="Give it up"
          doing="Giving up ..."
          perform={() => api.discardDeadLetter(leaving.id)}
          onDone={() => {
            close();
            asked.refresh();
          }}
          onClose={close}
        >
          <p>
            {leaving.by} wished for {wished(leaving, wordsOf(leaving))} in {leaving.source}/{leaving.tab}. It
            will not be written.
          </p>
        </Confirm>
      )}
    </Page>
  );
}

function letterColumns(
  wordsOf: (letter: DeadLetterAnswer) => TabWords,
  onRequeue: (letter: DeadLetterAnswer) => void,
  onLeave: (letter: DeadLetterAnswer) => void,
): readonly DataColumn<DeadLetterAnswer>[] {
  return [
    {
      name: "Where",
      cell: (letter) => {
        const { source, tab, row, column } = letter;
        return (
          <>
            <a href={formatRoute({ page: "tab", source, tab })}>
              {source}/{tab}
            </a>
            <small class="quiet">
              {[row && wordsOf(letter).row(row), column].filter(Boolean).join(", ") || "a new row"}
            </small>
          </>
        );
      },
    },
    { name: "Wish", cell: (letter) => wished(letter, wordsOf(letter)) },
    { name: "Who", cell: ({ by }) => by },
    {
      name: "Why",
      cell: ({ why, tries }) => (
        <>
          {why}
          <small class="quiet">after {tries} tries</small>
        </>
      ),
    },
    { name: "Parked", cell: ({ parkedAt }) => timeWords(parkedAt) },
    {
      name: "Act",
      atEnd: true,
      cell: (letter) => (
        <span class="acts">
          <button type="button" class="small" onClick={() => onRequeue(letter)}>
            Try again
          </button>
          <button type="button" class="small danger" onClick={() => onLeave(letter)}>
            Give up
          </button>
        </span>
      ),
    },
  ];
}

function wished({ mine, key, slot }: DeadLetterAnswer, words: TabWords): string {
  if (key.startsWith("-")) return "the end of the row";
  if (typeof mine !== "object" || mine === null || "error" in mine) {
    return words.value(mine as CellValue, slot);
  }
  return Object.entries(mine)
    .map(([name, value]) => `${name}: ${words.value(value, name)}`)
    .join(", ");
}
