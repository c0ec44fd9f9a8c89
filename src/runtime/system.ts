import type { Runtime } from "./runtime.ts";
import { createSystemClock } from "./system-clock.ts";
import { createSystemLogger, type LogLevel } from "./system-logger.ts";
import { createSystemNet } from "./system-net.ts";
import { systemRandom } from "./system-random.ts";
import { createSystemResolver } from "./system-resolver.ts";

/** The world as it is: system time, the operating system's randomness, the network, logs on standard output. */
export function createSystemRuntime({ logLevel }: { readonly logLevel: LogLevel }): Runtime {
  const clock = createSystemClock();
  return {
    clock,
    random: systemRandom,
    net: createSystemNet(clock),
    resolver: createSystemResolver(clock),
    logger: createSystemLogger({ level: logLevel, clock }),
  };
}
