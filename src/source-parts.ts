/** What reads the sources: their turns on the accounts, and an actor for each. */
import type { FieldProblem } from "#contract/rest.ts";
import { err } from "#contract/result.ts";
import type { WriteBack } from "./actors/edits/write-back.ts";
import { createFeeds, type Feeds } from "./actors/pace/feeds.ts";
import { createTurns, type Turns } from "./actors/pace/turns.ts";
import type { Supervisor } from "./actors/status.ts";
import { type ActorObserver, createSupervisor } from "./actors/supervisor.ts";
import type { Kv } from "./backend/backend.ts";
import { DRIVE_HOOK_PATH } from "./registry/api/hooks.ts";
import type { PollJournal } from "./registry/poll-journal.ts";
import type { Metrics } from "./runtime/metrics.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Drivers } from "./sources/drivers.ts";
import type { Source } from "./sources/source.ts";
import type { Documents } from "./sync/documents.ts";

export interface SourceParts {
  readonly feeds: Feeds;
  readonly turns: Turns;
  readonly supervisor: Supervisor;
}

export interface SourceDeps {
  readonly runtime: Runtime;
  readonly kv: Kv;
  readonly documents: Documents;
  readonly writeBack: WriteBack;
  readonly drivers: Drivers;
  readonly metrics: Metrics;
  readonly polls: Pick<PollJournal, "note">;
  /** Where Google reaches this daemon to tell of changes; null: nowhere, and it is asked instead. */
  readonly pushUrl: string | null;
}

export function createSources({
  runtime,
  kv,
  documents,
  writeBack,
  drivers,
  metrics,
  polls,
  pushUrl,
}: SourceDeps): SourceParts {
  const feeds = createFeeds({
    runtime,
    onCovered: (account, covered) => turns.cover(account, covered),
    ...(pushUrl === null ? {} : { push: { address: `${pushUrl}${DRIVE_HOOK_PATH}` } }),
  });
  const turns = createTurns({ ...runtime, feeds, onUsed: metrics.googleQuotaUsed });
  const supervisor = createSupervisor({
    runtime,
    turns,
    documents,
    kv,
    writeBack,
    openSource(settings) {
      const driver = drivers.get(settings.type);
      if (!driver) throw new Error(`no driver for sources of type ${settings.type}`);
      const [problem] = driver.check(settings);
      if (problem) return refusedSource(problem);
      return driver.open(settings, runtime, ({ account, kind, status }) =>
        metrics.googleRequest(account, kind, status),
      );
    },
    observe: countReports(metrics, polls),
  });
  return { feeds, turns, supervisor };
}

/** What was registered under other settings of the daemon and cannot be read under these: told, not tried. */
function refusedSource({ field, problem, fix }: FieldProblem): Source {
  return { poll: async () => err({ tag: "NotFound", detail: `${field}: ${problem}`, fix }) };
}

function countReports(metrics: Metrics, polls: Pick<PollJournal, "note">): ActorObserver {
  return (source, report) => {
    switch (report.tag) {
      case "polled":
        polls.note(source, report.outcome, report.durationMs);
        return metrics.sourcePoll(source, report.outcome);
      case "applied":
        if (report.changed.length === 0) return;
        return metrics.propagation((report.durableAtMs - report.polledAtMs) / 1000);
      case "wrote":
        for (const [outcome, count] of Object.entries(report.outcomes))
          for (let edit = 0; edit < count; edit++) metrics.writeback(outcome);
        return;
      case "crashed":
        polls.note(source, "crashed", 0);
        return metrics.sourcePoll(source, "crashed");
    }
  };
}
