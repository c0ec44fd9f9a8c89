import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Reads an option's whole number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads "90s", "15m", "12h", "30d" as seconds. */
export function duration(text: string): number {
  const [, count, unit = "s"] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  if (count !== undefined && Number(count) > 0) return Number(count) * UNITS[unit]!;
  throw new InvalidArgumentError("Give a time such as 90s, 15m, 12h or 30d.");
}

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** Reads "NAME=VALUE". */
export function pair(text: string, sign = "="): readonly [name: string, value: string] {
  const at = text.indexOf(sign);
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw new InvalidArgumentError(`Write NAME${sign}VALUE.`);
}
