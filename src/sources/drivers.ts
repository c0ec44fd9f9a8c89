import type { SourceType } from "#contract/rest.ts";
import { createGoogleDriver, type GoogleDriverOptions } from "./google/google-driver.ts";
import type { SourceDriver } from "./source.ts";

export interface DriverOptions {
  readonly google?: GoogleDriverOptions;
}

/** Every kind of source there is: a new kind is one folder and one line here. */
export function createDrivers(options: DriverOptions = {}): ReadonlyMap<SourceType, SourceDriver> {
  return new Map<SourceType, SourceDriver>([["googleSheet", createGoogleDriver(options.google)]]);
}
