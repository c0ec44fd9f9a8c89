import type { FieldProblem, Problem } from "#contract/rest.ts";
import type { StorageError } from "../../backend/backend.ts";
import type { RegistryError } from "../registry.ts";

/** Everything that can go wrong with a request, by the code in the answer's `type`. */
const PROBLEMS = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "malformed-address": { status: 400, title: "The address is not well formed" },
  invalid: { status: 400, title: "The request holds mistakes" },
  "no-token": { status: 401, title: "A token is needed" },
  "wrong-token": { status: 401, title: "The token is not known" },
  "missing-claim": { status: 403, title: "The token lacks a claim" },
  "not-proven": { status: 403, title: "The call is not proven" },
  forbidden: { status: 403, title: "The token does not allow this" },
  "unknown-address": { status: 404, title: "There is nothing at this address" },
  "unknown-source": { status: 404, title: "There is no such source" },
  "unknown-account": { status: 404, title: "There is no such account" },
  "unknown-token": { status: 404, title: "There is no such token" },
  "unknown-view": { status: 404, title: "There is no such view" },
  "unknown-edit": { status: 404, title: "There is no such edit" },
  "unknown-conflict": { status: 404, title: "There is no such conflict" },
  "unknown-dead-letter": { status: 404, title: "There is no such dead letter" },
  "unknown-export": { status: 404, title: "There is no such export" },
  "unknown-template": { status: 404, title: "There is no such template" },
  "unknown-tab": { status: 404, title: "There is no such tab" },
  "wrong-method": { status: 405, title: "The address does not take this method" },
  "not-acceptable": { status: 406, title: "None of the accepted formats can be given" },
  "account-in-use": { status: 409, title: "Sources are read with this account" },
  "key-elsewhere": { status: 409, title: "The master key is not kept by the daemon" },
  "no-google-app": { status: 409, title: "Google accounts cannot be connected yet" },
  "other-origin": { status: 409, title: "The page is not at the daemon's own address" },
  "view-exists": { status: 409, title: "The view's name is taken" },
  "no-public-url": { status: 409, title: "The daemon does not know its address" },
  "already-resolved": { status: 409, title: "The conflict is resolved already" },
  "export-not-ready": { status: 409, title: "The export cannot be updated at present" },
  duplicate: { status: 409, title: "The id is taken" },
  "not-computed": { status: 409, title: "Values are computed by a sheet alone" },
  "ready-template": { status: 409, title: "The template comes with Sheetwire" },
  "too-many-templates": { status: 409, title: "There are too many templates" },
  "too-many-tokens": { status: 409, title: "There are too many tokens" },
  "file-too-large": { status: 413, title: "The file would be too large" },
  "too-large": { status: 413, title: "The body is too large" },
  "wrong-media-type": { status: 415, title: "The body's type is not supported" },
  "edit-refused": { status: 409, title: "The edit that it takes is refused" },
  "bad-data": { status: 422, title: "The data do not fit" },
  "key-reused": { status: 422, title: "The Idempotency-Key belongs to another request" },
  "slow-down": { status: 429, title: "Too many wrong tokens" },
  "too-many-exports": { status: 429, title: "Too much is asked of exports" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  bug: { status: 500, title: "The daemon failed at this request" },
  "keys-unreachable": { status: 503, title: "The token cannot be checked at present" },
  "storage-refused": { status: 503, title: "The storage refused" },
  "too-many-streams": { status: 503, title: "Too many event streams are open" },
  "not-ready": { status: 503, title: "The daemon is not ready" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetails {
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with RFC 9457 problem details. */
export function problem(code: ProblemCode, { detail, errors, headers }: ProblemDetails): Response {
  const { status, title } = PROBLEMS[code];
  const type = `urn:sheetwire:problem:${code}`;
  const body: Problem = { type, title, status, detail, ...(errors && { errors }) };
  return Response.json(body, {
    status,
    headers: { ...headers, "Content-Type": "application/problem+json" },
  });
}

/** For code that can only answer by throwing: parsers and hooks of the router. */
export class ProblemError extends Error {
  readonly response: Response;

  constructor(code: ProblemCode, details: ProblemDetails) {
    super(details.detail);
    this.response = problem(code, details);
  }
}

export function invalid(errors: readonly FieldProblem[]): Response {
  const [first, ...more] = errors;
  const detail = `${first!.field}: ${first!.problem}${more.length > 0 ? `, and ${more.length} more` : ""}`;
  return problem("invalid", { detail, errors });
}

export function registryProblem(error: RegistryError): Response {
  switch (error.tag) {
    case "Invalid":
      return invalid(error.problems);
    case "Duplicate":
      return problem("duplicate", {
        detail: `There is a source "${error.id}" already.`,
        errors: [
          {
            field: "id",
            problem: `"${error.id}" is taken`,
            fix: `choose another id, leave it out to get one from the name, or update it with PUT /datasources/${error.id}/update`,
          },
        ],
      });
    case "UnknownSource":
      return problem("unknown-source", {
        detail: `No source is called "${error.id}": GET /datasources lists them.`,
      });
    case "StorageError":
      return storageProblem(error);
  }
}

export function storageProblem({ detail }: StorageError): Response {
  return problem("storage-refused", {
    detail: `Nothing was changed: ${detail}. Try again; if it stays, look at the disk.`,
    headers: { "Retry-After": "5" },
  });
}
