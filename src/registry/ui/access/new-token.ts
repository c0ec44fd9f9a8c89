/** What the form for a token holds, and the requests that it makes. */
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import type {
  ChangeTokenBody,
  CreateTokenBody,
  TokenAnswer,
  TokenScope,
} from "../../../../client-sdk/src/contract/tokens.ts";
import { EMPTY_REACH, type Reach, reachesOf, scopesOf } from "./reach.ts";

export interface NewToken {
  readonly name: string;
  readonly reaches: readonly Reach[];
  /** Seconds; empty: until it is revoked; KEEP: as it was. */
  readonly ttl: string;
  readonly user: string;
  /** Lines such as `region = north`. */
  readonly claims: string;
}

export const KEEP = "keep";

export const EMPTY_TOKEN: NewToken = { name: "", reaches: [EMPTY_REACH], ttl: "", user: "", claims: "" };

export function tokenBody(form: NewToken): Result<CreateTokenBody, readonly FieldProblem[]> {
  const { name, reaches, ttl, user } = form;
  const claims = claimsOf(form.claims);
  if (!claims.ok) return err([claims.error]);
  return ok({
    name: name.trim(),
    scopes: scopesOf(reaches),
    ...(ttl !== "" && { ttl: Number(ttl) }),
    ...(user.trim() !== "" && { user: user.trim() }),
    ...(Object.keys(claims.value).length > 0 && { claims: claims.value }),
  });
}

/** A token that is there; whose it is and what it claims never changes. */
export function changedToken({ name, scopes }: TokenAnswer): NewToken {
  return { ...EMPTY_TOKEN, name, reaches: reachesOf(scopes), ttl: KEEP };
}

/** Only what differs from `before`. */
export function changeTokenBody(before: NewToken, { name, reaches, ttl }: NewToken): ChangeTokenBody {
  const scopes = scopesOf(reaches);
  return {
    ...(name.trim() !== before.name && { name: name.trim() }),
    ...(JSON.stringify(scopes) !== JSON.stringify(scopesOf(before.reaches)) && { scopes }),
    ...(ttl !== KEEP && { ttl: ttl === "" ? null : Number(ttl) }),
  };
}

type Claims = NonNullable<CreateTokenBody["claims"]>;

/** true, false and plain numbers are taken as such; in quotes they are text. */
function claimsOf(text: string): Result<Claims, FieldProblem> {
  const claims: Record<string, Claims[string]> = {};
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const at = line.indexOf("=");
    const [name, value] = [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()];
    if (name === "" || value === "") {
      const fix = "write each line as name = value, such as region = north";
      return err({ field: "claims", problem: `has a line without name or value: ${line}`, fix });
    }
    claims[name] = claimOf(value);
  }
  return ok(claims);
}

function claimOf(text: string): Claims[string] {
  if (text === "true" || text === "false") return text === "true";
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text)) return Number(text);
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}

const ACTION_WORDS: Readonly<Record<Reach["action"], string>> = {
  read: "read",
  edit: "read and edit",
  write: "edit unseen",
  admin: "administer",
};

/** "read and edit shop/Prices; read stock". */
export function scopesWords(scopes: readonly TokenScope[]): string {
  return reachesOf(scopes).map(reachWords).join("; ");
}

function reachWords({ action, source, tab, view }: Reach): string {
  if (source === "") return `${ACTION_WORDS[action]} everything`;
  const place = [source, ...(tab === "" ? [] : [tab])].join("/");
  return `${ACTION_WORDS[action]} ${place}${view === "" ? "" : `@${view}`}`;
}
