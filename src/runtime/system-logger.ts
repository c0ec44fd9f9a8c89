import { pino } from "pino";
import type { Clock } from "./clock.ts";
import type { LogFields, Logger } from "./logger.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * One JSON object a line on standard output: level, time (ISO 8601), message, then the fields. Written in process
 * and synchronously: few lines are written, and the last ones before a crash are those that matter.
 */
export function createSystemLogger(options: {
  readonly level: LogLevel;
  readonly clock: Pick<Clock, "nowMs">;
  /** Where lines go instead of standard output. */
  readonly write?: (line: string) => void;
}): Logger {
  const { level, clock, write } = options;
  const destination = write ? { write } : pino.destination({ dest: 1, sync: true });
  const settings: pino.LoggerOptions = {
    level,
    base: null,
    messageKey: "message",
    timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  };
  return wrap(pino(settings, destination));
}

function wrap(logger: pino.Logger): Logger {
  const at = (level: "debug" | "info" | "warn" | "error") => (message: string, fields?: LogFields) => {
    if (logger.isLevelEnabled(level)) logger[level](clean(fields ?? {}), message);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(logger.child(clean(fields))),
  };
}

/** Ends of field names, without case, "-" and "_", whose values are secrets. */
const SECRET_NAME =
  /(token|secret|password|passwd|passphrase|authorization|cookie|apikey|privatekey|masterkey|encryptionkey|credentials?|assertion)$/;

/** Deeper is cut off: a log line is no dump, and a cycle must end somewhere. */
const DEPTH_MAX = 6;

function clean(fields: LogFields): Record<string, unknown> {
  return cleanObject(fields, 0);
}

function cleanObject(object: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      isSecret(name, value) ? "[redacted]" : cleanValue(value, depth + 1),
    ]),
  );
}

function isSecret(name: string, value: unknown): boolean {
  const harmless =
    value === null || value === undefined || typeof value === "boolean" || typeof value === "number";
  return !harmless && SECRET_NAME.test(name.toLowerCase().replaceAll(/[-_]/g, ""));
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (depth >= DEPTH_MAX) return "[deeper]";
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1));
  return cleanObject(value, depth);
}
