/**
 * The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that comes again does nothing anew,
 * and one that reuses the key for something else is refused.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../backend/backend.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Random, randomHex } from "../runtime/random.ts";

export interface Idempotency {
  /** What was claimed before by the same request; null: it is the first. */
  known(use: KeyUse): Promise<Result<Claim | null, ClaimError>>;
  /**
   * Binds a subject's key to a payload, durable when it resolves. `name` is the same for the same subject and key, and
   * nobody can compute it; what the request makes is to be named after it. `plan`, told the name, gives what is kept
   * with the first claim, for who comes again.
   */
  claim(
    use: KeyUse,
    plan?: (name: string) => unknown,
  ): Promise<Result<Claim & { readonly again: boolean }, ClaimError>>;
  /** Keeps this instead of the plan. Durable when it resolves. */
  replan(use: KeyUse, plan: unknown): Promise<Result<void, StorageError>>;
  /** Forgets the claims of a source's requests. Durable when it resolves. */
  forgetSource(source: string): Promise<Result<void, StorageError>>;
}

export interface Claim {
  readonly name: string;
  /** Absent: none was kept. */
  readonly plan?: unknown;
}

export interface KeyUse {
  /** What it is for, such as "edits": the same key elsewhere is another one. */
  readonly scope: string;
  readonly subject: string;
  readonly key: string;
  /** As sent; its meaning is compared, not its order of fields. */
  readonly payload: unknown;
  /** The source that it is about, where it is about one. */
  readonly source?: string;
}

export type ClaimError =
  | { readonly tag: "OtherPayload" }
  | { readonly tag: "BadKey" }
  /** What is to be kept with the key is beyond PLAN_BYTES_MAX. */
  | { readonly tag: "TooLarge" }
  | StorageError;

export const IDEMPOTENCY_KEY_LENGTH_MAX = 200;
/** Ten thousand edits of usual values; a larger one stands a second long in the way of everybody else's writes. */
export const PLAN_BYTES_MAX = 8 * 1024 * 1024;
const NAME_BYTES = 16;
/** Longer than any client tries again. */
const KEPT_MS = 7 * 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;
const PREFIX = "idempotency/";

interface Claimed extends Claim {
  readonly payload: string;
  readonly source?: string;
  readonly atMs: number;
}

export interface IdempotencyDeps {
  readonly kv: Kv;
  readonly clock: Clock;
  readonly random: Random;
}

export function createIdempotency({ kv, clock, random }: IdempotencyDeps): Idempotency {
  let sweptAt = clock.monotonicMs();

  async function sweep(): Promise<void> {
    if (clock.monotonicMs() - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = clock.monotonicMs();
    const before = clock.nowMs() - KEPT_MS;
    for (const { key, value, version } of await kv.list<Claimed>(PREFIX)) {
      if (value.atMs < before) await kv.remove(key, version);
    }
  }

  async function known(use: KeyUse): Promise<Result<Claim | null, ClaimError>> {
    const { key, payload } = use;
    if (key === "" || key.length > IDEMPOTENCY_KEY_LENGTH_MAX) return err({ tag: "BadKey" });
    const found = await kv.get<Claimed>(placeOf(use));
    if (!found) return ok(null);
    if (found.value.payload !== digest(sorted(payload))) return err({ tag: "OtherPayload" });
    const { name, plan } = found.value;
    return ok({ name, ...(plan === undefined ? {} : { plan }) });
  }

  return {
    known,
    async claim(use, planOf) {
      await sweep();
      const before = await known(use);
      if (!before.ok) return before;
      if (before.value) return ok({ ...before.value, again: true });
      const name = randomHex(random, NAME_BYTES);
      const plan = planOf?.(name);
      if (plan !== undefined && Buffer.byteLength(JSON.stringify(plan)) > PLAN_BYTES_MAX)
        return err({ tag: "TooLarge" });
      const claim: Claim = { name, ...(plan === undefined ? {} : { plan }) };
      const { payload, source } = use;
      const claimed: Claimed = {
        ...claim,
        payload: digest(sorted(payload)),
        ...(source === undefined ? {} : { source }),
        atMs: clock.nowMs(),
      };
      const put = await kv.put(placeOf(use), claimed, 0);
      if (put.ok) return ok({ ...claim, again: false });
      if (put.error.tag === "StorageError") return err(put.error);
      // The same request won the race.
      const first = await known(use);
      return first.ok ? ok({ ...(first.value ?? claim), again: true }) : first;
    },
    async replan(use, plan) {
      const found = await kv.get<Claimed>(placeOf(use));
      if (!found) return ok(undefined);
      const put = await kv.put(placeOf(use), { ...found.value, plan }, found.version);
      // Another version is that of the same request, come again.
      return put.ok || put.error.tag === "VersionMismatch" ? ok(undefined) : err(put.error);
    },
    async forgetSource(source) {
      for (const { key, value } of await kv.list<Claimed>(PREFIX)) {
        const removed = value.source === source ? await kv.remove(key) : ok(undefined);
        if (!removed.ok && removed.error.tag === "StorageError") return err(removed.error);
      }
      return ok(undefined);
    },
  };
}

function placeOf({ scope, subject, key }: KeyUse): string {
  return PREFIX + digest([scope, subject, key]);
}

/** 128 bits are plenty to tell requests apart, and short in ids. */
function digest(value: unknown): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, sorted(part)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
