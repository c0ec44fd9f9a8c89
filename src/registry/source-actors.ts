import type { SourceAnswer } from "#contract/rest.ts";
import type { Supervisor } from "../actors/status.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Metrics } from "../runtime/metrics.ts";
import { sourceAnswer } from "./answer.ts";
import type { Records, SourceRecord } from "./records.ts";

/** The actors behind the records. */
export interface SourceActors {
  /** Makes the actor of a stored record work by it; a record that cannot be opened has none. */
  follow(record: SourceRecord): void;
  /** Ends the actor and its sessions (4404) and erases its documents and state. */
  erase(id: string): Promise<void>;
  answer(record: SourceRecord): SourceAnswer;
}

export interface SourceActorsDeps {
  readonly records: Records;
  readonly supervisor: Supervisor;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export function createSourceActors({ records, supervisor, metrics, logger }: SourceActorsDeps): SourceActors {
  const unreadable = new Set<string>();
  return {
    follow(record) {
      const { id } = record.settings;
      const draft = records.open(record);
      if (!draft.ok) {
        unreadable.add(id);
        logger.error("source unreadable", { source: id, why: draft.error.tag });
        return;
      }
      unreadable.delete(id);
      if (supervisor.status(id)) supervisor.update(draft.value.settings);
      else supervisor.start(draft.value.settings);
    },
    async erase(id) {
      await supervisor.stop(id, { erase: true });
      unreadable.delete(id);
      metrics.forget(id);
    },
    answer(record) {
      const { id } = record.settings;
      return sourceAnswer(record, supervisor.status(id), unreadable.has(id));
    },
  };
}
