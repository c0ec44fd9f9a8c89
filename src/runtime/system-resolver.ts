import { lookup } from "node:dns/promises";
import { err, ok, type Result } from "#contract/result.ts";
import { type Clock, sleep } from "./clock.ts";
import type { NetError } from "./net.ts";
import type { Resolver } from "./resolver.ts";

/** What the operating system answers, its hosts file included. A lookup cannot be cut short; its answer is left. */
export function createSystemResolver(clock: Clock): Resolver {
  return {
    async resolve(host, { timeoutMs, signal }) {
      const over = new AbortController();
      const end = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
      const ended = sleep(clock, timeoutMs, end).then((): Result<never, NetError> => {
        return err(signal?.aborted ? { tag: "Aborted" } : { tag: "TimedOut", timeoutMs });
      });
      const answer = await Promise.race([look(host), ended]);
      over.abort();
      return answer;
    },
  };
}

async function look(host: string): Promise<Result<readonly string[], NetError>> {
  try {
    const found = await lookup(host, { all: true, verbatim: true });
    if (found.length > 0) return ok(found.map(({ address }) => address));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return err({ tag: "Unreachable", detail: `the name ${host} has no address${code}` });
  }
  return err({ tag: "Unreachable", detail: `the name ${host} has no address` });
}
