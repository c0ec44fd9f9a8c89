/** After a storm in which a source may never have been read people go on in fair weather, with a crash between. */
import { act } from "./workload.ts";
import type { World } from "./world.ts";

const ROUNDS = 6;
/** Past a poll, whatever the pace. */
const ROUND_MS = 20_000;

export async function fairWeather(world: World): Promise<void> {
  const { random, workbooks, clock, trace } = world;
  for (let round = 0; round < ROUNDS; round++) {
    for (const { source, person } of workbooks) {
      const mine = random.split(`fair ${source} ${round}`);
      for (let acts = 1 + mine.int(3); acts > 0; acts--)
        trace.note(`somebody in ${source} ${act(person, mine)}`);
    }
    await clock.advance(ROUND_MS);
    if (round === ROUNDS >> 1 && world.options.crashEveryMs > 0) world.crash();
  }
}
