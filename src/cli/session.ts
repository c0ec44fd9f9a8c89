import { readFileSync } from "node:fs";
import { type Api, createApi } from "./api.ts";
import { Failure } from "./failure.ts";
import { createProgress, type Progress } from "./progress.ts";
import { findTarget } from "./target.ts";
import { createPaint, type Paint } from "./text.ts";
import type { TargetFlags, World } from "./world.ts";

/** Options that every command takes. */
export interface GlobalOptions extends TargetFlags {
  readonly json?: boolean;
  /** false: --no-color. */
  readonly color?: boolean;
}

/** One run of a command. */
export interface Session {
  readonly world: World;
  readonly options: GlobalOptions;
  /** The daemon; looked for when it is first asked for. */
  readonly api: Api;
  readonly json: boolean;
  /** Of standard output. */
  readonly paint: Paint;
  /** Characters in a line; endless off a terminal. */
  readonly width: number;
  readonly progress: Progress;
  /** The command's data: as JSON where that is asked for, else as `text` puts it. */
  print(data: unknown, text: () => string): Promise<void>;
  /** Said to people; left out with --json. */
  note(text: string): Promise<void>;
  /** Lets go on who said --yes or says so now; throws a Failure else. */
  agree(what: string, yes: boolean | undefined): Promise<void>;
}

export function openSession(world: World, options: GlobalOptions): Session {
  const { out, err } = world;
  const isColoured =
    out.isTerminal && options.color !== false && !world.env.NO_COLOR && world.env.TERM !== "dumb";
  let api: Api | null = null;
  const json = options.json ?? false;
  return {
    world,
    options,
    get api() {
      api ??= createApi(
        findTarget(options, world, (path) => readFileSync(path, "utf8")),
        world,
      );
      return api;
    },
    json,
    paint: createPaint(isColoured),
    width: out.isTerminal ? out.columns : Number.POSITIVE_INFINITY,
    progress: createProgress(err),
    print: (data, text) => out.write(json ? `${JSON.stringify(data, null, 2)}\n` : text()),
    async note(text) {
      if (!json) await err.write(`${text}\n`);
    },
    async agree(what, yes) {
      if (yes) return;
      const answer = world.confirm(what);
      if (answer === null) {
        throw new Failure("usage", {
          title: "Not confirmed",
          detail: `${what} Nobody is at a terminal to say so: give --yes.`,
        });
      }
      if (!(await answer))
        throw new Failure("failed", { title: "Not confirmed", detail: "Nothing was done." });
    },
  };
}
