import { Elysia } from "elysia";
import { type Clock, sleep } from "../../runtime/clock.ts";
import type { Registry } from "../registry.ts";
import { problem } from "./problems.ts";

/** Longer than any healthy disk takes, shorter than the ten seconds probes usually wait. */
const BACKEND_TIMEOUT_MS = 2_000;

export interface HealthRoutesDeps {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly storageRefuses: () => boolean;
}

/**
 * /healthz: the process answers. /readyz: the backend answers too and every source has its actor. Storage that refuses
 * writes is no reason to send readers away: they would get nothing instead of what is durable.
 */
export function healthRoutes({ registry, clock, storageRefuses }: HealthRoutesDeps) {
  const tags = ["Operation"];
  return new Elysia({ name: "health" })
    .get("/healthz", () => Response.json({ status: "ok" }), {
      detail: { tags, summary: "Whether the process answers", responses: status("It answers.") },
    })
    .get(
      "/readyz",
      async () => {
        if (!registry.started()) return notReady("The sources are still being started.");
        const answered = new AbortController();
        const backend = registry.get("-").then(
          () => null,
          () => "The backend fails: look at the disk or the broker, and at the log.",
        );
        const late = sleep(clock, BACKEND_TIMEOUT_MS, answered.signal).then(
          () => "The backend does not answer in time.",
        );
        const why = await Promise.race([backend, late]);
        answered.abort();
        if (why !== null) return notReady(why);
        return Response.json(storageRefuses() ? DEGRADED : { status: "ready" });
      },
      { detail: { tags, summary: "Whether it can do its work", responses: status("It can.") } },
    );
}

/** Names no path: anybody may ask. */
const DEGRADED = {
  status: "degraded",
  detail: "The storage refuses writes: what is stored is served, what is new waits. The log says more.",
};

function notReady(detail: string): Response {
  return problem("not-ready", { detail, headers: { "Retry-After": "1" } });
}

function status(description: string) {
  return { 200: { description }, 503: { description: "It cannot; the body says why." } };
}
