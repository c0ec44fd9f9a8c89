import { useState } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { err } from "../../../../client-sdk/src/contract/result.ts";
import type { CreatedTokenAnswer, TokenAnswer } from "../../../../client-sdk/src/contract/tokens.ts";
import type { ViewAnswer } from "../../../../client-sdk/src/contract/views.ts";
import { boundFields } from "../parts/bound-fields.tsx";
import { formProblems } from "../parts/form-problems.ts";
import { Alert } from "../parts/notice.tsx";
import type { Api } from "../rest/api.ts";
import { changedToken, changeTokenBody, EMPTY_TOKEN, KEEP, type NewToken, tokenBody } from "./new-token.ts";
import { ReachFields } from "./reach-fields.tsx";

const ENDS: readonly { value: string; title: string }[] = [
  { value: "", title: "Never, until it is revoked" },
  { value: "3600", title: "In an hour" },
  { value: "86400", title: "In a day" },
  { value: "2592000", title: "In 30 days" },
  { value: "31536000", title: "In a year" },
];
const SHOWN = ["name", "scopes", "ttl", "user", "claims"];

/** Makes a token, or changes what one is called, may do and how long it lasts. */
export function TokenForm(props: {
  api: Api;
  sources: readonly SourceAnswer[];
  views: readonly ViewAnswer[];
  /** The one to change; a new one is made without it. */
  token?: TokenAnswer;
  onMade?: (token: CreatedTokenAnswer) => void;
  onChanged?: () => void;
  onClose?: () => void;
}) {
  const { api, token, onMade, onChanged, onClose } = props;
  const [before] = useState(() => (token ? changedToken(token) : EMPTY_TOKEN));
  const [form, setForm] = useState(before);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [message, setMessage] = useState("");
  const [sending, setSending] = useState(false);
  const set = (part: Partial<NewToken>): void => setForm((known) => ({ ...known, ...part }));
  const id = token ? "change-token" : "token";

  const send = async (): Promise<Parameters<typeof formProblems>[0]> => {
    if (token) {
      const answer = await api.changeToken(token.id, changeTokenBody(before, form));
      if (answer.ok) onChanged?.();
      return answer;
    }
    const body = tokenBody(form);
    if (!body.ok) return err({ tag: "Refused", problem: { ...OWN_PROBLEM, errors: body.error } });
    const answer = await api.createToken(body.value);
    if (answer.ok) {
      setForm(EMPTY_TOKEN);
      onMade?.(answer.value);
    }
    return answer;
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSending(true);
    const told = formProblems(await send(), SHOWN);
    setSending(false);
    setProblems(told.problems);
    setMessage(told.message);
  };
  const { text, select } = boundFields({ form, set, problems });
  return (
    <form class="panel" noValidate aria-labelledby={`${id}-title`} onSubmit={(event) => void submit(event)}>
      <h2 id={`${id}-title`}>{token ? `Change ${token.name}` : "New token"}</h2>
      <Alert>{message}</Alert>
      {text("name", {
        id: `${id}-name`,
        label: "Name",
        hint: "To know it by, such as the program that gets it.",
      })}
      <ReachFields
        idPrefix={`${id}-reach`}
        reaches={form.reaches}
        sources={props.sources}
        views={props.views}
        problems={problems.filter(({ field }) => field.startsWith("scopes"))}
        onReaches={(reaches) => set({ reaches })}
      />
      <div class="field-pair">
        {select(
          "ttl",
          { id: `${id}-ttl`, label: "It ends" },
          token ? [{ value: KEEP, title: "As it was" }, ...ENDS] : ENDS,
        )}
        {!token &&
          text("user", {
            id: "token-user",
            label: "Person (optional)",
            hint: "Whose name stands at its edits.",
          })}
      </div>
      {!token &&
        text("claims", {
          id: "token-claims",
          label: "Claims (optional)",
          rows: 2,
          hint: "What views may ask of the bearer, one a line: a view with region = claims.region shows their rows alone.",
          placeholder: "region = north",
        })}
      <div class="actions">
        {onClose && (
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        )}
        <button type="submit" class="primary" disabled={sending}>
          {submitWords(token !== undefined, sending)}
        </button>
      </div>
    </form>
  );
}

/** Of the form itself, in the daemon's shape. */
const OWN_PROBLEM = { type: "about:blank", title: "Invalid", status: 422, detail: "" };

function submitWords(changes: boolean, sending: boolean): string {
  if (sending) return changes ? "Saving ..." : "Making ...";
  return changes ? "Save" : "Make the token";
}
