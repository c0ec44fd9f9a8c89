import completionOf from "@bomb.sh/tab/commander";
import type { Program } from "../part.ts";

/** Scripts for shells, and their questions; both from the commands as they are. */
export function addCompletion({ program }: Program): void {
  const completion = completionOf(program as never, { completionCommandName: "completion" });
  // One line in a list; the whole description is for --help.
  for (const one of program.commands) {
    const known = completion.commands.get(one.name());
    if (known && one.summary()) known.description = one.summary();
  }
  const command = program.commands.find((one) => one.name() === "completion");
  command
    ?.summary("script that completes commands in a shell")
    .description(
      "Prints a script for zsh, bash, fish or powershell that completes commands and options: `source <(sheetwire completion bash)`.",
    );
}
