import { useCallback, useState } from "preact/hooks";
import type { DeadLetterAnswer } from "../../../../client-sdk/src/contract/edits-rest.ts";
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
import { shownValue } from "./shown-value.ts";

const REFRESH_MS = 4000;

/** Edits that could not be written after several tries: try again, or give up. */
export function DeadLettersPage({ api }: { api: Api }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const asked = useAnswer(
    useCallback(() => api.deadLetters(cursor === undefined ? {} : { cursor }), [api, cursor]),
    REFRESH_MS,
  );
  const [message, setMessage] = useState("");
  const [leaving, setLeaving] = useState<DeadLetterAnswer | null>(null);
  const letters = asked.value?.deadLetters ?? null;
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
          columns={letterColumns((letter) => void requeue(letter), setLeaving)}
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
            {leaving.by} wished for {wished(leaving)} in {leaving.source}/{leaving.tab}. It will not be
            written.
          </p>
        </Confirm>
      )}
    </Page>
  );
}

function letterColumns(
  onRequeue: (letter: DeadLetterAnswer) => void,
  onLeave: (letter: DeadLetterAnswer) => void,
): readonly DataColumn<DeadLetterAnswer>[] {
  return [
    {
      name: "Where",
      cell: ({ source, tab, row, column }) => (
        <>
          <a href={formatRoute({ page: "tab", source, tab })}>
            {source}/{tab}
          </a>
          <small class="quiet">
            {[row && `row ${row}`, column].filter(Boolean).join(", ") || "a new row"}
          </small>
        </>
      ),
    },
    { name: "Wish", cell: wished },
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

function wished({ mine, key }: DeadLetterAnswer): string {
  if (key.startsWith("-")) return "the end of the row";
  if (typeof mine !== "object" || mine === null || "error" in mine) {
    return shownValue(mine as Parameters<typeof shownValue>[0]);
  }
  return Object.entries(mine)
    .map(([name, value]) => `${name}: ${shownValue(value)}`)
    .join(", ");
}
