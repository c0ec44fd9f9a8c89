import type { Program } from "../part.ts";
import { facts } from "../text.ts";
import { ownSettings, ownUrl } from "./own-daemon.ts";

export function addCheck({ program, run }: Program): void {
  program
    .command("check")
    .summary("look at the daemon's settings without starting it")
    .description(
      "Looks at the settings that `start` would have and tells all mistakes at once; starts nothing. No secret is shown, only whether it is set.",
    )
    .argument("[settings...]", "options of the daemon, as for start")
    .allowUnknownOption()
    .action((_settings, _options, command) =>
      run(command, async (session) => {
        const config = ownSettings(session.options, command.args);
        const isSet = (value: unknown): string => (value === null ? "not set" : "set");
        const shown = {
          url: ownUrl(config),
          dataDir: config.dataDir,
          publicUrl: config.publicUrl,
          demo: config.demo,
          logLevel: config.logLevel,
          googleEndpoint: config.googleEndpoint,
          origins: config.origins,
          secrets: {
            adminToken: isSet(config.adminToken),
            masterKey: isSet(config.masterKey),
            googleClientSecret: isSet(config.googleClientSecret),
            jwtSecret: isSet(config.jwtSecret),
          },
          limits: config.limits,
        };
        const { limits, secrets, origins, ...plain } = shown;
        const texts = Object.entries({ ...plain, ...secrets }).map(([name, value]) => [
          name,
          String(value ?? "not set"),
        ]);
        await session.print({ ok: true, ...shown }, () =>
          facts({ ...Object.fromEntries(texts), origins: origins.join(", ") || "none" }, session.paint),
        );
        await session.note(session.paint.green("The settings are good."));
      }),
    );
}
