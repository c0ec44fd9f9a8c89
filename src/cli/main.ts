/** The command line of this process. */
import { version } from "../../package.json";
import { sleep } from "../runtime/clock.ts";
import { createSystemClock } from "../runtime/system-clock.ts";
import { ownDaemon } from "./local/own-daemon.ts";
import { createProgram, runProgram } from "./program.ts";
import type { Sink, World } from "./world.ts";

const COLUMNS = 80;

const clock = createSystemClock();
const world: World = {
  env: process.env,
  out: sink(process.stdout),
  err: sink(process.stderr),
  stdinText: () => Bun.stdin.text(),
  fetch: (url, init) => fetch(url, init),
  nowMs: clock.nowMs,
  sleep: (ms) => sleep(clock, ms),
  randomId: () => crypto.randomUUID(),
  ownDaemon,
  confirm(question) {
    if (!process.stdin.isTTY || !process.stderr.isTTY || process.env.CI) return null;
    return import("@clack/prompts").then(async ({ confirm }) => {
      const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
      return answer === true;
    });
  },
};

const code = await runProgram(createProgram(world, version), process.argv.slice(2), world);
if (code !== null) process.exit(code);

function sink(stream: NodeJS.WriteStream): Sink {
  // Who reads has had enough, as `head` has: there is nothing left to do.
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || COLUMNS;
    },
    write: (content) =>
      new Promise((resolve) => {
        stream.write(content, () => resolve());
      }),
  };
}
