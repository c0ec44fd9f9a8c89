/** Exports and what they need of the rest: accounts, templates, live documents. */
import type { Credentials, FieldProblem } from "#contract/rest.ts";
import { type Grant, may } from "./access/grant.ts";
import type { Kv } from "./backend/backend.ts";
import { createExports } from "./exports/exports.ts";
import { createExportFollower } from "./exports/follow.ts";
import type { ExportRecord } from "./exports/jobs/record.ts";
import { createLiveTables } from "./exports/live.ts";
import type { TemplateStore } from "./exports/template-store.ts";
import type { AccountStore } from "./registry/accounts/account-store.ts";
import { createExportDesk, type ExportDesk } from "./registry/export-desk.ts";
import { createIdempotency } from "./registry/idempotency.ts";
import type { Records } from "./registry/records.ts";
import type { Metrics } from "./runtime/metrics.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { type Drivers, workbookMaker } from "./sources/drivers.ts";
import { usableCredentials } from "./sources/google/settings.ts";
import type { Documents } from "./sync/documents.ts";
import type { Views } from "./sync/views.ts";

export interface ExportParts {
  readonly desk: ExportDesk;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface ExportPartsDeps {
  readonly kv: Kv;
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  readonly drivers: Drivers;
  readonly documents: Documents;
  readonly views: Pick<Views, "open">;
  readonly records: Records;
  readonly connected: AccountStore;
  readonly templates: TemplateStore;
  /** What a token gives now; null: it has ended. */
  readonly current: (grant: Grant) => Grant | null;
}

/** The account of the sample's Google: so that exports can be tried without one's own. */
const SAMPLE = "sample";

/** Null where no driver makes workbooks. */
export function createExportParts(deps: ExportPartsDeps): ExportParts | null {
  const { kv, runtime, metrics, records, connected, templates } = deps;
  const maker = workbookMaker(deps.drivers);
  if (!maker) return null;
  const tables = createLiveTables(deps);
  const template = (id: string, version?: number) => templates.get(id, version);
  const follower = createExportFollower({
    exports: () => exports,
    tables,
    mayRead(record, live) {
      const now = deps.current(readerOf(record));
      // Signed tokens of an issuer that is not configured any more are known to nobody: their end stands in them.
      const isOver = (now?.expiresAt ?? Number.POSITIVE_INFINITY) <= runtime.clock.nowMs();
      return now !== null && !isOver && may(now, "read", live);
    },
    template,
    clock: runtime.clock,
    random: runtime.random,
    logger: runtime.logger.child({ part: "exports" }),
  });

  async function credentials(account: string): Promise<Credentials | null> {
    if (account === "ambient") return { type: "ambient" };
    if (account === SAMPLE) return maker!.robot && { type: "serviceAccount", key: maker!.robot };
    const source = /^source:(.*)$/.exec(account)?.[1];
    if (source === undefined) return { type: "account", id: account };
    const record = await records.get(source);
    const opened = record && records.open(record.value);
    return opened?.ok ? usableCredentials(opened.value.settings) : null;
  }

  async function checkAccount(account: string): Promise<FieldProblem | null> {
    const found = await credentials(account);
    const fix = "use an id that GET /api/v1/accounts lists, or name a source with credentials of its own";
    if (!found) return { field: "account", problem: `"${account}" has no credentials`, fix };
    return maker!.checkMaker(found)[0] ?? null;
  }

  const exports = createExports({
    kv,
    runtime,
    maker,
    credentials,
    observe: ({ account, kind, status }) => metrics.googleRequest(account, kind, status),
    onChange: (record) => follower.note(record),
  });
  const desk = createExportDesk({
    exports,
    idempotency: createIdempotency({ kv, clock: runtime.clock, random: runtime.random }),
    runtime,
    template,
    live: tables.read,
    checkAccount,
    defaultAccount() {
      if (maker.checkMaker({ type: "ambient" }).length === 0) return "ambient";
      const fit = connected
        .list()
        .map(({ record }) => record.id)
        .filter((id) => maker.checkMaker({ type: "account", id }).length === 0);
      if (fit.length === 0 && maker.robot) return SAMPLE;
      return fit.length === 1 ? fit[0]! : null;
    },
  });
  return {
    desk,
    start: () => exports.start(),
    async close() {
      follower.close();
      await exports.close();
    },
  };
}

/** Records of older versions tell whose they are alone; which of a user's tokens it was is not known any more. */
function readerOf({ reader, subject }: ExportRecord): Grant {
  if (reader) return reader;
  if (subject === "admin") return { subject, scopes: [{ action: "admin" }] };
  return { subject, scopes: [], token: subject.replace(/^token:/, "api:") };
}
