import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { addCompletion } from "./commands/completion.ts";
import { addConflicts } from "./commands/conflicts.ts";
import { addExport } from "./commands/export.ts";
import { addGet } from "./commands/get.ts";
import { addSet } from "./commands/set.ts";
import { addSources } from "./commands/sources.ts";
import { addTail } from "./commands/tail.ts";
import { addTokens } from "./commands/tokens.ts";
import { addTypes } from "./commands/types.ts";
import { EXIT, Failure, failureJson, failureText } from "./failure.ts";
import { addBackup } from "./local/backup.ts";
import { addCheck } from "./local/check.ts";
import { addDoctor } from "./local/doctor.ts";
import { addRestore } from "./local/restore.ts";
import { addStart } from "./local/start.ts";
import { isRunning, type Program } from "./part.ts";
import { type GlobalOptions, openSession } from "./session.ts";
import type { World } from "./world.ts";

export function createProgram(world: World, version: string): Command {
  const program = new Command("sheetwire")
    .description("Live tables from spreadsheets and feeds: runs the daemon, and asks it.")
    .version(version)
    .addOption(new Option("--url <url>", "where the daemon is (SHEETWIRE_URL)"))
    .addOption(
      new Option("--token <token>", "its token; others on this machine can read it (SHEETWIRE_TOKEN)"),
    )
    .addOption(new Option("--token-file <file>", "a file that holds the token"))
    .addOption(new Option("--data-dir <dir>", "data directory of the daemon of this machine"))
    .addOption(new Option("--config <file>", "its YAML file"))
    .addOption(new Option("--json", "data as JSON, failures as problem details on standard error"))
    .addOption(new Option("--no-color", "without colours (NO_COLOR)"))
    .addHelpText("after", exitCodesHelp())
    .showHelpAfterError("Try the command with --help.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void world.out.write(text),
      // Said once the exit code is known, as text or as JSON.
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => (world.out.isTerminal ? world.out.columns : 100),
      getOutHasColors: () => world.out.isTerminal && !world.env.NO_COLOR,
    });
  const parts: Program = {
    program: program as unknown as Command,
    run: (command, work) => work(openSession(world, command.optsWithGlobals() as GlobalOptions)),
  };
  addStart(parts);
  addCheck(parts);
  addSources(parts);
  addGet(parts);
  addSet(parts);
  addTail(parts);
  addTypes(parts);
  addTokens(parts);
  addConflicts(parts);
  addExport(parts);
  addBackup(parts);
  addRestore(parts);
  addDoctor(parts);
  addCompletion(parts);
  return parts.program;
}

/** Runs one command line; the exit code, or null where the process goes on by itself. */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  world: World,
): Promise<number | null> {
  try {
    await program.parseAsync([...argv], { from: "user" });
    return isRunning(program) ? null : EXIT.ok.code;
  } catch (cause) {
    const failure = failureOf(cause);
    if (failure === null) return EXIT.ok.code;
    if (cause instanceof CommanderError && cause.code === "commander.help" && !wantsJson(argv)) {
      await world.err.write(commandOf(program, argv).helpInformation());
      return EXIT.usage.code;
    }
    await world.err.write(`${wantsJson(argv) ? failureJson(failure) : failureText(failure)}\n`);
    return EXIT[failure.exit].code;
  }
}

/** Null for what is no failure: help and the version. */
function failureOf(cause: unknown): Failure | null {
  if (cause instanceof Failure) return cause;
  if (!(cause instanceof CommanderError)) throw cause;
  if (cause.exitCode === 0) return null;
  const shown =
    cause.code === "commander.help" ? "A command is missing here: try it with --help." : cause.message;
  return new Failure("usage", { title: "The command line is wrong", detail: shown.replace(/^error: /, "") });
}

/** Known before anything is parsed: mistakes of the command line are told in it, too. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes("--json");
}

/** The group that was named without a command. */
function commandOf(program: Command, argv: readonly string[]): Command {
  const group = program.commands.find(({ commands }) =>
    commands.some((one) => argv.includes(one.parent!.name())),
  );
  return (group as Command | undefined) ?? program;
}

function exitCodesHelp(): string {
  const lines = Object.values(EXIT).map(({ code, means }) => `  ${code}  ${means}`);
  return `\nExit codes:\n${lines.join("\n")}\n`;
}
