import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Metrics } from "../runtime/metrics.ts";

/** Metrics and how a scraper reads them. */
export interface PrometheusMetrics extends Metrics {
  readonly contentType: string;
  /** All series in the Prometheus text format. */
  text(): Promise<string>;
}

/** From a few milliseconds in process to the two seconds that are promised, and beyond. */
const PROPAGATION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
/** A loop that is 250 ms late holds every client up. */
const LAG_BUCKETS_S = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1];

/** Series of this object alone: two daemons in one process, as in tests, do not mix. */
export function createPrometheusMetrics(): PrometheusMetrics {
  const registers = [new Registry()];
  const named = (name: string, help: string) => ({ name: `sheetwire_${name}`, help, registers });
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ ...named(name, help), labelNames });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ ...named(name, help), labelNames });

  const connections = gauge("connections", "Client sockets open.");
  const documents = gauge("documents", "Documents in memory.");
  const updates = counter("updates_total", "Updates made durable.", "origin");
  const propagation = new Histogram({
    ...named(
      "propagation_seconds",
      "From the beginning of the poll that read a change until it is durable and leaves for the clients.",
    ),
    buckets: PROPAGATION_BUCKETS_S,
  });
  const polls = counter("source_polls_total", "Polls of a source by outcome.", "source", "outcome");
  const requests = counter("google_requests_total", "Requests to Google.", "account", "kind", "status");
  const quota = gauge("google_quota_used_ratio", "Share of the read quota used in this minute.", "account");
  const writebacks = counter("writebacks_total", "Edits written back, by outcome.", "outcome");
  const bytes = gauge(
    "document_bytes",
    "About what a mirror takes in its log, of those in memory.",
    "source",
    "tab",
  );
  const egress = counter("egress_bytes_total", "Bytes handed to client sockets.");
  const deadletters = gauge("deadletters", "Edits parked for a person.");
  const lag = new Histogram({
    ...named("loop_lag_seconds", "How late the event loop ran a timer."),
    buckets: LAG_BUCKETS_S,
  });

  return {
    connections: (change) => connections.inc(change),
    documents: (change) => documents.inc(change),
    update: (origin) => updates.inc({ origin }),
    propagation: (seconds) => propagation.observe(seconds),
    sourcePoll: (source, outcome) => polls.inc({ source, outcome }),
    googleRequest: (account, kind, status) => requests.inc({ account, kind, status: String(status) }),
    googleQuotaUsed: (account, ratio) => quota.set({ account }, ratio),
    writeback: (outcome) => writebacks.inc({ outcome }),
    documentBytes: (source, tab, size) => bytes.set({ source, tab }, size),
    egress: (size) => egress.inc(size),
    deadletters: (count) => deadletters.set(count),
    loopLag: (seconds) => lag.observe(seconds),
    forget(source) {
      void forgetSeries(polls, source);
      void forgetSeries(bytes, source);
    },
    contentType: registers[0]!.contentType,
    text: () => registers[0]!.metrics(),
  };
}

async function forgetSeries(metric: Counter | Gauge, source: string): Promise<void> {
  const { values } = await metric.get();
  for (const { labels } of values) if (labels.source === source) metric.remove(labels);
}
