/**
 * A trigger inside a workbook that tells us of edits at once: the script to paste, and the check of what it sends. Each
 * source has a secret of its own, made from the master key, so that none is stored and a new master key ends them all.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Clock } from "../runtime/clock.ts";
import SCRIPT from "./apps-script.txt" with { type: "text" };

export interface AppsScripts {
  /** The script of a source, with its secret; `url` is where it is to call. */
  script(source: ScriptedSource, url: string): string;
  /** Whether the call was signed for this source, recently, and is no repeat. */
  judge(source: ScriptedSource, call: SignedCall): CallVerdict;
}

/** Registered anew, a source has another secret. */
export interface ScriptedSource {
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** As its headers and body say. */
export interface SignedCall {
  /** Seconds since 1970. */
  readonly timestamp: string;
  readonly nonce: string;
  /** Hex of HMAC-SHA-256 over timestamp, nonce and body, each followed by a line end but the last. */
  readonly signature: string;
  readonly body: string;
}

export type CallVerdict = "good" | "bad signature" | "too old" | "repeated";

/** Google's clocks are right, ours may be a little off. */
const AGE_MAX_MS = 5 * 60_000;
/** Nonces of one source within that time; past it the oldest are forgotten, which costs at most a poll. */
const NONCES_MAX = 5_000;
const NONCE = /^[\w-]{16,64}$/;

export function createAppsScripts(masterKey: Uint8Array, clock: Pick<Clock, "nowMs">): AppsScripts {
  const key = Buffer.from(hkdfSync("sha256", masterKey, "", "sheetwire apps script", 32));
  const seen = new Map<string, Set<string>>();
  const secretOf = ({ id, createdAt }: ScriptedSource): string =>
    createHmac("sha256", key).update(`${id}\n${createdAt}`).digest("hex");

  function isRepeat(id: string, nonce: string): boolean {
    const nonces = seen.get(id) ?? new Set();
    seen.set(id, nonces);
    if (nonces.has(nonce)) return true;
    nonces.add(nonce);
    if (nonces.size > NONCES_MAX) nonces.delete(nonces.values().next().value!);
    return false;
  }

  return {
    script: (source, url) => scriptText(url, secretOf(source)),
    judge(source, { timestamp, nonce, signature, body }) {
      const expected = createHmac("sha256", secretOf(source))
        .update(`${timestamp}\n${nonce}\n${body}`)
        .digest();
      const given = Buffer.from(/^[0-9a-f]{64}$/.test(signature) ? signature : "", "hex");
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return "bad signature";
      if (!NONCE.test(nonce)) return "bad signature";
      const ageMs = clock.nowMs() - Number(timestamp) * 1_000;
      if (!(Math.abs(ageMs) <= AGE_MAX_MS)) return "too old";
      return isRepeat(source.id, nonce) ? "repeated" : "good";
    },
  };
}

function scriptText(url: string, secret: string): string {
  return SCRIPT.replace('"{url}"', () => JSON.stringify(url)).replace('"{secret}"', () =>
    JSON.stringify(secret),
  );
}
