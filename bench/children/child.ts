/** A process of its own for each part of a benchmark, so that each one's CPU and memory are its own. */
import { resolve } from "node:path";

export interface Child {
  /** Sends a command and resolves to its answer; one at a time. */
  ask<T = null>(name: string, options?: object): Promise<T>;
  /** CPU of all its threads so far. */
  cpuMs(): Promise<number>;
  /** Bytes of its own, after a collection. */
  memory(): Promise<number>;
  watchMemory(): Promise<null>;
  /** The most since `watchMemory`. */
  peakMemory(): Promise<number>;
  end(): Promise<void>;
}

/** A command that takes longer than this has hung: the benchmark fails instead of waiting. */
const ANSWER_MS_MAX = 180_000;
const END_MS_MAX = 5_000;

/** Runs `file` of bench/, a .mjs one under Node and others under this Bun. */
export function startChild(file: string): Child {
  const path = resolve(import.meta.dir, "..", file);
  const command = file.endsWith(".mjs") ? ["node", "--expose-gc", path] : [process.execPath, path];
  const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const lines = readLines(child.stdout);

  async function ask<T>(name: string, options: object = {}): Promise<T> {
    child.stdin.write(`${JSON.stringify({ name, options })}\n`);
    await child.stdin.flush();
    const timer = setTimeout(() => child.kill("SIGKILL"), ANSWER_MS_MAX);
    const { value: line } = await lines.next();
    clearTimeout(timer);
    if (line === undefined) throw new Error(`${file} ended without answering "${name}"`);
    const answer = JSON.parse(line) as { value: T; error?: string };
    if (answer.error) throw new Error(`${file}, ${name}: ${answer.error}`);
    return answer.value;
  }

  return {
    ask,
    cpuMs: () => ask("cpuMs"),
    memory: () => ask("memory"),
    watchMemory: () => ask("watchMemory"),
    peakMemory: () => ask("peakMemory"),
    async end() {
      await child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), END_MS_MAX);
      await child.exited;
      clearTimeout(timer);
    },
  };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  return undefined;
}
