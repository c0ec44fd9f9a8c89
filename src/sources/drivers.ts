import type { Credentials, ServiceAccountKey, SourceType } from "#contract/rest.ts";
import { createExternalDriver, type ExternalDriverOptions } from "./external/external-driver.ts";
import type { ConnectedAccounts } from "./google/connected-accounts.ts";
import { createGoogleDriver, type GoogleDriver, type GoogleDriverOptions } from "./google/google-driver.ts";
import type { SourceDriver, SourceSettings } from "./source.ts";

export interface DriverOptions {
  readonly google?: GoogleDriverOptions;
  /** The sample's Google: links to its own address go there, all others to Google itself. */
  readonly sample?: SampleOptions;
  readonly external?: ExternalDriverOptions;
}

export interface SampleOptions extends GoogleDriverOptions {
  readonly endpoint: string;
  readonly robot?: ServiceAccountKey;
  /** Addresses of service accounts that Google itself does not know. */
  readonly accounts?: readonly string[];
  /** People connect their accounts at the sample's Google: no app at Google's own is known. */
  readonly connects?: boolean;
}

/** What drivers get from the daemon that runs them. */
export interface DriverNeeds {
  readonly connected: ConnectedAccounts;
}

export type Drivers = ReadonlyMap<SourceType, SourceDriver>;

/** What makes workbooks; null where no driver does. */
export function workbookMaker(drivers: Drivers): WorkbookMaker | null {
  const google = drivers.get("googleSheet");
  return google && "workbooks" in google ? (google as GoogleDriver) : null;
}

export type WorkbookMaker = Pick<GoogleDriver, "checkMaker" | "workbooks" | "robot">;

/** Every kind of source there is: a new kind is one folder and one line here. */
export function createDrivers(options: DriverOptions = {}): (needs: DriverNeeds) => Drivers {
  return ({ connected }) =>
    new Map<SourceType, SourceDriver>([
      ["googleSheet", googleDriver(options, connected)],
      ["external", createExternalDriver(options.external)],
    ]);
}

function googleDriver({ google, sample }: DriverOptions, connected: ConnectedAccounts): GoogleDriver {
  const real = createGoogleDriver({ ...google, connected });
  if (!sample) return real;
  const emulated = createGoogleDriver({ ...sample, connected });
  const host = URL.parse(sample.endpoint)?.host;
  const driverOf = ({ url }: SourceSettings): SourceDriver =>
    URL.parse(url)?.host === host ? emulated : real;
  const { robot = null, accounts = [], connects = false } = sample;
  const isSample = (credentials: Credentials): boolean =>
    credentials.type === "account"
      ? connects
      : credentials.type === "serviceAccount" && accounts.includes(credentials.key.client_email);
  const makerOf = (credentials: Credentials): GoogleDriver => (isSample(credentials) ? emulated : real);
  return {
    ...real,
    robot,
    checkMaker: (credentials) => makerOf(credentials).checkMaker(credentials),
    workbooks: (credentials, ...rest) => makerOf(credentials).workbooks(credentials, ...rest),
    check: (settings) => driverOf(settings).check(settings),
    open: (settings, ...rest) => driverOf(settings).open(settings, ...rest),
  };
}
