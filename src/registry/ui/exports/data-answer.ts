/** A refused request that carried data: mistakes of the data by row and field, and those of the form's own fields. */
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import type { Result } from "../../../../client-sdk/src/contract/result.ts";
import { formProblems } from "../parts/form-problems.ts";
import type { ApiError } from "../rest/call.ts";

export interface DataAnswer {
  /** At the form's fields. */
  readonly problems: readonly FieldProblem[];
  /** Of the data, with a heading that says how many there are. */
  readonly report: { readonly title: string; readonly problems: readonly FieldProblem[] };
  readonly message: string;
}

export const NO_PROBLEMS: DataAnswer = { problems: [], report: { title: "", problems: [] }, message: "" };

const BAD_DATA = "urn:sheetwire:problem:bad-data";

/** `shown` are the names of the form's fields as the request has them. */
export function dataAnswer(answer: Result<unknown, ApiError>, shown: readonly string[]): DataAnswer {
  if (answer.ok) return NO_PROBLEMS;
  const problem = answer.error.tag === "Refused" ? answer.error.problem : null;
  if (problem?.type === BAD_DATA) {
    return { ...NO_PROBLEMS, report: { title: problem.detail, problems: problem.errors ?? [] } };
  }
  return { ...NO_PROBLEMS, ...formProblems(answer, shown) };
}

/** What the form itself found, before anything was sent. */
export function ownProblem(problem: FieldProblem): DataAnswer {
  return { ...NO_PROBLEMS, problems: [problem] };
}
