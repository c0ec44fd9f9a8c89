import { type Program, staysRunning } from "../part.ts";
import { settingFlags } from "./own-daemon.ts";

export function addStart({ program, run }: Program): void {
  program
    .command("start")
    .summary("run the daemon here")
    .description(
      "Runs the daemon here until it gets a signal. Every setting is an option, such as --port 9000; docs/operations.md lists them. Ends with 0 after a signal, 2 for wrong settings, 3 where the data directory and 4 where the port cannot be used.",
    )
    .argument("[settings...]", "options of the daemon")
    .allowUnknownOption()
    .action((_settings, _options, command) =>
      run(command, async ({ options }) => {
        // Loaded only here: no other command needs the daemon's code.
        const { runDaemon } = await import("../../main.ts");
        await runDaemon([...settingFlags(options), ...command.args]);
        staysRunning(program);
      }),
    );
}
