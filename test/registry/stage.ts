import { type DocumentName, mirrorName } from "#contract/document-name.ts";
import type { Problem, SourceAnswer } from "#contract/rest.ts";
import { err, type Result } from "#contract/result.ts";
import { createAudit, erasedBy } from "../../src/access/audit.ts";
import { createGate } from "../../src/access/gate.ts";
import type { Grant } from "../../src/access/grant.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import { createOrigins } from "../../src/access/origins.ts";
import { createTokenStore } from "../../src/access/token-store.ts";
import { createTokens, joinTokens } from "../../src/access/tokens.ts";
import type { ActorStatus, Supervisor } from "../../src/actors/status.ts";
import { createMemoryBackend, createMemoryStore, type MemoryStore } from "../../src/backend/memory.ts";
import { createExports } from "../../src/exports/exports.ts";
import { createHistory, type History } from "../../src/history/history.ts";
import { createAccountStore } from "../../src/registry/accounts/account-store.ts";
import { createAccounts } from "../../src/registry/accounts/accounts.ts";
import { type ApiDeps, createApi } from "../../src/registry/api/api.ts";
import { createEventStreams } from "../../src/registry/api/event-streams.ts";
import { createExportDesk } from "../../src/registry/export-desk.ts";
import { createIdempotency } from "../../src/registry/idempotency.ts";
import { createKeyRotation, type KeyKeeper } from "../../src/registry/key-rotation.ts";
import { createPrometheusMetrics } from "../../src/registry/prometheus.ts";
import { createRecords } from "../../src/registry/records.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { createSecretBox } from "../../src/registry/secrets.ts";
import { createTokenDesk } from "../../src/registry/token-desk.ts";
import { createViewDefinitions } from "../../src/registry/view-definitions.ts";
import { createViewDesk } from "../../src/registry/view-desk.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import type { SourceDriver, SourceSettings } from "../../src/sources/source.ts";
import type { Documents } from "../../src/sync/documents.ts";
import type { SharedDocument } from "../../src/sync/live-document.ts";
import type { OpenViewError } from "../../src/sync/views.ts";
import { createTemplateParts } from "../../src/template-parts.ts";
import { createFakeBooks, createFakeDesk } from "../support/fake-desk.ts";
import { createFakeDocuments } from "../support/fake-documents.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

export const ADMIN_TOKEN = "admin-token";

export type Stage = ReturnType<typeof createStage>;

/** The registry and its API over a memory backend, with an actor-less supervisor that notes what it is told. */
export function createStage({
  store = createMemoryStore(),
  masterKey = 1,
  reader,
  keeper = null,
  books = createFakeBooks(),
  api: apiOptions = {},
  real,
}: {
  store?: MemoryStore;
  /** Another number, another key. */
  masterKey?: number;
  /** Who bears the token "reader-token". */
  reader?: Grant;
  /** Of the master key; null: settings give it. */
  keeper?: KeyKeeper | null;
  /** Instead of documents that remember nothing. */
  real?: { readonly documents: Documents; readonly history: History };
  books?: ReturnType<typeof createFakeBooks>;
  api?: {
    readonly origins?: readonly string[];
    readonly limits?: (clock: Clock) => ApiDeps["limits"];
  };
} = {}) {
  const { runtime, clock, logs } = createTestRuntime();
  const backend = createMemoryBackend({ store });
  const supervisor = createFakeSupervisor();
  const documents = createFakeDocuments();
  const history = real?.history ?? createHistory({ ...backend, runtime });
  const metrics = createPrometheusMetrics();
  const secrets = createSecretBox(new Uint8Array(32).fill(masterKey), runtime.random);
  const records = createRecords({ kv: backend.kv, secrets });
  const drivers = new Map([["googleSheet" as const, fakeDriver]]);
  const { kv } = backend;
  const tokenStore = createTokenStore({ kv, runtime });
  const forget = async (id: string) => {
    const forgotten = await history.forgetSource(id);
    return forgotten.ok ? tokenStore.forgetSource(id) : forgotten;
  };
  const audit = createAudit({ kv, runtime });
  const onErased = erasedBy(audit);
  const registry = createRegistry({ records, supervisor, drivers, metrics, runtime, forget, onErased });
  const accountStore = createAccountStore({ kv, secrets, oauth: null, runtime });
  const accounts = createAccounts({
    kv,
    secrets,
    oauth: null,
    store: accountStore,
    records,
    supervisor,
    runtime,
    publicUrl: "http://127.0.0.1:8787",
  });
  const fixed = { verify: (token: string | null) => (token === "reader-token" ? (reader ?? null) : null) };
  const known = joinTokens(fixed, createTokens({ adminToken: ADMIN_TOKEN }), tokenStore);
  const gate = createGate({ tokens: known, limits: createFailureLimits({ clock }) });
  const tokens = createTokenDesk({ store: tokenStore, clock });
  const keys = createKeyRotation({ kv, secrets, keeper, useMasterKey: () => {}, runtime });
  const definitions = createViewDefinitions({ kv, logger: runtime.logger });
  /** A view is its tab here; test/views.test.ts has real ones. */
  const views = {
    open: async ({ source, tab, view }: DocumentName): Promise<Result<SharedDocument, OpenViewError>> => {
      const name = definitions.applied(source, tab, view) ? mirrorName(source, tab) : "none";
      return (await documents.open(name)) as Result<SharedDocument, OpenViewError>;
    },
    remove: async () => {},
  };
  const viewDesk = createViewDesk({ definitions, registry, documents, views, logger: runtime.logger });
  const streams = createEventStreams({ documents, gate, clock });
  const desk = createFakeDesk();
  /** Without an account that makes workbooks; test/exports/rest.test.ts has one. */
  const exports = createExportDesk({
    exports: createExports({
      kv,
      runtime,
      maker: { robot: null, checkMaker: () => [], workbooks: () => Promise.reject() as never },
      credentials: async () => null,
    }),
    idempotency: createIdempotency({ kv, clock, random: runtime.random }),
    runtime,
    template: async () => null,
    live: async () => err("there is none"),
    checkAccount: async () => null,
    defaultAccount: () => null,
  });
  const api = createApi({
    exports,
    registry,
    accounts,
    documents: real?.documents ?? documents,
    history,
    views,
    viewDesk,
    streams,
    tokens,
    templates: createTemplateParts({ kv, clock, documents, views }).desk,
    edits: { desk, ...books, idempotency: createIdempotency({ kv, clock, random: runtime.random }) },
    keys,
    audit,
    gate,
    metrics,
    runtime,
    version: "1.2.3",
    origins: createOrigins({ listed: apiOptions.origins ?? [] }),
    limits: apiOptions.limits?.(clock),
  });

  /** One request as an admin; a body that is no text is sent as JSON. */
  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const sent = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const request = new Request(`http://127.0.0.1:8787${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: sent as BodyInit }),
    });
    return api.handle(request, "10.0.0.1");
  }

  return {
    store,
    backend,
    desk,
    tokenStore,
    supervisor,
    documents,
    metrics,
    registry,
    api,
    call,
    clock,
    logs,
  };
}

export const source = async (response: Response): Promise<SourceAnswer> => response.json();
export const problemOf = async (response: Response): Promise<Problem> => response.json();

/** The least that registers. */
export const shop = { id: "shop", name: "Shop", type: "googleSheet", url: "https://sheets.test/d/1" };

export interface FakeSupervisor extends Supervisor {
  /** Settings of the running actors. */
  readonly running: Map<string, SourceSettings>;
  /** What each was told, in order: `start shop`, `erase shop`, ... */
  readonly told: string[];
  /** What `status` answers for a running actor. */
  readonly statuses: Map<string, Partial<ActorStatus>>;
  /** Awaited before an actor has stopped. */
  beforeStop: () => Promise<void>;
}

function createFakeSupervisor(): FakeSupervisor {
  const running = new Map<string, SourceSettings>();
  const told: string[] = [];
  const statuses = new Map<string, Partial<ActorStatus>>();
  const tell = (what: string) => (id: string) => void told.push(`${what} ${id}`);
  const fake: FakeSupervisor = {
    running,
    told,
    statuses,
    beforeStop: async () => {},
    start(settings) {
      tell("start")(settings.id);
      running.set(settings.id, settings);
    },
    update(settings) {
      tell("update")(settings.id);
      running.set(settings.id, settings);
    },
    async stop(id, { erase }) {
      tell(erase ? "erase" : "stop")(id);
      await fake.beforeStop();
      running.delete(id);
    },
    pause: tell("pause"),
    resume: tell("resume"),
    wake: tell("wake"),
    editsTaken: tell("edits"),
    settings: (id) => running.get(id) ?? null,
    status: (id) =>
      running.has(id) ? { state: "loading", tabs: [], notices: [], ...statuses.get(id) } : null,
    close: async () => {},
  };
  return fake;
}

/** Refuses what its settings ask it to. */
const fakeDriver: SourceDriver = {
  kind: "googleSheet",
  check: ({ url }) =>
    url.includes("not-a-workbook")
      ? [{ field: "url", problem: "is not a workbook's link", fix: "copy it from the browser" }]
      : [],
  open: () => {
    throw new Error("the fake supervisor opens nothing");
  },
};
