import type { FieldProblem, Problem } from "#contract/rest.ts";

/** Exit codes, with what they tell. `start` has its own besides. */
export const EXIT = {
  ok: { code: 0, means: "done" },
  failed: { code: 1, means: "it was tried and failed" },
  usage: { code: 2, means: "the command, an option or an argument is wrong" },
  "not-found": { code: 3, means: "no such source, tab, row, token, conflict or file" },
  auth: { code: 4, means: "no token, a wrong one, or one that does not allow this" },
  conflict: { code: 5, means: "a conflict, or refused for what stands there" },
  unreachable: { code: 6, means: "no daemon answers, or it is not ready" },
} as const;

export type ExitName = keyof typeof EXIT;

export interface FailureDetails {
  readonly title: string;
  /** A sentence that names the field, the problem and the fix. */
  readonly detail: string;
  /** The detail without its fix, for who tells that apart. */
  readonly problem?: string;
  readonly errors?: readonly FieldProblem[] | undefined;
  /** Of the daemon's answer. */
  readonly status?: number;
  readonly type?: string;
}

/** Ends a command; caught where its exit code is given. */
export class Failure extends Error {
  readonly exit: ExitName;
  readonly details: FailureDetails;

  constructor(exit: ExitName, details: FailureDetails) {
    super(details.detail);
    this.exit = exit;
    this.details = details;
  }
}

/** Problem details (RFC 9457) with the exit code, as one line. */
export function failureJson({ exit, details }: Failure): string {
  const { type = `urn:sheetwire:cli:${exit}`, title, detail, status, errors } = details;
  return JSON.stringify({
    type,
    title,
    ...(status && { status }),
    detail,
    exitCode: EXIT[exit].code,
    errors,
  });
}

export function failureText({ details: { detail, errors = [] } }: Failure): string {
  const lines = errors.map(({ field, problem, fix }) => `  ${field}: ${problem}; ${fix}`);
  return [`error: ${detail}`, ...lines].join("\n");
}

/** What an answer of the daemon means for who ran the command. */
export function failureOfAnswer(status: number, problem: Partial<Problem> | null, asked: string): Failure {
  return new Failure(exitOfStatus(status), {
    title: problem?.title ?? "The daemon refused",
    detail: problem?.detail ?? `${asked} was answered with ${status}.`,
    status,
    ...(problem?.type && { type: problem.type }),
    errors: problem?.errors,
  });
}

function exitOfStatus(status: number): ExitName {
  switch (status) {
    case 400:
      return "usage";
    case 401:
    case 403:
      return "auth";
    case 404:
      return "not-found";
    case 409:
      return "conflict";
    case 502:
    case 503:
    case 504:
      return "unreachable";
    default:
      return "failed";
  }
}
