/**
 * Who did what to what, when and from where: entries are added and never changed, and go when they are older than is
 * kept. They lie by day under keys in the order of time, so that a question reads only the days that it asks for.
 */
import type { Kv } from "../backend/backend.ts";
import type { Runtime } from "../runtime/runtime.ts";

export interface AuditEntry {
  /** In the order of time. */
  readonly id: string;
  /** Wall time, ms since 1970. */
  readonly at: number;
  /** Who: the subject of a grant, or "daemon". */
  readonly subject: string;
  /** What, such as "source.update". */
  readonly action: string;
  /** To what, such as "source/shop"; empty for the daemon as a whole. */
  readonly target: string;
  /** From where; empty for the daemon's own doing. */
  readonly address: string;
}

export type AuditFact = Omit<AuditEntry, "id" | "at">;

export interface Audit {
  load(): Promise<void>;
  /** Resolves once it is durable. What the storage refuses is in the log instead. */
  record(fact: AuditFact): Promise<void>;
  /** The newest first. */
  read(query: AuditQuery): AsyncGenerator<AuditEntry>;
}

/** What is absent matches all. */
export interface AuditQuery {
  /** From this time on, ms since 1970. */
  readonly since?: number;
  /** Before this time. */
  readonly until?: number;
  readonly subject?: string;
  /** The very action, or all whose name begins with it and a ".". */
  readonly action?: string;
  /** The very target, or all below it. */
  readonly target?: string;
  /** Only what is older than the entry of this id. */
  readonly before?: string;
}

export const AUDIT_LIMITS = {
  /** Days that an entry is kept. */
  auditDaysMax: 365,
} as const satisfies Readonly<Record<string, number>>;

export interface AuditDeps {
  readonly kv: Kv;
  readonly runtime: Pick<Runtime, "clock" | "logger">;
  readonly daysMax?: number;
}

interface Days {
  readonly first: number;
  readonly last: number;
}

export const AUDIT_ID = /^\d{13}-\d{6}$/;

const PREFIX = "audit/";
/** Between which days entries may be, as numbers since 1970. */
const DAYS = "audit-days";
const DAY_MS = 86_400_000;
const NUMBERS = 1_000_000;

export function createAudit({ kv, runtime, daysMax = AUDIT_LIMITS.auditDaysMax }: AuditDeps): Audit {
  const { clock, logger } = runtime;
  let days: Days | null = null;
  let number = 0;
  let sweptDay = -1;

  /** Days before the first that is kept are erased; the bound is noted last, so that a crash repeats it. */
  async function sweep(today: number): Promise<void> {
    if (sweptDay === today) return;
    sweptDay = today;
    const kept = today - daysMax + 1;
    // The clock may stand before what was written.
    const first = Math.min(days?.first ?? today, today);
    const last = Math.max(days?.last ?? today, today);
    for (let day = first; day < kept; day++) {
      for (const { key } of await kv.list(prefixOf(day))) await kv.remove(key);
    }
    const next = { first: Math.max(first, kept), last };
    const stored = await kv.put(DAYS, next);
    if (stored.ok) days = next;
    // Tried again with the next entry.
    else sweptDay = -1;
  }

  async function append(fact: AuditFact): Promise<boolean> {
    const at = Math.floor(clock.nowMs());
    await sweep(dayOf(at));
    // Another life of this daemon may have taken the number in the same millisecond.
    for (let tries = 0; tries < 10; tries++) {
      number = (number + 1) % NUMBERS;
      const id = `${String(at).padStart(13, "0")}-${String(number).padStart(6, "0")}`;
      const stored = await kv.put(prefixOf(dayOf(at)) + id, { id, at, ...fact } satisfies AuditEntry, 0);
      if (stored.ok) return true;
      if (stored.error.tag === "StorageError") return false;
    }
    return false;
  }

  return {
    async load() {
      days = (await kv.get<Days>(DAYS))?.value ?? null;
      number = Math.floor(clock.nowMs()) % NUMBERS;
    },
    async record(fact) {
      if (!(await append(fact))) logger.warn("audit entry not stored", { ...fact });
    },
    async *read(query) {
      if (days === null) return;
      const first = Math.max(days.first, dayOf(query.since ?? 0));
      const last = Math.min(days.last, dayOf(query.until ?? Number.MAX_SAFE_INTEGER));
      for (let day = last; day >= first; day--) {
        const entries = await kv.list<AuditEntry>(prefixOf(day));
        for (const { value } of entries.toReversed()) if (matches(value, query)) yield value;
      }
    },
  };
}

/** Writes down that the daemon has erased a source: its data, its secrets and its history. */
export function erasedBy(audit: Pick<Audit, "record">): (source: string) => Promise<void> {
  return (source) =>
    audit.record({ subject: "daemon", action: "source.erased", target: `source/${source}`, address: "" });
}

function matches({ id, at, subject, action, target }: AuditEntry, query: AuditQuery): boolean {
  return (
    at >= (query.since ?? 0) &&
    at < (query.until ?? Number.POSITIVE_INFINITY) &&
    (query.before === undefined || id < query.before) &&
    (query.subject === undefined || subject === query.subject) &&
    isAtOrBelow(action, query.action, ".") &&
    isAtOrBelow(target, query.target, "/")
  );
}

function isAtOrBelow(name: string, wanted: string | undefined, mark: string): boolean {
  return wanted === undefined || name === wanted || name.startsWith(wanted + mark);
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** Five digits last until the year 2243. */
function prefixOf(day: number): string {
  return `${PREFIX}${String(day).padStart(5, "0")}/`;
}
