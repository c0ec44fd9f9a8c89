/** A day with two hundred workbooks on one account and trouble of every kind, in virtual time. */
import type { Checker } from "./checkers/checker.ts";
import { converged } from "./checkers/converged.ts";
import { quotaKept } from "./checkers/quota-kept.ts";
import { sourceEqualsDocument } from "./checkers/source-equals-document.ts";
import type { SimOptions } from "./options.ts";
import { begin, look } from "./scene.ts";
import { storm } from "./storm.ts";
import { createWorld } from "./world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface DayResult {
  readonly problems: readonly string[];
  readonly lastSteps: readonly string[];
  readonly hours: number;
  readonly edits: number;
  readonly reads: number;
  readonly faults: number;
  readonly crashes: number;
  /** Refusals by Google's own count, besides those that the network made up. */
  readonly refusals: number;
  /** From the end of all trouble until every document was its workbook. */
  readonly calmMinutes: number;
}

export function dayOptions(workbooks: number, hours: number, hinted: boolean): SimOptions {
  return {
    workbooks,
    clients: 10,
    pollingIntervalMs: 2_000,
    stormMs: hours * HOUR_MS,
    editEveryMs: 30 * MINUTE_MS,
    hot: { workbooks: Math.ceil(workbooks / 20), editEveryMs: 20_000 },
    network: {
      delayMaxMs: 400,
      lost: 0.001,
      cut: 0.005,
      serverError: 0.01,
      tooMany: 0.002,
      truncated: 0.005,
    },
    links: { delayMaxMs: 200, cutEveryMs: 10 * MINUTE_MS, muteEveryMs: 30 * MINUTE_MS },
    disk: { commitMaxMs: 20, fullEveryMs: HOUR_MS },
    crashEveryMs: 3 * HOUR_MS,
    wallJumpEveryMs: hinted ? 0 : 4 * HOUR_MS,
    hinted,
  };
}

/** New tabs and formats of a workbook that nobody touches are found by looks that come hours apart. */
const CALM_MAX_MS = 6 * HOUR_MS;
const CALM_STEP_MS = 2 * MINUTE_MS;

const CHECKERS: readonly Checker[] = [sourceEqualsDocument, converged, quotaKept];

export async function runDay(seed: number, options: SimOptions): Promise<DayResult> {
  const world = createWorld(seed, options);
  await begin(world);
  await storm(world);
  let problems: readonly string[] = [];
  let calmMs = 0;
  for (; calmMs < CALM_MAX_MS; calmMs += CALM_STEP_MS) {
    await world.clock.advance(CALM_STEP_MS);
    if (!world.up) problems = ["no daemon is up"];
    else {
      const scene = await look(world);
      problems = CHECKERS.flatMap((checker) => checker(scene));
    }
    if (problems.length === 0) break;
  }
  const bugs = world.logs.filter(({ level }) => level === "error").map(({ message }) => `logged: ${message}`);
  const refused = world.refusals > 0 ? [`Google refused ${world.refusals} reads as too many`] : [];
  const counts = world.trace.counts();
  const result: DayResult = {
    problems: [...problems, ...bugs, ...refused],
    lastSteps: world.trace.last(),
    hours: options.stormMs / HOUR_MS,
    edits: counts.get("somebody") ?? 0,
    reads: world.requests.filter(({ path }) => path.startsWith("/v4/")).length,
    faults: counts.get("network") ?? 0,
    crashes: counts.get("daemon is killed") ?? 0,
    refusals: world.refusals,
    calmMinutes: calmMs / MINUTE_MS,
  };
  await world.close();
  return result;
}
