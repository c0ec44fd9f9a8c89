/** The public REST API as this app uses it. */
import type {
  AccountAnswer,
  ConnectAnswer,
  ConnectBody,
  DisconnectAnswer,
} from "../../../../client-sdk/src/contract/accounts.ts";
import type { ActivityAnswer } from "../../../../client-sdk/src/contract/activity.ts";
import type { AuditAnswer } from "../../../../client-sdk/src/contract/audit.ts";
import type {
  PreviewAnswer,
  RegisterBody,
  SourceAnswer,
  UpdateBody,
} from "../../../../client-sdk/src/contract/rest.ts";
import type {
  ChangeTokenBody,
  CreatedTokenAnswer,
  CreateTokenBody,
  TokenAnswer,
} from "../../../../client-sdk/src/contract/tokens.ts";
import type { CreateViewBody, ViewAnswer, ViewBody } from "../../../../client-sdk/src/contract/views.ts";
import { type Answer, createCall } from "./call.ts";
import { createEditsApi, type EditsApi } from "./edits-api.ts";
import { createExportsApi, type ExportsApi } from "./exports-api.ts";
import type { QuotaAnswer } from "./quota.ts";

export interface Api extends EditsApi, ExportsApi {
  sources(): Answer<readonly SourceAnswer[]>;
  /** Reads a source once and saves nothing. */
  preview(body: RegisterBody): Answer<PreviewAnswer>;
  register(body: RegisterBody): Answer<SourceAnswer>;
  update(source: string, body: UpdateBody): Answer<SourceAnswer>;
  pause(source: string): Answer<SourceAnswer>;
  resume(source: string): Answer<SourceAnswer>;
  /** Deletes the source with its rows, history and secrets. */
  remove(source: string): Answer<null>;
  /** Asks for a poll now, whatever the pace. */
  poll(source: string): Answer<SourceAnswer>;
  activity(): Answer<ActivityAnswer>;
  quota(): Answer<readonly QuotaAnswer[]>;
  /** In the Prometheus text format. */
  metrics(): Answer<string>;

  accounts(): Answer<readonly AccountAnswer[]>;
  connectAccount(body: ConnectBody): Answer<ConnectAnswer>;
  disconnectAccount(id: string, force: boolean): Answer<DisconnectAnswer>;
  tokens(): Answer<readonly TokenAnswer[]>;
  createToken(body: CreateTokenBody): Answer<CreatedTokenAnswer>;
  changeToken(id: string, body: ChangeTokenBody): Answer<TokenAnswer>;
  revokeToken(id: string): Answer<null>;
  views(): Answer<readonly ViewAnswer[]>;
  createView(body: CreateViewBody): Answer<ViewAnswer>;
  /** Replaces what it shows; who reads it goes on with the new content. */
  changeView(view: ViewPlace, body: ViewBody): Answer<ViewAnswer>;
  removeView(view: ViewPlace): Answer<null>;
  /** A page of the audit; `query` as in its address. */
  audit(query: Readonly<Record<string, string>>): Answer<AuditAnswer>;
}

export type ViewPlace = Pick<ViewAnswer, "source" | "tab" | "name">;

/** A preview reads the source itself, for which the daemon takes up to a minute. */
const PREVIEW_TIMEOUT_MS = 70_000;

export function createApi(token: string, send: (path: string, init: RequestInit) => Promise<Response>): Api {
  const call = createCall(token, send);
  const at = (source: string, act: string): string => `/datasources/${encodeURIComponent(source)}/${act}`;
  const below = (path: string, ...parts: readonly string[]): string =>
    [path, ...parts.map(encodeURIComponent)].join("/");
  return {
    ...createEditsApi(call),
    ...createExportsApi(call),
    sources: () => call("GET", "/datasources"),
    preview: (body) => call("POST", "/datasources/preview", { body, timeoutMs: PREVIEW_TIMEOUT_MS }),
    register: (body) => call("POST", "/datasources/register", { body }),
    update: (source, body) => call("PUT", at(source, "update"), { body }),
    pause: (source) => call("POST", at(source, "pause")),
    resume: (source) => call("POST", at(source, "resume")),
    remove: (source) => call("DELETE", at(source, "delete")),
    poll: (source) => call("POST", at(source, "poll")),
    activity: () => call("GET", "/api/v1/activity"),
    quota: () => call("GET", "/api/v1/quota"),
    metrics: () => call("GET", "/metrics", { as: "text" }),

    accounts: () => call("GET", "/api/v1/accounts"),
    connectAccount: (body) => call("POST", "/api/v1/accounts/google/connect", { body }),
    disconnectAccount: (id, force) =>
      call("DELETE", `${below("/api/v1/accounts", id)}${force ? "?force=true" : ""}`),
    tokens: () => call("GET", "/api/v1/tokens"),
    createToken: (body) => call("POST", "/api/v1/tokens", { body }),
    changeToken: (id, body) => call("PUT", below("/api/v1/tokens", id), { body }),
    revokeToken: (id) => call("DELETE", below("/api/v1/tokens", id)),
    views: () => call("GET", "/api/v1/views"),
    createView: (body) => call("POST", "/api/v1/views", { body }),
    changeView: ({ source, tab, name }, body) =>
      call("PUT", below("/api/v1/views", source, tab, name), { body }),
    removeView: ({ source, tab, name }) => call("DELETE", below("/api/v1/views", source, tab, name)),
    audit: (query) => call("GET", `/api/v1/audit?${new URLSearchParams(query)}`),
  };
}
