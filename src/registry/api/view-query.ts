/** `?view=` and, for who administers the tab and tries a view, `?claims.region=uk`. */
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { type Grant, may } from "../../access/grant.ts";
import type { Claims } from "../../model/where/compile.ts";

export const CLAIM_PREFIX = "claims.";

/** Null: the tab itself. The right to read was checked by the same parameter. */
export function viewOf(request: Request): string | null {
  return new URL(request.url).searchParams.get("view");
}

export type ClaimsError =
  | { readonly tag: "Invalid"; readonly problems: readonly FieldProblem[] }
  /** Whoever could choose their claims would read all rows. */
  | { readonly tag: "NotYours" };

/** The claims to read with: the token's, or those that an administrator of the tab tries. */
export function claimsFor(
  request: Request,
  grant: Grant,
  tab: { readonly source: string; readonly tab: string },
): Result<Claims, ClaimsError> {
  const { searchParams } = new URL(request.url);
  const tried = [...searchParams].filter(([name]) => name.startsWith(CLAIM_PREFIX));
  if (tried.length === 0) return ok(grant.claims ?? {});
  if (!may(grant, "admin", tab)) return err({ tag: "NotYours" });
  if (!searchParams.has("view")) {
    const problem = "claims choose rows of a view, and none is named";
    const problems = [{ field: tried[0]![0], problem, fix: "add view=, or leave the claims out" }];
    return err({ tag: "Invalid", problems });
  }
  return ok(
    Object.fromEntries(tried.map(([name, text]) => [name.slice(CLAIM_PREFIX.length), claimValue(text)])),
  );
}

/** As JSON where it is a number, true, false or a text in quotes; else the text as it stands. */
function claimValue(text: string): string | number | boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  } catch {
    // A plain word.
  }
  return text;
}

export const VIEW_PARAMETERS = [
  {
    name: "view",
    in: "query" as const,
    description: "Give this view of the tab instead, with the claims of the token.",
    schema: { type: "string" as const },
  },
  {
    name: "claims.*",
    in: "query" as const,
    description: "Claims to try a view with, such as claims.region=uk; for who administers the tab.",
    schema: { type: "string" as const },
  },
];
