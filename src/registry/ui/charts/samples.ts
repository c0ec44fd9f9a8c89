/** What the charts show: one point per look at /metrics, from two looks where a rate is asked for. */
import { type Series, total } from "./metrics-text.ts";

export interface Sample {
  /** Seconds since 1970. */
  readonly atS: number;
  readonly connections: number;
  /** Polls a minute: with a change, without one, failed. */
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Of changes since the look before, ms from poll to durable; null when there was none. */
  readonly propagationMs: number | null;
  /** The most used account's share of its reads, in percent. */
  readonly quotaPercent: number;
  /** Bytes a second handed to clients, and about what whole tabs at each change would have been. */
  readonly sent: number;
  readonly whole: number;
}

/** An hour at a look every two seconds. */
export const SAMPLES_MAX = 1800;

export interface Look {
  readonly atMs: number;
  readonly series: readonly Series[];
}

export function sampleOf(before: Look, now: Look): Sample {
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000);
  /** A counter that fell belongs to a daemon that was started anew: it began at 0. */
  const grown = (name: string, labels: Record<string, string> = {}): number => {
    const [from, to] = [total(before.series, name, labels), total(now.series, name, labels)];
    return to >= from ? to - from : to;
  };
  const polls = grown("source_polls_total");
  const changed = grown("source_polls_total", { outcome: "changed" });
  const unchanged =
    grown("source_polls_total", { outcome: "unchanged" }) +
    grown("source_polls_total", { outcome: "pending" });
  const perMinute = 60 / seconds;
  const changes = grown("propagation_seconds_count");
  const took = grown("propagation_seconds_sum");
  return {
    atS: now.atMs / 1000,
    connections: total(now.series, "connections"),
    changed: changed * perMinute,
    unchanged: unchanged * perMinute,
    failed: Math.max(0, polls - changed - unchanged) * perMinute,
    propagationMs: changes > 0 ? (took / changes) * 1000 : null,
    quotaPercent: 100 * mostUsed(now.series),
    sent: grown("egress_bytes_total") / seconds,
    whole: (changes * meanDocumentBytes(now.series) * total(now.series, "connections")) / seconds,
  };
}

function mostUsed(series: readonly Series[]): number {
  const ratios = series.filter(({ name }) => name === "sheetwire_google_quota_used_ratio");
  return Math.max(0, ...ratios.map(({ value }) => value));
}

function meanDocumentBytes(series: readonly Series[]): number {
  const sizes = series.filter(({ name }) => name === "sheetwire_document_bytes");
  return sizes.length === 0 ? 0 : sizes.reduce((sum, { value }) => sum + value, 0) / sizes.length;
}

/** The points so far, kept while another page is open. */
export interface SamplesHolder {
  samples: readonly Sample[];
  /** What the next point begins at. */
  before: Look | null;
}

/** A rate over more than this would hide what happened meanwhile: the next point begins anew. */
const PAUSE_MS_MAX = 10_000;

/** Takes a look down; a point needs two of them. */
export function noteLook(holder: SamplesHolder, now: Look): void {
  const { before } = holder;
  holder.before = now;
  if (!before || now.atMs - before.atMs > PAUSE_MS_MAX) return;
  holder.samples = [...holder.samples, sampleOf(before, now)].slice(-SAMPLES_MAX);
}
