/** What the LMDB tests run in a process of its own, to kill it or to starve it: `lmdb-worker.ts MODE DIR`. */
import { openLmdbBackend } from "../../src/backend/lmdb.ts";
import { systemRandom } from "../../src/runtime/system-random.ts";

/** What the worker's data are sealed with. */
const WORKER_ENCRYPTION = { masterKey: new Uint8Array(32).fill(7), random: systemRandom };

const [mode, dir] = Bun.argv.slice(2) as [string, string];
const opened = await openLmdbBackend({ dir, encryption: WORKER_ENCRYPTION });
if (!opened.ok) throw new Error(opened.error.words);
const { log, kv, close } = opened.value;
if (mode === "append") await append();
else await fillDisk();

/** Appends, compacts and puts until killed; prints each position once it was acknowledged. */
async function append(): Promise<void> {
  const writers = ["d1", "d2", "d3", "d4"].map(async (name) => {
    for (let turn = 0; ; turn++) {
      const result = await log.append(name, { update: new Uint8Array(turn % 2000), author: "a" });
      if (!result.ok) throw new Error("refused");
      process.stdout.write(`${name} ${result.value}\n`);
      if (turn % 50 === 49) await log.compact(name, result.value, Buffer.from(`1-${result.value}`));
    }
  });
  let last = (await kv.get<number>("key"))?.value ?? 0;
  for (;;) {
    await kv.put("key", ++last);
    process.stdout.write(`key ${last}\n`);
    if (last % 100 === 0) await Promise.race([...writers, Promise.resolve()]);
  }
}

/** Writes until the disk refuses, then tells whether all that was refused is absent and all else is there. */
async function fillDisk(): Promise<void> {
  const followed: number[] = [];
  log.follow("big", 0, ({ position }) => followed.push(position));
  let accepted = 0;
  let refused = 0;
  while (refused < 3 && accepted < 1000) {
    const [big, small] = await Promise.all([
      log.append("big", { update: new Uint8Array(50_000), author: "a" }),
      kv.put("count", accepted + 1),
    ]);
    if (big.ok !== small.ok) throw new Error("one commit, two outcomes");
    if (big.ok) accepted++;
    else refused++;
  }
  const stored = (await log.read("big", 0)).length;
  const half = stored - accepted + ((await kv.get<number>("count"))!.value - accepted);
  const told = followed.length === accepted && followed.at(-1) === accepted;
  // Somebody makes room: the same process goes on where it was.
  Bun.spawnSync(["prlimit", `--pid=${process.pid}`, "--fsize=unlimited"]);
  const after = await log.append("big", { update: new Uint8Array(50_000), author: "a", fence: accepted });
  const recovered = after.ok && after.value === accepted + 1;
  await close();
  process.stdout.write(JSON.stringify({ refused: refused > 0, half, told, recovered }));
}
