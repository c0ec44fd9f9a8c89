import { useCallback, useState } from "preact/hooks";
import type { CellValue } from "../../../../client-sdk/src/contract/cell.ts";
import type { ConflictAnswer, ResolveBody } from "../../../../client-sdk/src/contract/edits-rest.ts";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { Badge } from "../parts/badge.tsx";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { Alert, ListState } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { Pager } from "../parts/pager.tsx";
import { refusalWords, timeWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";
import { typedValue } from "./shown-value.ts";
import type { TabWords } from "./tab-words.ts";
import { useTabWords } from "./use-tab-words.ts";

const REFRESH_MS = 4000;

/** Two wishes for one cell, or a wish for a row that is gone: a person chooses. */
export function ConflictsPage({ api, sources }: { api: Api; sources: readonly SourceAnswer[] }) {
  const [state, setState] = useState<ConflictAnswer["state"]>("open");
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const asked = useAnswer(
    useCallback(
      () => api.conflicts({ state, ...(cursor !== undefined && { cursor }) }),
      [api, state, cursor],
    ),
    REFRESH_MS,
  );
  const conflicts = asked.value?.conflicts.filter((conflict) => conflict.state === state) ?? null;
  const wordsOf = useTabWords(api, sources, conflicts ?? []);
  return (
    <Page
      title="Conflicts"
      about="An edit that was made on a value which the sheet no longer held. Nothing is lost: both values are kept until somebody has chosen."
      beside={
        <fieldset class="segments" aria-label="Which conflicts">
          {(["open", "resolved"] as const).map((name) => (
            <button
              key={name}
              type="button"
              class="small"
              aria-pressed={state === name}
              onClick={() => {
                setState(name);
                setCursors([]);
              }}
            >
              {name === "open" ? "Open" : "Resolved"}
            </button>
          ))}
        </fieldset>
      }
    >
      <ListState
        value={conflicts}
        error={asked.error}
        empty={state === "open" ? "No conflict is open." : "None was resolved yet."}
      />
      <ul class="cards">
        {conflicts?.map((conflict) => (
          <Conflict
            key={conflict.id}
            api={api}
            conflict={conflict}
            words={wordsOf(conflict)}
            onChanged={asked.refresh}
          />
        ))}
      </ul>
      <Pager cursors={cursors} next={asked.value?.next} onCursors={setCursors} />
      <CodeSample samples={samples(location.origin)} />
    </Page>
  );
}

const REASONS: Readonly<Record<ConflictAnswer["reason"], string>> = {
  changed: "The cell was changed meanwhile.",
  "row-gone": "The row was deleted meanwhile.",
  "column-gone": "The column was deleted meanwhile.",
  unheard: "It was sent, but no answer came, and the sheet does not tell where it went.",
};
const KEPT: Readonly<Record<ConflictAnswer["kept"], string>> = {
  theirs: "The sheet's value stands.",
  mine: "The edit's value stands.",
  nobody: "The sheet's value stands until you choose.",
};

function Conflict(props: { api: Api; conflict: ConflictAnswer; words: TabWords; onChanged: () => void }) {
  const { api, conflict, words, onChanged } = props;
  const shown = (value: CellValue | undefined): string => words.value(value, conflict.slot);
  const [message, setMessage] = useState("");
  const [busy, setBusy] = useState(false);
  const { id, source, tab, row, column, base, mine, theirs, by, at, seenAt, reason, kept } = conflict;
  const resolve = async (body: ResolveBody): Promise<void> => {
    setBusy(true);
    const answer = await api.resolveConflict(id, body);
    setBusy(false);
    setMessage(answer.ok ? "" : refusalWords(answer.error));
    if (answer.ok) onChanged();
  };
  const isOpen = conflict.state === "open";
  return (
    <li class="panel conflict" data-testid="conflict" data-id={id}>
      <div class="row-head">
        <Badge tone={isOpen ? "warn" : "off"}>{conflict.state}</Badge>
        <a href={formatRoute({ page: "tab", source, tab })}>
          <strong>
            {source}/{tab}
          </strong>
        </a>
        <span class="quiet">
          {words.row(row)}
          {column !== undefined && `, ${column}`}
        </span>
      </div>
      <p>
        {REASONS[reason]} {isOpen && KEPT[kept]}
      </p>
      <dl class="versions">
        <Version name="Before" value={shown(base)} about="what the edit was made on" />
        <Version name={`Mine: ${by}`} value={shown(mine)} about={timeWords(at)} />
        <Version name="Theirs: the sheet" value={shown(theirs)} about={`seen ${timeWords(seenAt)}`} />
      </dl>
      <Alert>{message}</Alert>
      {isOpen ? (
        <Choice
          busy={busy}
          mine={mine ?? null}
          theirs={theirs ?? null}
          onChoose={(body) => void resolve(body)}
        />
      ) : (
        <Resolution conflict={conflict} shown={shown} />
      )}
    </li>
  );
}

function Version({ name, value, about }: { name: string; value: string; about: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <small class="quiet">{about}</small>
      </dd>
    </div>
  );
}

function Choice(props: {
  busy: boolean;
  mine: CellValue;
  theirs: CellValue;
  onChoose: (body: ResolveBody) => void;
}) {
  const [other, setOther] = useState<string | null>(null);
  const { busy, onChoose } = props;
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        if (other !== null) onChoose({ choice: "value", value: typedValue(other) });
      }}
    >
      <button type="button" disabled={busy} onClick={() => onChoose({ choice: "theirs" })}>
        Keep theirs
      </button>
      <button type="button" disabled={busy} onClick={() => onChoose({ choice: "mine" })}>
        Write mine
      </button>
      {other === null ? (
        <button type="button" class="plain" onClick={() => setOther("")}>
          Another value ...
        </button>
      ) : (
        <span class="other-value">
          <input
            type="text"
            aria-label="Another value"
            value={other}
            onInput={(event) => setOther(event.currentTarget.value)}
          />
          <button type="submit" disabled={busy}>
            Write it
          </button>
        </span>
      )}
    </form>
  );
}

function Resolution(props: { conflict: ConflictAnswer; shown: (value: CellValue) => string }) {
  const { resolution } = props.conflict;
  if (!resolution) return null;
  const chosen = { mine: "the edit's value", theirs: "the sheet's value", value: "another value" };
  return (
    <p class="quiet">
      {resolution.by} chose {chosen[resolution.choice]}
      {resolution.value !== undefined && `: ${props.shown(resolution.value)}`}, {timeWords(resolution.at)}.
    </p>
  );
}

function samples(origin: string) {
  return {
    curl: `${CURL} '${origin}/api/v1/conflicts?state=open'\n${CURL} -H "Content-Type: application/json" \\\n  -d '{"choice": "mine"}' ${origin}/api/v1/conflicts/ID/resolve`,
    cli: "sheetwire conflicts list\nsheetwire conflicts resolve ID mine",
  };
}
