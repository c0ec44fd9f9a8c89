/** What a refused form tells: problems at its fields, and a sentence for what no field shows. */
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import type { Result } from "../../../../client-sdk/src/contract/result.ts";
import type { ApiError } from "../rest/call.ts";
import { refusalWords } from "./words.ts";

export interface FormProblems {
  readonly problems: readonly FieldProblem[];
  readonly message: string;
}

/** `shown` are the names of the form's fields as the request has them. */
export function formProblems(answer: Result<unknown, ApiError>, shown: readonly string[]): FormProblems {
  if (answer.ok) return { problems: [], message: "" };
  const problems = answer.error.tag === "Refused" ? (answer.error.problem.errors ?? []) : [];
  if (problems.length === 0) return { problems, message: refusalWords(answer.error) };
  const rest = otherProblems(problems, shown);
  return {
    problems,
    message: rest.map(({ field, problem, fix }) => `${field} ${problem}: ${fix}.`).join(" "),
  };
}

/**
 * The problems of the form's field `name`. One of a part, such as `credentials.key.private_key`, is shown there too
 * and names the part.
 */
export function problemsOf(problems: readonly FieldProblem[], name: string): readonly FieldProblem[] {
  return problems.flatMap((each) => {
    if (each.field === name) return each;
    if (!each.field.startsWith(`${name}.`) && !each.field.startsWith(`${name}[`)) return [];
    // One that begins a sentence of its own says what it is about.
    if (/^[A-Z]/.test(each.problem)) return each;
    const part = each.field.slice(each.field.lastIndexOf(".") + 1);
    return { ...each, problem: `${part} ${each.problem}` };
  });
}

/** Problems that no field of the form shows. */
export function otherProblems(
  problems: readonly FieldProblem[],
  shown: readonly string[],
): readonly FieldProblem[] {
  return problems.filter((problem) => shown.every((name) => problemsOf([problem], name).length === 0));
}
