import type { ComponentChildren } from "preact";
import type { SourceProblem } from "../../../../client-sdk/src/contract/rest.ts";
import type { ApiError } from "../rest/call.ts";
import { refusalWords, type Tone } from "./words.ts";

/** What went wrong, told at once; nothing while `children` is empty. */
export function Alert({ children }: { children: string }) {
  if (children === "") return null;
  return (
    <p class="notice tone-bad" role="alert">
      {children}
    </p>
  );
}

/** A problem with its one cure. */
export function ProblemBox({ problem, tone }: { problem: SourceProblem; tone: Tone }) {
  return (
    <div class={`problem tone-${tone}`} role="alert">
      <strong>{problem.message}</strong>
      <p>{problem.fix}</p>
    </div>
  );
}

/** Stands where a list is to come: while it loads, when it cannot be had, when it is empty. */
export function ListState<T>(props: {
  value: readonly T[] | null;
  error: ApiError | null;
  empty: ComponentChildren;
}) {
  const { value, error, empty } = props;
  if (error) return <Alert>{forbiddenWords(error) ?? refusalWords(error)}</Alert>;
  if (value === null) return <p class="quiet">Loading ...</p>;
  return value.length === 0 ? <div class="quiet">{empty}</div> : null;
}

function forbiddenWords(error: ApiError): string | null {
  if (error.tag !== "Refused" || error.problem.status !== 403) return null;
  return `Your token does not reach this: ${error.problem.detail}`;
}
