/** What goes on while a run is stormy: people edit, and everything that may fail does. */
import type { SeededRandom } from "../support/seeded-random.ts";
import type { Editing } from "./edits/editing.ts";
import { actBesideEditors } from "./edits/people.ts";
import { act } from "./workload.ts";
import type { World } from "./world.ts";

const JOIN_EVERY_MS = 8_000;
const CLIENTS_MAX = 12;
const FULL_MAX_MS = 10_000;
const WALL_JUMP_MAX_MS = 120_000;

/** Lets the storm rage for as long as the options say, then ends all that is still wrong. */
export async function storm(world: World): Promise<void> {
  const { clock, options, trace, random, disk } = world;
  const stops: (() => void)[] = [];
  /** How far the wall clock is ahead. */
  let aheadMs = 0;
  world.net.rage();
  world.endanger(true);

  /** Runs `run` again and again, at random times `meanMs` apart on average; never for 0. */
  function every(name: string, meanMs: number, run: (random: SeededRandom) => void): void {
    if (meanMs === 0) return;
    const mine = random.split(name);
    let cancel = (): void => {};
    const next = (): void => {
      const waitMs = -Math.log(1 - mine.float()) * meanMs;
      cancel = clock.wakeAt(clock.monotonicMs() + waitMs, () => {
        next();
        run(mine);
      });
    };
    next();
    stops.push(() => cancel());
  }

  every("join", JOIN_EVERY_MS, (mine) => {
    // Edits documents are for their editors alone.
    const rooms = [...disk.logs.keys()].filter((name) => !name.includes("~")).sort();
    if (rooms.length === 0 || world.clients.length >= CLIENTS_MAX) return;
    const client = world.addClient(`reader-${world.clients.length}`, mine.pick(rooms));
    trace.note(`${client.name} joins ${client.room}`);
  });
  for (const [index, { source, person }] of world.workbooks.entries()) {
    const { hot } = options;
    const editEveryMs = hot && index < hot.workbooks ? hot.editEveryMs : options.editEveryMs;
    every(`person ${source}`, editEveryMs, (mine) => {
      const { editing } = world;
      const done = editing ? actBesideEditors(person, mine, editing.nextMark) : act(person, mine);
      editing?.witness.changed(source);
      trace.note(`somebody in ${source} ${done}`);
    });
  }
  every("crash", options.crashEveryMs, () => world.crash());
  every("disk", options.disk.fullEveryMs, (mine) => {
    trace.note("the disk is full");
    disk.refusal = "no space left on device";
    clock.wakeAt(clock.monotonicMs() + mine.float() * FULL_MAX_MS, () => {
      disk.refusal = null;
    });
  });
  every("cut", options.links.cutEveryMs, () => {
    if (world.links.cutOne()) trace.note("a socket is cut");
  });
  every("mute", options.links.muteEveryMs, () => {
    if (world.links.muteOne()) trace.note("a socket goes mute");
  });
  every("wall", options.wallJumpEveryMs, (mine) => {
    const ms = Math.floor((mine.float() * 2 - 1) * WALL_JUMP_MAX_MS);
    trace.note(`the wall clock jumps by ${ms} ms`);
    clock.jumpWall(ms);
    aheadMs += ms;
  });

  if (world.editing) letThemEdit(world, world.editing, every);

  await clock.advance(options.stormMs);
  for (const stop of stops) stop();
  for (const editor of world.editing?.editors ?? []) editor.setOnline(true);
  disk.refusal = null;
  // Google takes no signature of a machine whose clock is minutes off, and the daemon asks a person to set it.
  clock.jumpWall(-aheadMs);
  world.net.heal();
  world.endanger(false);
  world.links.heal();
  trace.note("the storm is over");
}

type Every = (name: string, meanMs: number, run: (random: SeededRandom) => void) => void;

const OFFLINE_MAX_MS = 15_000;

function letThemEdit({ clock, trace, options }: World, { editors, posters }: Editing, every: Every): void {
  const { wishEveryMs, offlineEveryMs } = options.editing!;
  for (const editor of editors) {
    every(editor.name, wishEveryMs, (mine) => {
      trace.note(`${editor.name} ${editor.wish(mine)}`);
    });
    every(`${editor.name} offline`, offlineEveryMs, (mine) => {
      trace.note(`${editor.name} goes offline`);
      editor.setOnline(false);
      clock.wakeAt(clock.monotonicMs() + mine.float() * OFFLINE_MAX_MS, () => editor.setOnline(true));
    });
  }
  for (const poster of posters) {
    every(poster.name, wishEveryMs * 2, (mine) => {
      poster.wish(mine).then(
        (what) => trace.note(`${poster.name} ${what}`),
        () => trace.note(`${poster.name} gets no answer`),
      );
    });
  }
}
