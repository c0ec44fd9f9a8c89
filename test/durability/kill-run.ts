/**
 * Kills the real daemon with SIGKILL again and again, at random moments of its start and of its work, while people
 * change workbooks and clients listen; after each start it compares what clients ever received with what is there.
 */
import type { DaemonProcess } from "../support/daemon-process.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { tempDir } from "../support/temp-dir.ts";
import { createStage } from "./stage.ts";

export interface KillOptions {
  readonly rounds: number;
  readonly seed: string;
  readonly onRound?: (figures: KillFigures) => void;
}

export interface KillFigures {
  rounds: number;
  killedWhileStarting: number;
  killedWhileWorking: number;
  /** Values that people typed. */
  typed: number;
  /** Updates that clients received and that were found again. */
  received: number;
  /** Median time from the start of the process to its first ready answer. */
  readyMs: number;
}

/** Of all rounds: those killed on their way up, and those in whose beginning the source does not answer. */
const WHILE_STARTING_SHARE = 0.3;
const SOURCE_DOWN_SHARE = 0.3;
const CONVERGE_EVERY = 5;
/** About twice a start, so that a kill hits any of its parts and the first polls. */
const START_KILL_MS = 600;
const WORK_KILL_MS = 1_500;

/** Throws at the first thing that is not as it should be. */
export async function killAgainAndAgain({ rounds, seed, onRound }: KillOptions): Promise<KillFigures> {
  const random = createSeededRandom(seed);
  using dir = tempDir();
  const stage = await createStage(seed);
  const { workbooks, watches } = stage;
  const figures = {
    rounds: 0,
    killedWhileStarting: 0,
    killedWhileWorking: 0,
    typed: 0,
    received: 0,
    readyMs: 0,
  };
  const startsMs: number[] = [];
  const compare = async (): Promise<void> => {
    for (const watch of watches) figures.received += await watch.check();
    workbooks.down(false);
  };

  try {
    let daemon = stage.start({ dataDir: dir.path });
    await stage.ready(daemon);
    await stage.register(daemon);
    workbooks.shake();
    for (; figures.rounds < rounds; figures.rounds++) {
      if (random.float() < WHILE_STARTING_SHARE && figures.rounds > 0) {
        await Bun.sleep(random.float() * START_KILL_MS);
        figures.killedWhileStarting++;
      } else {
        startsMs.push(await stage.ready(daemon));
        await compare();
        if (figures.rounds % CONVERGE_EVERY === 0) await stage.converge();
        await Bun.sleep(random.float() * WORK_KILL_MS);
        figures.killedWhileWorking++;
      }
      await kill(daemon);
      for (const watch of watches) await watch.seal();
      workbooks.down(random.float() < SOURCE_DOWN_SHARE);
      daemon = stage.start({ dataDir: dir.path });
      figures.typed = workbooks.typed;
      figures.readyMs = median(startsMs);
      onRound?.(figures);
    }
    await stage.ready(daemon);
    await compare();
    await stage.converge();
    return figures;
  } finally {
    await stage.end();
  }
}

/** Rejects when the daemon met a bug of its own. */
export async function kill(daemon: DaemonProcess): Promise<void> {
  await daemon.kill("SIGKILL");
  // Failing sources are warnings; an error is a bug.
  const error = /^.*"level":"(error|fatal)".*$/m.exec(daemon.output())?.[0];
  if (error) throw new Error(`the daemon logged an error: ${error}`);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
