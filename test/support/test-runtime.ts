import type { LogFields, Logger } from "../../src/runtime/logger.ts";
import type { Net } from "../../src/runtime/net.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { createFakeNet } from "./fake-net.ts";
import { createFakeResolver, type FakeResolver } from "./fake-resolver.ts";
import { createSeededRandom, type SeededRandom } from "./seeded-random.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

export interface TestRuntime {
  readonly runtime: Runtime;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly resolver: FakeResolver;
  /** Every line logged so far, children's fields merged in. */
  readonly logs: LogLine[];
}

/** A runtime whose time, randomness and network belong to the test. Without `net` nothing can be reached. */
export function createTestRuntime({
  seed = 1,
  net,
  startMs,
}: {
  seed?: number | string;
  net?: Net;
  startMs?: number;
} = {}): TestRuntime {
  const clock = createVirtualClock(startMs === undefined ? {} : { startMs });
  const random = createSeededRandom(seed);
  const logs: LogLine[] = [];
  const resolver = createFakeResolver();
  const runtime: Runtime = {
    clock,
    random,
    net: net ?? createFakeNet(undefined, clock),
    resolver,
    logger: captureLogger(logs, {}),
  };
  return { runtime, clock, random, resolver, logs };
}

function captureLogger(lines: LogLine[], context: LogFields): Logger {
  const write = (level: LogLine["level"]) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, fields: { ...context, ...fields } });
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => captureLogger(lines, { ...context, ...fields }),
  };
}
