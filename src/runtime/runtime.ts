import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Net } from "./net.ts";
import type { Random } from "./random.ts";
import type { Resolver } from "./resolver.ts";

/** All that the daemon may ask of the world around it. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly net: Net;
  readonly resolver: Resolver;
  readonly logger: Logger;
}
