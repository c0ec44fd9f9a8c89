/** Exports of live data follow them: some time after a change the sheet is made to show what the document does. */
import type { ExportProblem } from "#contract/exports.ts";
import { err, type Result } from "#contract/result.ts";
import type { DataReport, LiveData, TemplateBody } from "#contract/templates.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import { type Random, randomHex } from "../runtime/random.ts";
import type { Exports } from "./exports.ts";
import type { ExportRecord, Reader } from "./jobs/record.ts";
import type { LiveTables } from "./live.ts";
import { planExport } from "./plan-export.ts";

export interface ExportFollower {
  /** To be told of every export as it is now, and again when it changed. */
  note(record: ExportRecord): void;
  close(): void;
}

export interface ExportFollowerDeps {
  /** Whether whose export it is may still read what it follows. */
  readonly mayRead: (record: ExportRecord, live: LiveData) => boolean;
  readonly exports: () => Pick<Exports, "get" | "update" | "tellFollow">;
  readonly tables: LiveTables;
  readonly template: (
    id: string,
    version?: number,
  ) => Promise<(TemplateBody & { readonly version: number }) | null>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Changes that come together are written together. */
const DEBOUNCE_MS = 3_000;
/** A tab that is not read yet, or a source that was deleted and may come back. */
const LOOK_AGAIN_MS = 60_000;

interface Followed {
  stop: () => void;
  cancelWake: () => void;
  /** Changed since the last update was asked for. */
  dirty: boolean;
  /** By whose right it was last read. */
  reader: Reader | undefined;
}

export function createExportFollower(deps: ExportFollowerDeps): ExportFollower {
  const { clock, tables, logger } = deps;
  const followed = new Map<string, Followed>();

  function begin(record: ExportRecord): void {
    const entry: Followed = { stop: () => {}, cancelWake: () => {}, dirty: false, reader: record.reader };
    followed.set(record.id, entry);
    void join(record, entry);
  }

  async function join(record: ExportRecord, entry: Followed): Promise<void> {
    const undo = await tables.follow(record.live!, record.claims, () => changed(record.id, entry));
    if (followed.get(record.id) !== entry) return undo?.();
    if (undo) entry.stop = undo;
    else entry.cancelWake = clock.wakeAt(clock.monotonicMs() + LOOK_AGAIN_MS, () => void join(record, entry));
  }

  function changed(id: string, entry: Followed): void {
    if (entry.dirty) return;
    entry.dirty = true;
    entry.cancelWake();
    entry.cancelWake = clock.wakeAt(clock.monotonicMs() + DEBOUNCE_MS, () => void update(id, entry));
  }

  async function update(id: string, entry: Followed): Promise<void> {
    const record = deps.exports().get(id);
    if (!record || followed.get(id) !== entry) return;
    // What is being written is finished first; `note` comes back then.
    if (record.jobs.length > 0 || record.shown === null) return;
    entry.dirty = false;
    const planned = await planOf(record);
    if (!planned.ok) {
      logger.warn("live export not updated", { export: id, why: planned.error.code });
      await deps.exports().tellFollow(id, planned.error);
      return;
    }
    if (record.follow) await deps.exports().tellFollow(id, null);
    const name = `live-${randomHex(deps.random, 8)}`;
    await deps.exports().update(id, { id: name, type: "replace", plan: planned.value });
  }

  async function planOf(record: ExportRecord) {
    const { live, claims, template: used, title, key } = record;
    if (!deps.mayRead(record, live!)) {
      const why = "the token that it was made with may not read its data any more, or has ended";
      return problem("no-right", why, "POST .../retry with a token that may read them");
    }
    const template = (await deps.template(used.id, used.version)) ?? (await deps.template(used.id));
    if (!template) return problem("template-gone", `its template "${used.id}" is gone`, "Make it anew");
    const table = await tables.read(live!, claims);
    if (!table.ok) return problem("data-gone", table.error, "Bring it back: it is followed again by itself");
    const planned = planExport(template, table.value, { title, key: key ?? undefined });
    return planned.ok ? planned : misfit(planned.error);
  }

  return {
    note(record) {
      if (!record.live) return;
      const gone = record.phase.tag === "Removing" || record.phase.tag === "Cancelled";
      const entry = followed.get(record.id);
      if (gone && entry) {
        entry.stop();
        entry.cancelWake();
        followed.delete(record.id);
      } else if (!gone && !entry) begin(record);
      else if (entry && entry.reader !== record.reader) {
        entry.reader = record.reader;
        changed(record.id, entry);
      } else if (entry?.dirty && record.jobs.length === 0) {
        entry.cancelWake();
        entry.cancelWake = clock.wakeAt(
          clock.monotonicMs() + DEBOUNCE_MS,
          () => void update(record.id, entry),
        );
      }
    },
    close() {
      for (const { stop, cancelWake } of followed.values()) {
        stop();
        cancelWake();
      }
      followed.clear();
    },
  };
}

function misfit({ problems, count }: DataReport) {
  const [first] = problems;
  const where = first
    ? `: ${first.row === undefined ? "" : `row ${first.row}, `}field "${first.field}" ${first.problem}`
    : "";
  const message = `the data do not fit its template any more, ${count} mistakes${where}`;
  return problem("data-misfit", message, first?.fix ?? "Correct the data");
}

function problem(code: string, message: string, fix: string): Result<never, ExportProblem> {
  return err({ code, message, fix });
}
