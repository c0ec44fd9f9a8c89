/** Where tokens are made, changed and revoked on request: bodies are checked here, and who may give what. */
import { type Static, Type } from "@sinclair/typebox";
import { NAME_LENGTH_MAX, SOURCE_ID_PATTERN } from "#contract/document-name.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { ChangeTokenBody, CreatedTokenAnswer, CreateTokenBody, TokenAnswer } from "#contract/tokens.ts";
import { ACTIONS, type Grant, may, mayGive } from "../access/grant.ts";
import type { TokenRecord, TokenStore, TooMany, UnknownToken } from "../access/token-store.ts";
import type { StorageError } from "../backend/backend.ts";
import type { Clock } from "../runtime/clock.ts";
import { checkShape } from "./check-shape.ts";
import { choice, closed, text } from "./schema-parts.ts";

/** Who asks is `by`: of tokens that reach beyond what they administer they neither see nor change any. */
export interface TokenDesk {
  list(by: Grant): readonly TokenAnswer[];
  get(id: string, by: Grant): Result<TokenAnswer, UnknownToken>;
  create(body: unknown, by: Grant): Promise<Result<CreatedTokenAnswer, DeskError | TooMany>>;
  change(id: string, body: unknown, by: Grant): Promise<Result<TokenAnswer, DeskError | UnknownToken>>;
  revoke(id: string, by: Grant): Promise<Result<void, UnknownToken | StorageError>>;
}

export type DeskError =
  | { readonly tag: "Invalid"; readonly problems: readonly FieldProblem[] }
  /** A scope that the bearer does not administer, by its place in the body. */
  | { readonly tag: "NotYours"; readonly field: string }
  /** A person that the bearer is not: who stands for somebody has their exports, edits and keys everywhere. */
  | { readonly tag: "OtherUser"; readonly user: string }
  | StorageError;

/** Ten years; who wants longer wants a token without an end. */
const TTL_S_MAX = 315_360_000;
const SCOPES_MAX = 100;

const scope = Type.Object(
  {
    action: choice(ACTIONS, "What it allows; admin allows everything."),
    source: Type.Optional(
      Type.String({
        pattern: SOURCE_ID_PATTERN.source,
        description: "On this source alone.",
        "x-fix": "give a source's id, or leave it out for all sources",
      }),
    ),
    tab: Type.Optional(text(NAME_LENGTH_MAX, "On this tab and its views alone.", "give a tab's name")),
    view: Type.Optional(text(NAME_LENGTH_MAX, "On this view of the tab alone.", "give a view's name")),
  },
  closed,
);
const name = text(200, "For people, to know it by.", "give a name of at most 200 characters");
const scopes = Type.Array(scope, {
  minItems: 1,
  maxItems: SCOPES_MAX,
  description: "What it allows.",
  "x-fix": 'give scopes such as [{"action": "read", "source": "shop"}]',
});
const seconds = Type.Integer({
  minimum: 1,
  maximum: TTL_S_MAX,
  description: "Seconds from now until it expires.",
  "x-fix": "give whole seconds, such as 3600",
});
const claim = Type.Union([Type.String({ maxLength: 1_000 }), Type.Number(), Type.Boolean()], {
  "x-fix": "give text, a number, true or false",
});

export const createTokenSchema = Type.Object(
  {
    name,
    scopes,
    ttl: Type.Optional(seconds),
    user: Type.Optional(
      text(
        200,
        "Who it stands for; the token itself when absent. Another user than your own: only for who administers the daemon.",
        "give a name or an id of a person",
      ),
    ),
    claims: Type.Optional(
      Type.Record(Type.String(), claim, {
        description: "What views may ask of the bearer.",
        "x-fix": 'give an object such as {"region": "north"}',
      }),
    ),
  },
  { ...closed, $id: "CreateTokenBody" },
);

export const changeTokenSchema = Type.Object(
  {
    name: Type.Optional(name),
    scopes: Type.Optional(scopes),
    ttl: Type.Optional(Type.Union([seconds, Type.Null()], { "x-fix": "give whole seconds, or null" })),
  },
  { ...closed, $id: "ChangeTokenBody" },
);

/** Do not compile when schema and contract part. */
export const createHolds = (body: Static<typeof createTokenSchema>): CreateTokenBody => body;
export const changeHolds = (body: Static<typeof changeTokenSchema>): ChangeTokenBody => body;

export interface TokenDeskDeps {
  readonly store: TokenStore;
  readonly clock: Clock;
  /** Erases what is kept for a token's own subject, which never comes back. */
  readonly forgetSubject?: (subject: string) => Promise<unknown>;
}

export function createTokenDesk({ store, clock, forgetSubject }: TokenDeskDeps): TokenDesk {
  const answer = (record: TokenRecord) => tokenAnswer(record, clock.nowMs());
  const expiryOf = (ttl: number): number => clock.nowMs() + ttl * 1_000;

  function find(id: string, by: Grant): Result<TokenRecord, UnknownToken> {
    const record = store.get(id);
    return record && isGivable(record, by) ? ok(record) : err({ tag: "UnknownToken", id });
  }

  return {
    list: (by) =>
      store
        .list()
        .filter((record) => isGivable(record, by))
        .map(answer),
    get(id, by) {
      const found = find(id, by);
      return found.ok ? ok(answer(found.value)) : found;
    },
    async create(body, by) {
      const checked = check<CreateTokenBody>(createTokenSchema, body, by);
      if (!checked.ok) return checked;
      const { ttl, user = null, ...rest } = checked.value;
      if (user !== null && !mayStandFor(user, by)) return err({ tag: "OtherUser", user });
      const expiresAt = ttl === undefined ? null : expiryOf(ttl);
      const made = await store.create({ ...rest, user, expiresAt }, by);
      return made.ok ? ok({ ...answer(made.value.record), token: made.value.token }) : made;
    },
    async change(id, body, by) {
      const found = find(id, by);
      if (!found.ok) return found;
      const checked = check<ChangeTokenBody>(changeTokenSchema, body, by);
      if (!checked.ok) return checked;
      const { ttl, ...rest } = checked.value;
      const change = ttl === undefined ? rest : { ...rest, expiresAt: ttl === null ? null : expiryOf(ttl) };
      const changed = await store.change(id, change);
      return changed.ok ? ok(answer(changed.value)) : changed;
    },
    async revoke(id, by) {
      const found = find(id, by);
      if (!found.ok) return found;
      const revoked = await store.revoke(id);
      if (!revoked.ok) return revoked;
      for (const gone of revoked.value) await forgetSubject?.(`token:${gone}`);
      return ok(undefined);
    },
  };
}

function isGivable({ scopes }: TokenRecord, by: Grant): boolean {
  return scopes.every((scope) => mayGive(by, scope));
}

/** Subjects know no sources: whoever stands for a user has what is theirs of every source. */
function mayStandFor(user: string, by: Grant): boolean {
  return by.subject === `user:${user}` || may(by, "admin", {});
}

function check<Body extends ChangeTokenBody>(
  schema: object,
  body: unknown,
  by: Grant,
): Result<Body, DeskError> {
  const shape = checkShape(schema, body);
  const { scopes = [] } = shape.length === 0 ? (body as Body) : {};
  const problems = [...shape, ...scopes.flatMap(checkScope)];
  if (problems.length > 0) return err({ tag: "Invalid", problems });
  const beyond = scopes.findIndex((scope) => !mayGive(by, scope));
  return beyond < 0 ? ok(body as Body) : err({ tag: "NotYours", field: `scopes[${beyond}]` });
}

function checkScope(scope: CreateTokenBody["scopes"][number], at: number): FieldProblem[] {
  const { action, source, tab, view } = scope;
  const needs = (part: string, whole: string): FieldProblem => ({
    field: `scopes[${at}].${part}`,
    problem: `names a ${part} without its ${whole}`,
    fix: `give the ${whole}, too`,
  });
  if (tab !== undefined && source === undefined) return [needs("tab", "source")];
  if (view !== undefined && tab === undefined) return [needs("view", "tab")];
  if (view === undefined || action !== "write") return [];
  const problem = "nothing is written through a view: edits are of its tab";
  const fix = 'leave the view out to allow "write" on the whole tab, or give "read" on the view alone';
  return [{ field: `scopes[${at}].view`, problem, fix }];
}

function tokenAnswer(record: TokenRecord, nowMs: number): TokenAnswer {
  const { id, name, user, scopes, claims, hint, createdBy, createdAt, expiresAt, lastUsedAt } = record;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    id,
    name,
    subject: user === null ? `token:${id}` : `user:${user}`,
    scopes,
    ...(claims && { claims }),
    state: expiresAt === null || expiresAt > nowMs ? "active" : "expired",
    hint,
    createdAt: iso(createdAt),
    createdBy,
    ...(expiresAt === null ? {} : { expiresAt: iso(expiresAt) }),
    ...(lastUsedAt === null ? {} : { lastUsedAt: iso(lastUsedAt) }),
  };
}
