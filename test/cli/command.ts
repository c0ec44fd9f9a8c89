/** The command line as a process of its own, without a terminal. */
import { join, resolve } from "node:path";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { TEST_TOKEN, waitFor } from "../support/daemon-process.ts";

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

const root = resolve(import.meta.dir, "../..");
const SAMPLE_MS_MAX = 30_000;

export function spawnCommand(args: readonly string[], { env = {}, stdin, cwd = root }: RunOptions = {}) {
  return Bun.spawn([process.execPath, join(root, "src/cli/main.ts"), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdin: stdin === undefined ? "ignore" : Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
  });
}

export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = spawnCommand(args, options);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

/** Commands that ask a daemon as its administrator. */
export function commandsFor({ url }: Pick<DaemonProcess, "url">) {
  const env = { SHEETWIRE_URL: url, SHEETWIRE_TOKEN: TEST_TOKEN };
  return (...args: string[]): Promise<Run> => runCommand(args, { env });
}

/** Resolves once the sample's source has been read. */
export async function sampleRead({ url }: Pick<DaemonProcess, "url">): Promise<void> {
  const headers = { Authorization: `Bearer ${TEST_TOKEN}` };
  const isLive = async (): Promise<boolean> => {
    const response = await fetch(`${url}/datasources/demo/tabs/Price%20list/rows?limit=1`, { headers });
    return response.ok;
  };
  if (!(await waitFor(isLive, SAMPLE_MS_MAX))) throw new Error("the sample was not read in time");
}
