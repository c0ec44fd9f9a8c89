import { Elysia } from "elysia";
import type { PrometheusMetrics } from "../prometheus.ts";
import type { Permits } from "./permits.ts";

/** /metrics in the Prometheus text format. */
export function metricsRoutes({ metrics, permits }: { metrics: PrometheusMetrics; permits: Permits }) {
  return new Elysia({ name: "metrics" })
    .use(permits)
    .get(
      "/metrics",
      async () => new Response(await metrics.text(), { headers: { "Content-Type": metrics.contentType } }),
      {
        permit: "admin",
        detail: {
          tags: ["Operation"],
          summary: "Metrics for Prometheus",
          responses: { 200: { description: "All series.", content: { "text/plain": {} } } },
        },
      },
    );
}
