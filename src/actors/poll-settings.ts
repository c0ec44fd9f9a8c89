import { POLLING_INTERVAL_DEFAULT_MS, POLLING_INTERVAL_MIN_MS } from "../model/pacing.ts";
import type { SourceSettings } from "../sources/source.ts";

/** What a transition needs to know of a source's settings; holds no secret. */
export interface PollSettings {
  readonly pollingIntervalMs: number;
  /** See ActorRecord. */
  readonly address: string;
  readonly content: string;
}

export function pollSettings(settings: SourceSettings): PollSettings {
  const { type, url, tabs, keyColumns, headerRow, hidden, formulas } = settings;
  const { format, rowsPath, keyField, columns, pagination, emptyPolicy, bytesMax } = settings;
  return {
    pollingIntervalMs: settings.pollingInterval ?? POLLING_INTERVAL_DEFAULT_MS,
    address: hash([type, url]),
    content: hash([
      ...[type, url, tabs, keyColumns, headerRow, hidden, formulas],
      ...[format, rowsPath, keyField, columns, pagination, emptyPolicy, bytesMax],
    ]),
  };
}

/** As far as the pace heeds it. */
export function pollingIntervalMs(settings: PollSettings): number {
  return Math.max(POLLING_INTERVAL_MIN_MS, settings.pollingIntervalMs);
}

/** True when a source opened with `before` cannot serve `after`: anything but the pace changed. */
export function needsReopen(before: SourceSettings, after: SourceSettings): boolean {
  return !Bun.deepEquals({ ...before, pollingInterval: 0 }, { ...after, pollingInterval: 0 });
}

/** An address may hold a secret in its query, so that only its hash is kept. */
function hash(parts: readonly unknown[]): string {
  return new Bun.CryptoHasher("sha256").update(JSON.stringify(parts)).digest("hex");
}
