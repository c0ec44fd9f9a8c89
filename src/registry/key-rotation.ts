/**
 * From one master key to the next while everything runs.
 *
 *     begin: the new key is kept beside the old one -> every sealed record is sealed anew -> the data key as well
 *     -> finish: the old key is gone
 *
 * Wherever a crash cuts it short, both keys are there at the next start, which goes on from what it finds: a record
 * that the new key has sealed is left alone.
 */
import { err, ok, type Result } from "#contract/result.ts";
import type { Kv, StorageError } from "../backend/backend.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { SecretBox } from "./secrets.ts";

/** Where the master key is kept, if that is this daemon's own business. Throws what the file system says. */
export interface KeyKeeper {
  /** Makes a new key and keeps it beside the present one; again, the same, until `finish`. */
  begin(): Uint8Array;
  /** The new key takes the place of the old one. */
  finish(): void;
}

export interface KeyRotation {
  /** One at a time: who asks meanwhile waits for the one under way. */
  rotate(): Promise<Result<Rotated, RotationError>>;
  /** Goes on with a rotation that the last process left, or that a new setting asks for. */
  resume(): Promise<Result<Rotated, RotationError>>;
}

export interface Rotated {
  /** Records that were sealed anew. */
  readonly resealed: number;
  /** Records that no key opens: their owners say so themselves, and new secrets mend them. */
  readonly unreadable: number;
}

export type RotationError =
  /** The key comes from a setting, so its place is somebody else's. */
  { readonly tag: "KeyElsewhere" } | StorageError;

export interface KeyRotationDeps {
  readonly kv: Kv;
  readonly secrets: SecretBox;
  readonly keeper: KeyKeeper | null;
  /** Tells the backend, whose data key the master key seals; throws what the disk says. */
  readonly useMasterKey: (masterKey: Uint8Array) => void;
  readonly runtime: Pick<Runtime, "clock" | "logger">;
}

/** What holds sealed texts, each in a field `sealed` and sealed for its own key. */
const SEALED_PREFIXES = ["source/", "account/", "connecting/"];
/** A record that changes meanwhile is read again; its owner seals it with the new key anyway. */
const TRIES = 5;

interface Sealed {
  readonly sealed?: string | null;
}

export function createKeyRotation(deps: KeyRotationDeps): KeyRotation {
  const { kv, secrets, keeper, useMasterKey, runtime } = deps;
  const { clock, logger } = runtime;
  let running: Promise<Result<Rotated, RotationError>> | null = null;

  /** True when it was sealed anew, false when there was nothing to do, null when no key opens it. */
  async function resealOne(key: string): Promise<Result<boolean | null, StorageError>> {
    for (let tries = 0; tries < TRIES; tries++) {
      const entry = await kv.get<Sealed>(key);
      const sealed = entry?.value.sealed;
      if (!entry || !sealed || secrets.isCurrent(sealed)) return ok(false);
      const opened = secrets.open(sealed, key);
      if (!opened.ok) return ok(null);
      const next = { ...entry.value, sealed: secrets.seal(opened.value, key) };
      const stored = await kv.put(key, next, entry.version);
      if (stored.ok) return ok(true);
      if (stored.error.tag === "StorageError") return err(stored.error);
    }
    return err({ tag: "StorageError", detail: `${key} is being changed all the time` });
  }

  async function resealAll(): Promise<Result<Rotated, StorageError>> {
    // What was sealed with the old key before is on its way to the disk: it is there when this is.
    const marked = await kv.put("master-key-rotation", { atMs: clock.nowMs() });
    if (!marked.ok) return err({ tag: "StorageError", detail: "the storage refuses writes" });
    let [resealed, unreadable] = [0, 0];
    for (const prefix of SEALED_PREFIXES) {
      for (const { key } of await kv.list<Sealed>(prefix)) {
        const done = await resealOne(key);
        if (!done.ok) return done;
        if (done.value === null) unreadable++;
        else if (done.value) resealed++;
        if (done.value && resealed % 1_000 === 0) logger.info("secrets being sealed anew", { resealed });
      }
    }
    return ok({ resealed, unreadable });
  }

  async function run(next: Uint8Array | null): Promise<Result<Rotated, RotationError>> {
    if (next) secrets.use(next);
    const done = await resealAll();
    if (!done.ok) {
      logger.warn("master key rotation interrupted", { why: done.error.detail });
      return done;
    }
    if (next) useMasterKey(next);
    keeper?.finish();
    logger.info("master key rotated", { ...done.value });
    return done;
  }

  /** What the file system refuses is an answer, not a crash: both keys are still there. */
  async function guarded(begin: () => Uint8Array | null): Promise<Result<Rotated, RotationError>> {
    try {
      return await run(begin());
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      logger.warn("master key rotation interrupted", { why: detail });
      return err({ tag: "StorageError", detail });
    }
  }
  function inTurn(begin: () => Uint8Array | null): Promise<Result<Rotated, RotationError>> {
    running ??= guarded(begin).finally(() => {
      running = null;
    });
    return running;
  }

  return {
    rotate: () => (keeper ? inTurn(() => keeper.begin()) : Promise.resolve(err({ tag: "KeyElsewhere" }))),
    resume: () => inTurn(() => null),
  };
}
