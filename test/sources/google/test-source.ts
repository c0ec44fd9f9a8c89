import { generateKeyPairSync } from "node:crypto";
import { createGoogleDriver, type GoogleDriverOptions } from "../../../src/sources/google/google-driver.ts";
import type {
  PollResult,
  Revision,
  Source,
  SourceError,
  SourceSettings,
} from "../../../src/sources/source.ts";
import { createTestRuntime, type TestRuntime } from "../../support/test-runtime.ts";
import { createFakeGoogle, type FakeGoogle, type FakeTab } from "./fake-google.ts";

/** Made once: a key takes a tenth of a second. */
const PRIVATE_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

export const ENDPOINT = "http://google.test";
export const EMAIL = "robot@project.iam.gserviceaccount.com";
export const WORKBOOK_ID = "1abcdefghijklmnopqrstuvwxyz_0123456789-ABCDE";

/** Settings with a service account, as the registry hands them over. */
export function settings(more: Partial<SourceSettings> = {}): SourceSettings {
  return {
    id: "prices",
    type: "googleSheet",
    url: `https://docs.google.com/spreadsheets/d/${WORKBOOK_ID}/edit#gid=0`,
    credentials: { type: "serviceAccount", key: { client_email: EMAIL, private_key: PRIVATE_KEY } },
    ...more,
  };
}

export interface TestSource extends TestRuntime {
  readonly google: FakeGoogle;
  readonly source: Source;
  /** Polls with the revision of the last good poll, which it keeps like an actor does. */
  poll(): Promise<PollResult>;
  /** Polls and expects an error. */
  fail(): Promise<SourceError>;
  revision: Revision | null;
}

export function createTestSource(
  tabs: FakeTab[],
  { wanted = {}, driver = {} }: { wanted?: Partial<SourceSettings>; driver?: GoogleDriverOptions } = {},
): TestSource {
  const google = createFakeGoogle(...tabs);
  const test = createTestRuntime({ net: google.net });
  const source = createGoogleDriver({ endpoint: ENDPOINT, ...driver }).open(settings(wanted), test.runtime);
  const { signal } = new AbortController();
  const made: TestSource = {
    ...test,
    google,
    source,
    revision: null,
    async poll() {
      const result = await source.poll(made.revision, signal);
      if (!result.ok) throw new Error(`the poll failed: ${JSON.stringify(result.error)}`);
      if (result.value.tag !== "Pending") made.revision = result.value.revision;
      return result.value;
    },
    async fail() {
      const result = await source.poll(made.revision, signal);
      if (result.ok) throw new Error(`the poll did not fail: ${JSON.stringify(result.value)}`);
      return result.error;
    },
  };
  return made;
}

/** The snapshot of a poll that must have brought one. */
export function changed(result: PollResult) {
  if (result.tag !== "Changed") throw new Error(`nothing changed: ${result.tag}`);
  return result.snapshot;
}
