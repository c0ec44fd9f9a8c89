/** The real daemon as a process of its own, as `npm start` runs it. */
import { join, resolve } from "node:path";

export interface DaemonProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything it printed so far. */
  output(): string;
  /** Its exit code, once it has ended and all it printed is there. */
  readonly exited: Promise<number>;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<number>;
}

export interface DaemonOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A command and its arguments that start the daemon's command as another user, with other limits and the like. */
  readonly wrap?: readonly string[];
}

export const TEST_TOKEN = "test-admin-token-0123456789";
const root = resolve(import.meta.dir, "../..");
const START_MS_MAX = 30_000;

/** A port that was free a moment ago, below the ephemeral range so that no client socket takes it meanwhile. */
export function freePort(): number {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      Bun.serve({ port, hostname: "127.0.0.1", fetch: () => new Response() }).stop(true);
      return port;
    } catch {
      // Taken: another one.
    }
  }
}

/** Resolves once it says that it is running; rejects with its output when it ends before. */
export async function startDaemon(options: DaemonOptions): Promise<DaemonProcess> {
  const daemon = spawnDaemon(options);
  let ended = false;
  void daemon.exited.then(() => {
    ended = true;
  });
  const running = await waitFor(() => ended || daemon.output().includes("is running."), START_MS_MAX);
  if (!running || ended) {
    await daemon.kill("SIGKILL");
    throw new Error(`the daemon did not start:\n${daemon.output()}`);
  }
  return daemon;
}

/** Only starts the process: to watch it fail, or to kill it on its way. */
export function spawnDaemon({ dataDir, port, env = {}, wrap = [] }: DaemonOptions): DaemonProcess {
  const child = Bun.spawn([...wrap, process.execPath, join(root, "src/main.ts")], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      SHEETWIRE_DATA_DIR: dataDir,
      SHEETWIRE_PORT: String(port),
      SHEETWIRE_ADMIN_TOKEN: TEST_TOKEN,
      ...env,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  const ended = Promise.all([child.exited, collect(child.stdout), collect(child.stderr)]);
  const exited = ended.then(([code]) => code);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    output: () => text,
    exited,
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** Looks every few milliseconds until `condition` holds; false when it did not within `ms`. */
export async function waitFor(condition: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() > deadline) return false;
    await Bun.sleep(5);
  }
}
