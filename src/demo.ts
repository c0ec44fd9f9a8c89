import type { GoogleApp } from "./account-parts.ts";
import type { Daemon } from "./daemon.ts";
import type { DriverOptions } from "./sources/drivers.ts";

/** What the sample brings: where its Google is, and how its source is registered. */
export interface Demo {
  readonly endpoint: string;
  readonly gridUrl: string;
  readonly google: Omit<NonNullable<DriverOptions["sample"]>, "endpoint">;
  /** So that connecting an account can be tried without Google. */
  readonly googleApp: GoogleApp;
  register(daemon: Daemon): Promise<void>;
  stop(): Promise<void>;
}
