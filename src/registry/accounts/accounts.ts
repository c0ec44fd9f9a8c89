/** What a person does with Google accounts: connect, look at, disconnect. */
import { type Static, Type } from "@sinclair/typebox";
import type {
  AccountAnswer,
  ConnectAnswer,
  ConnectBody,
  DisconnectAnswer,
  GoogleScope,
} from "#contract/accounts.ts";
import type { FieldProblem } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { sourceProblem } from "../../actors/problem.ts";
import type { Supervisor } from "../../actors/status.ts";
import type { Kv, StorageError } from "../../backend/backend.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GOOGLE_SCOPES } from "../../sources/google/connected-accounts.ts";
import type { GoogleOAuth } from "../../sources/google/oauth.ts";
import { checkShape } from "../check-shape.ts";
import type { Records } from "../records.ts";
import type { SecretBox } from "../secrets.ts";
import { accountId } from "./account-record.ts";
import type { AccountStore, HeldAccount } from "./account-store.ts";
import { CALLBACK_PATH, type ConnectFailure, createConnectFlow } from "./connect-flow.ts";

export interface Accounts {
  /** Where Google leads back to. */
  readonly redirectUri: string;
  list(): Promise<readonly AccountAnswer[]>;
  /** `origin`: the page that a browser asks from; null when no browser asks. */
  connect(body: unknown, origin: string | null): Promise<Result<BegunConnect, AccountsError>>;
  finish(
    query: URLSearchParams,
    cookie: (name: string) => string | null,
  ): Promise<Result<AccountAnswer, ConnectFailure | NoApp>>;
  /** `force`: even while sources are read with it. */
  disconnect(
    id: string,
    options: { readonly force: boolean },
  ): Promise<Result<DisconnectAnswer, AccountsError>>;
}

export interface BegunConnect {
  readonly answer: ConnectAnswer;
  /** A Set-Cookie header. */
  readonly cookie: string | null;
}

export type AccountsError =
  | { readonly tag: "Invalid"; readonly problems: readonly FieldProblem[] }
  | NoApp
  /** The browser would lead back to another origin than the one it is at, and so without its cookie. */
  | { readonly tag: "OtherOrigin"; readonly origin: string; readonly publicUrl: string }
  | { readonly tag: "UnknownAccount"; readonly id: string }
  | { readonly tag: "InUse"; readonly id: string; readonly sources: readonly string[] }
  | StorageError;

export type NoApp = { readonly tag: "NoApp"; readonly redirectUri: string };

export interface AccountsDeps {
  readonly kv: Kv;
  readonly secrets: SecretBox;
  readonly store: AccountStore;
  /** Null: this daemon has no app that accounts could be connected to. */
  readonly oauth: GoogleOAuth | null;
  readonly records: Records;
  readonly supervisor: Supervisor;
  readonly runtime: Pick<Runtime, "clock" | "random" | "logger">;
  /** The daemon's own address, without a slash at its end. */
  readonly publicUrl: string;
}

export const connectSchema = Type.Object(
  {
    scope: Type.Optional(
      Type.Unsafe<GoogleScope>({
        type: "string",
        enum: [...GOOGLE_SCOPES],
        description: "What the person is asked to let the daemon do; spreadsheets.readonly when absent.",
        "x-fix": `use ${GOOGLE_SCOPES.map((scope) => `"${scope}"`).join(", ")}`,
      }),
    ),
    account: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: "An account to connect again.",
        "x-fix": "give an id that GET /api/v1/accounts lists, or leave it out",
      }),
    ),
  },
  { additionalProperties: false, $id: "ConnectBody" },
);

/** Does not compile when schema and contract part. */
export const connectHolds = (body: Static<typeof connectSchema>): ConnectBody => body;

const END_IT_THERE =
  "End the access at https://myaccount.google.com/permissions: Google could not be told. Nothing is kept here any more";

export function createAccounts(deps: AccountsDeps): Accounts {
  const { kv, secrets, store, oauth, records, supervisor, runtime, publicUrl } = deps;
  const { logger } = runtime;
  const redirectUri = publicUrl + CALLBACK_PATH;
  const flow = oauth ? createConnectFlow({ kv, secrets, oauth, runtime, redirectUri }) : null;

  /** Ids of the sources by the id of their account. */
  async function sourcesByAccount(): Promise<ReadonlyMap<string, string[]>> {
    const sources = new Map<string, string[]>();
    for (const { hints, settings, removing } of await records.list()) {
      const { type, hint = "" } = hints.credentials ?? {};
      if (type === "account" && !removing) sources.set(hint, [...(sources.get(hint) ?? []), settings.id]);
    }
    return sources;
  }

  async function sourcesOf(id: string): Promise<readonly string[]> {
    return (await sourcesByAccount()).get(id) ?? [];
  }

  return {
    redirectUri,
    async list() {
      const sources = await sourcesByAccount();
      return store.list().map((held) => accountAnswer(held, sources.get(held.record.id) ?? []));
    },
    async connect(body, origin) {
      const problems = checkShape(connectSchema, body);
      if (problems.length > 0) return err({ tag: "Invalid", problems });
      if (!flow) return err({ tag: "NoApp", redirectUri });
      if (origin !== null && origin !== new URL(publicUrl).origin) {
        return err({ tag: "OtherOrigin", origin, publicUrl });
      }
      const { scope, account: id } = body as ConnectBody;
      const known = id === undefined ? null : store.get(id);
      // The id of an account that was disconnected by force: its sources wait for that very person.
      if (id !== undefined && !known && (await sourcesOf(id)).length === 0) {
        return err({ tag: "UnknownAccount", id });
      }
      const begun = await flow.begin({
        scope: scope ?? known?.record.scopes[0] ?? "spreadsheets.readonly",
        account: id === undefined ? null : { id, email: known?.record.email ?? null },
        inBrowser: origin !== null,
      });
      if (!begun.ok) return begun;
      const { authorizationUrl, expiresAt, cookie } = begun.value;
      logger.info("account connecting", { account: id });
      return ok({
        answer: { authorizationUrl, redirectUri, expiresAt: new Date(expiresAt).toISOString() },
        cookie,
      });
    },
    async finish(query, cookie) {
      if (!flow) return err({ tag: "NoApp", redirectUri });
      const finished = await flow.finish(query, cookie);
      if (!finished.ok) {
        logger.warn("account not connected", { why: finished.error.tag });
        return finished;
      }
      const kept = await store.keep(finished.value);
      if (!kept.ok) return kept;
      const id = accountId(finished.value.subject);
      const sources = await sourcesOf(id);
      logger.info("account connected", { account: id, sources: sources.length });
      for (const source of sources) supervisor.wake(source);
      return ok(accountAnswer(kept.value, sources));
    },
    async disconnect(id, { force }) {
      if (!store.get(id)) return err({ tag: "UnknownAccount", id });
      const sources = await sourcesOf(id);
      if (sources.length > 0 && !force) return err({ tag: "InUse", id, sources });
      // Revoked first: after a crash in between the account is still there to be disconnected again.
      const token = store.refreshToken(id);
      const revoked = token === null || !oauth ? null : await oauth.revoke(token);
      const removed = await store.remove(id);
      if (!removed.ok) return removed;
      logger.info("account disconnected", { account: id, revoked: revoked?.ok ?? null });
      for (const source of sources) supervisor.wake(source);
      return ok({
        id,
        revoked: revoked?.ok !== false,
        sources,
        ...(revoked?.ok === false && { fix: END_IT_THERE }),
      });
    },
  };
}

function accountAnswer(
  { record, trouble, lastRefreshAt }: HeldAccount,
  sources: readonly string[],
): AccountAnswer {
  const { id, email, subject, scopes, connectedAt } = record;
  return {
    id,
    provider: "google",
    ...(email === null ? {} : { email }),
    subject,
    scopes,
    state: trouble?.tag === "Unauthorized" && trouble.account ? "reconnect" : "connected",
    ...(trouble && { error: sourceProblem(trouble) }),
    sources,
    connectedAt: new Date(connectedAt).toISOString(),
    ...(lastRefreshAt === null ? {} : { lastRefreshAt: new Date(lastRefreshAt).toISOString() }),
  };
}
