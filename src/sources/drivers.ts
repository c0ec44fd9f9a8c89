import type { SourceType } from "#contract/rest.ts";
import { createExternalDriver, type ExternalDriverOptions } from "./external/external-driver.ts";
import type { ConnectedAccounts } from "./google/connected-accounts.ts";
import { createGoogleDriver, type GoogleDriverOptions } from "./google/google-driver.ts";
import type { SourceDriver } from "./source.ts";

export interface DriverOptions {
  readonly google?: GoogleDriverOptions;
  readonly external?: ExternalDriverOptions;
}

/** What drivers get from the daemon that runs them. */
export interface DriverNeeds {
  readonly connected: ConnectedAccounts;
}

export type Drivers = ReadonlyMap<SourceType, SourceDriver>;

/** Every kind of source there is: a new kind is one folder and one line here. */
export function createDrivers(options: DriverOptions = {}): (needs: DriverNeeds) => Drivers {
  return ({ connected }) =>
    new Map<SourceType, SourceDriver>([
      ["googleSheet", createGoogleDriver({ ...options.google, connected })],
      ["external", createExternalDriver(options.external)],
    ]);
}
