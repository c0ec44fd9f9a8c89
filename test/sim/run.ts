/** One simulated run: a start in good weather, a storm, and a calm in which everything must come right. */

import { createSeededRandom } from "../support/seeded-random.ts";
import type { Checker } from "./checkers/checker.ts";
import { converged } from "./checkers/converged.ts";
import { historyComplete } from "./checkers/history-complete.ts";
import { noEcho, traffic } from "./checkers/no-echo.ts";
import { quotaKept } from "./checkers/quota-kept.ts";
import { sourceEqualsDocument } from "./checkers/source-equals-document.ts";
import { noBlindOverwrite } from "./edits/no-blind-overwrite.ts";
import { noDoubleWrite } from "./edits/no-double-write.ts";
import { noLostEdit } from "./edits/no-lost-edit.ts";
import { rightRow } from "./edits/right-row.ts";
import { type Tally, tallyOf } from "./edits/tally.ts";
import { fairWeather } from "./fair.ts";
import { optionsFor, type SimOptions } from "./options.ts";
import { createPast } from "./past.ts";
import { begin, look } from "./scene.ts";
import { storm } from "./storm.ts";
import { createWorld, soon, type World } from "./world.ts";

export interface SimResult {
  readonly seed: number;
  readonly options: SimOptions;
  /** What the checkers found, empty for a good run. */
  readonly problems: readonly string[];
  readonly steps: number;
  readonly lastSteps: readonly string[];
  /** Absent where nobody edited. */
  readonly tally?: Tally;
  /** Equal for equal runs. */
  readonly fingerprint: string;
}

/** Past the longest backoff and the slowest stretched pace. */
const CALM_MAX_MS = 15 * 60_000;
const CALM_STEP_MS = 5_000;
/**
 * Number formats of equal values are seen with the next look at a workbook's structure; where polls want more reads than
 * there are, such looks get a twentieth of them.
 */
const SETTLE_MS = 20 * 60_000;
const QUIET_MS = 2 * 60_000;

/** After the end, until all that was on its way has arrived. */
const IN_FLIGHT_MS = 60_000;

const CHECKERS: readonly Checker[] = [
  sourceEqualsDocument,
  converged,
  quotaKept,
  noLostEdit,
  rightRow,
  noDoubleWrite,
  noBlindOverwrite,
];

export async function runSimulation(
  seed: number,
  options: SimOptions = optionsFor(createSeededRandom(seed).split("options")),
): Promise<SimResult> {
  const world = createWorld(seed, options);
  let problems: readonly string[];
  try {
    problems = await play(world);
  } catch (error) {
    problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  const { trace } = world;
  return {
    seed,
    options,
    problems,
    steps: trace.length,
    lastSteps: trace.last(),
    ...(world.editing ? { tally: tallyOf(world.editing) } : {}),
    fingerprint: trace.fingerprint(),
  };
}

async function play(world: World): Promise<readonly string[]> {
  await begin(world);
  const past = createPast(world);
  await storm(world);
  const problems = await calmDown(world);
  if (problems.length > 0) return problems;
  if (!world.editing) {
    await fairWeather(world);
    const more = await calmDown(world);
    if (more.length > 0) return more;
  }
  past.stop();
  await world.clock.advance(SETTLE_MS);
  const before = traffic(world);
  await world.clock.advance(QUIET_MS);
  const found = [...noEcho(before, traffic(world)), ...(await wrongWith(world)), ...bugs(world)];
  found.push(...(await historyComplete(world, (await look(world)).tabs, past)));
  await world.close();
  await world.clock.advance(IN_FLIGHT_MS);
  if (found.length === 0 && world.clock.pending() > 0) found.push(`${world.clock.pending()} timers are left`);
  return found;
}

async function wrongWith(world: World): Promise<string[]> {
  const scene = await look(world);
  return CHECKERS.flatMap((checker) => checker(scene));
}

/** Waits until nothing is wrong; what is wrong to the end is the run's fault. */
async function calmDown(world: World): Promise<readonly string[]> {
  let problems: readonly string[] = [];
  for (let waited = 0; waited < CALM_MAX_MS; waited += CALM_STEP_MS) {
    await world.clock.advance(CALM_STEP_MS);
    await askForReceipts(world);
    if (!world.up) problems = ["no daemon is up"];
    else problems = await wrongWith(world);
    if (problems.length === 0) return [];
  }
  return problems;
}

/** Programs without Yjs are not told; they ask. */
async function askForReceipts({ editing, clock }: World): Promise<void> {
  for (const poster of editing?.posters ?? []) await soon(poster.look(), clock).catch(() => {});
}

/** What the daemon itself calls a bug: no fault of the world may cause one. */
function bugs(world: World): string[] {
  return world.logs
    .filter(({ level }) => level === "error")
    .map(({ message, fields }) => `logged as an error: ${message} ${describe(fields.error ?? fields)}`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
}
