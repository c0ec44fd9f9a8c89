/**
 * The daemon without sockets: puts the parts together and gives them what they need of each other. server.ts puts
 * it on a port; simulation runs it as it is.
 */
import { erasedBy } from "./access/audit.ts";
import type { JwtSettings } from "./access/jwt-tokens.ts";
import { createOrigins } from "./access/origins.ts";
import { type AccessLimits, createAccess } from "./access-parts.ts";
import { createAccountParts, type DaemonSecrets, type GoogleApp } from "./account-parts.ts";
import type { Backend } from "./backend/backend.ts";
import { watchRefusals } from "./backend/watch-refusals.ts";
import { createEditParts } from "./edit-parts.ts";
import { createExportParts } from "./export-parts.ts";
import { createHistory } from "./history/history.ts";
import type { HistoryLimits } from "./history/limits.ts";
import { createAccounts } from "./registry/accounts/accounts.ts";
import { createApi } from "./registry/api/api.ts";
import { createEventStreams } from "./registry/api/event-streams.ts";
import { createAppsScripts } from "./registry/apps-script.ts";
import { createIdempotency } from "./registry/idempotency.ts";
import { createPollJournal } from "./registry/poll-journal.ts";
import { createPrometheusMetrics } from "./registry/prometheus.ts";
import { createRecords } from "./registry/records.ts";
import { createRegistry, type Registry } from "./registry/registry.ts";
import { createTokenDesk } from "./registry/token-desk.ts";
import { createViewDefinitions } from "./registry/view-definitions.ts";
import { createViewDesk } from "./registry/view-desk.ts";
import { sleep } from "./runtime/clock.ts";
import type { Metrics } from "./runtime/metrics.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { createSources } from "./source-parts.ts";
import type { DriverNeeds, Drivers } from "./sources/drivers.ts";
import { createDocumentStore } from "./sync/document-store.ts";
import { createEditsDocuments } from "./sync/edits-documents.ts";
import type { SyncLimits } from "./sync/limits.ts";
import type { Session } from "./sync/session.ts";
import type { ConnectRequest, Publish, Socket } from "./sync/socket.ts";
import { createSyncServer } from "./sync/sync-server.ts";
import { createViews } from "./sync/views.ts";
import { createTemplateParts } from "./template-parts.ts";

export interface DaemonDeps {
  readonly runtime: Runtime;
  readonly backend: Backend;
  readonly drivers: (needs: DriverNeeds) => Drivers;
  /** Absent: no Google account can be connected. */
  readonly googleApp?: GoogleApp;
  /** How browsers reach this daemon, without a slash at its end. */
  readonly publicUrl?: string;
  /** Where Google reaches this daemon to tell of changes; absent: nowhere, and it is asked instead. */
  readonly pushUrl?: string | undefined;
  readonly secrets: DaemonSecrets;
  readonly publish: Publish;
  readonly limits?: SyncLimits & Partial<AccessLimits & HistoryLimits>;
  /** Whose signed tokens are taken; absent: nobody's. */
  readonly jwt?: JwtSettings;
  /** Of pages that may call REST from elsewhere; "*": all. */
  readonly origins?: readonly string[];
  /** Of this build, for the OpenAPI document. */
  readonly version: string;
}

export interface Daemon {
  readonly registry: Registry;
  readonly metrics: Metrics;
  /** A REST request; never rejects. */
  handle(request: Request, address: string): Promise<Response>;
  /** A WebSocket that asks for a document. */
  connect(socket: Socket, request: ConnectRequest): Session;
  /** How long who asks for a WebSocket has to wait before trying again, in ms; 0: it may come in. */
  waitMs(request: ConnectRequest): number;
  /** Open client sockets. */
  readonly sessions: number;
  /** Open streams of events. */
  readonly streams: number;
  /** Ends sessions (1012), actors and documents, in this order; everything is durable when it resolves. */
  close(): Promise<void>;
}

/** Where a daemon without settings is reached. */
const OWN_URL = "http://127.0.0.1:8787";

/** Resolves once every registered source has its actor; documents load when they are asked for. */
export async function createDaemon(deps: DaemonDeps): Promise<Daemon> {
  const { runtime } = deps;
  const backend = watchRefusals(deps.backend, runtime.logger.child({ part: "backend" }));
  const metrics = createPrometheusMetrics();
  const history = createHistory({
    ...backend,
    runtime,
    pause: () => sleep(runtime.clock, 0),
    ...(deps.limits && { limits: deps.limits }),
  });
  const documents = await createDocumentStore(backend, runtime, metrics, history.recorder);
  const edits = createEditsDocuments({
    backend,
    runtime,
    documents,
    ...(deps.limits && { limits: deps.limits }),
  });
  const access = createAccess({
    kv: backend.kv,
    runtime,
    adminToken: deps.secrets.adminToken,
    jwt: deps.jwt,
    limits: deps.limits,
  });
  const { gate, tokenStore, audit } = access;
  const { secrets, keys, oauth, connected } = createAccountParts({
    kv: backend.kv,
    runtime,
    secrets: deps.secrets,
    googleApp: deps.googleApp,
  });
  const drivers = deps.drivers({ connected });
  const { pushUrl = null } = deps;
  const polls = createPollJournal(runtime.clock);
  const { kv } = backend;
  const { writeBack, open } = createEditParts({ kv, runtime, documents, edits, metrics });
  const { feeds, turns, supervisor } = createSources({
    runtime,
    kv,
    documents,
    writeBack,
    drivers,
    metrics,
    polls,
    pushUrl,
  });
  const editing = open(supervisor);
  const definitions = createViewDefinitions({ kv: backend.kv, logger: runtime.logger });
  const views = createViews({
    documents,
    log: backend.log,
    clock: runtime.clock,
    logger: runtime.logger.child({ part: "views" }),
    definition: definitions.applied,
  });
  const records = createRecords({ kv: backend.kv, secrets });
  const idempotency = createIdempotency({ kv, clock: runtime.clock, random: runtime.random });
  const registry = createRegistry({
    records,
    supervisor,
    drivers,
    metrics,
    runtime,
    async forget(source) {
      polls.forget(source);
      const remembered = await history.forgetSource(source);
      if (!remembered.ok) return remembered;
      const edited = await edits.remove(source);
      if (!edited.ok) return edited;
      const claims = await idempotency.forgetSource(source);
      if (!claims.ok) return claims;
      const views = await viewDesk.forgetSource(source);
      return views.ok ? tokenStore.forgetSource(source) : views;
    },
    onErased: erasedBy(audit),
  });
  const viewDesk = createViewDesk({ definitions, registry, documents, views, logger: runtime.logger });
  const templates = createTemplateParts({ kv: backend.kv, clock: runtime.clock, documents, views });
  const exporting = createExportParts({
    kv: backend.kv,
    runtime,
    metrics,
    drivers,
    documents,
    views,
    records,
    connected,
    templates: templates.store,
    current: gate.current,
  });
  const streams = createEventStreams({ documents, gate, clock: runtime.clock, watch: turns.watch });
  const accounts = createAccounts({
    kv: backend.kv,
    secrets,
    oauth,
    store: connected,
    records,
    supervisor,
    runtime,
    publicUrl: deps.publicUrl ?? OWN_URL,
  });
  const api = createApi({
    registry,
    accounts,
    documents,
    views,
    viewDesk,
    templates: templates.desk,
    edits: { ...editing, idempotency },
    exports: exporting?.desk,
    streams,
    tokens: createTokenDesk({ store: tokenStore, clock: runtime.clock, forgetSubject: edits.forget }),
    keys,
    history,
    audit,
    gate,
    metrics,
    runtime,
    version: deps.version,
    hooks: {
      feeds,
      scripts: createAppsScripts(deps.secrets.masterKey, runtime.clock),
      publicUrl: pushUrl,
    },
    quota: turns.accounts,
    polls,
    onLooked: turns.looked,
    storageRefuses: () => backend.refusing,
    origins: createOrigins({ listed: deps.origins ?? [], publicUrl: deps.publicUrl }),
    limits: access.limits,
  });
  const sync = createSyncServer({
    documents,
    views,
    edits,
    gate,
    publish: deps.publish,
    runtime,
    metrics,
    watch: turns.watch,
    ...(deps.limits ? { limits: deps.limits } : {}),
    isExpected(source) {
      const status = supervisor.status(source);
      // Read, but not yet stored, is still to come.
      return status !== null && (status.lastPollAt === undefined || status.state === "loading");
    },
  });
  await access.load();
  await connected.load();
  await definitions.load();
  await registry.start();
  await editing.start();
  history.start();
  await exporting?.start();
  if (deps.secrets.previous) void keys.resume();

  return {
    registry,
    metrics,
    handle: api.handle,
    connect: sync.connect,
    waitMs: sync.waitMs,
    get sessions() {
      return sync.sessions;
    },
    get streams() {
      return streams.size;
    },
    async close() {
      sync.close();
      streams.close();
      await exporting?.close();
      await supervisor.close();
      views.close();
      await edits.close();
      await documents.close();
      await history.close();
    },
  };
}
