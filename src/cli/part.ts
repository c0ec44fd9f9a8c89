import type { Command } from "@commander-js/extra-typings";
import type { Session } from "./session.ts";

/** What a command adds itself to. */
export interface Program {
  readonly program: Command;
  /** Runs `work` with the options of the command and of those above it. */
  run(command: Optioned, work: (session: Session) => Promise<void>): Promise<void>;
}

interface Optioned {
  optsWithGlobals(): object;
}

const running = new WeakSet<Command>();

/** The command is done, and what it started goes on. */
export function staysRunning(program: Command): void {
  running.add(program);
}

export function isRunning(program: Command): boolean {
  return running.has(program);
}
