import type { Argument, Command, Option } from "@commander-js/extra-typings";
import { EXIT } from "./failure.ts";

/** docs/cli.md, made of the commands as they are. */
export function createReference(program: Command): string {
  return [
    "# The command line",
    "<!-- Made by `npm run cli-docs`: change the commands, then run it again. -->",
    "From a clone: `npx sheetwire ...`, or `node bin/sheetwire.mjs ...` from any directory.",
    "Standard output is data alone; what is said to people goes to standard error. With `--json` the data are JSON and a failure is one line of problem details (RFC 9457) with its `exitCode` on standard error. Off a terminal nothing is asked, coloured or animated; what destroys needs `--yes` there.",
    "The daemon is where `--url` says, else `SHEETWIRE_URL`, else where the settings of this machine's daemon say. The token is that of `--token`, `--token-file` or `SHEETWIRE_TOKEN`, else the administrator's in the data directory.",
    "## Exit codes",
    exitCodes(),
    "`start` ends with 0 after a signal, 2 for wrong settings, 3 where the data directory and 4 where the port cannot be used.",
    "## Options of every command",
    optionsOf(program),
    ...commandsOf(program, program.name()),
  ]
    .filter((part) => part !== "")
    .map((part) => `${part}\n`)
    .join("\n");
}

/** Its columns aligned, as the formatter of this project wants them. */
function exitCodes(): string {
  const codes = Object.values(EXIT);
  const width = Math.max(...codes.map(({ means }) => means.length));
  return [
    `| code | ${"meaning".padEnd(width)} |`,
    `| ---- | ${"-".repeat(width)} |`,
    ...codes.map(({ code, means }) => `| ${String(code).padEnd(4)} | ${means.padEnd(width)} |`),
  ].join("\n");
}

function commandsOf(parent: Command, prefix: string): string[] {
  return visible(parent).flatMap((command) => {
    const name = `${prefix} ${command.name()}`;
    if (visible(command).length > 0) return commandsOf(command, name);
    const usage = [name, ...command.registeredArguments.map(argumentUsage)].join(" ");
    const options = optionsOf(command);
    return [
      `## ${name}`,
      command.description(),
      `    ${usage}${options === "" ? "" : " [options]"}`,
      argumentsOf(command),
      options,
    ];
  });
}

function visible(command: Command): readonly Command[] {
  return command.commands.filter((one) => !["help", "complete"].includes(one.name())) as unknown as Command[];
}

function argumentUsage(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentsOf({ registeredArguments }: Command): string {
  return registeredArguments.map((one) => `- \`${one.name()}\`: ${one.description}`).join("\n");
}

function optionsOf({ options }: Command): string {
  return (options as readonly Option[])
    .map((one) => `- \`${one.flags}\`: ${one.description}${notes(one)}`)
    .join("\n");
}

function notes({ argChoices, defaultValue }: Option): string {
  const chosen = argChoices ? `; one of ${argChoices.join(", ")}` : "";
  const isPlain = typeof defaultValue === "string" || typeof defaultValue === "number";
  return `${chosen}${isPlain ? `; ${defaultValue} unless given` : ""}`;
}
