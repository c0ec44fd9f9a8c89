/**
 * The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that comes again does nothing anew,
 * and one that reuses the key for something else is refused.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../backend/backend.ts";
import type { Clock } from "../runtime/clock.ts";

export interface Idempotency {
  /**
   * Binds a subject's key to a payload, durable when it resolves. `name` is the same for the same subject and key, and
   * tells neither; what the request makes is to be named after it.
   */
  claim(use: KeyUse): Promise<Result<{ readonly name: string; readonly again: boolean }, ClaimError>>;
}

export interface KeyUse {
  /** What it is for, such as "edits": the same key elsewhere is another one. */
  readonly scope: string;
  readonly subject: string;
  readonly key: string;
  /** As sent; its meaning is compared, not its order of fields. */
  readonly payload: unknown;
}

export type ClaimError = { readonly tag: "OtherPayload" } | { readonly tag: "BadKey" } | StorageError;

export const IDEMPOTENCY_KEY_LENGTH_MAX = 200;
/** Longer than any client tries again. */
const KEPT_MS = 7 * 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;
const PREFIX = "idempotency/";

interface Claimed {
  readonly payload: string;
  readonly atMs: number;
}

export function createIdempotency({ kv, clock }: { readonly kv: Kv; readonly clock: Clock }): Idempotency {
  let sweptAt = clock.monotonicMs();

  async function sweep(): Promise<void> {
    if (clock.monotonicMs() - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = clock.monotonicMs();
    const before = clock.nowMs() - KEPT_MS;
    for (const { key, value, version } of await kv.list<Claimed>(PREFIX)) {
      if (value.atMs < before) await kv.remove(key, version);
    }
  }

  return {
    async claim({ scope, subject, key, payload }) {
      if (key === "" || key.length > IDEMPOTENCY_KEY_LENGTH_MAX) return err({ tag: "BadKey" });
      await sweep();
      const name = digest([scope, subject, key]);
      const claimed: Claimed = { payload: digest(sorted(payload)), atMs: clock.nowMs() };
      const put = await kv.put(PREFIX + name, claimed, 0);
      if (put.ok) return ok({ name, again: false });
      if (put.error.tag === "StorageError") return err(put.error);
      const known = await kv.get<Claimed>(PREFIX + name);
      return known?.value.payload === claimed.payload
        ? ok({ name, again: true })
        : err({ tag: "OtherPayload" });
    },
  };
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
