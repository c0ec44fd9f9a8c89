/**
 * The sample of `npm start`: an emulator of Google with a workbook that people can edit by hand, and the source that
 * follows it.
 */
import {
  createEmulator,
  GOOGLE_LIMITS,
  sampleWorkbook,
  serveEmulator,
} from "../google-emulator/src/index.ts";
import type { Daemon } from "../src/daemon.ts";
import type { Demo } from "../src/demo.ts";
import { keepWorkbook, keptWorkbook } from "./kept-workbook.ts";

export interface DemoOptions {
  readonly host: string;
  /** Wished for; any free one when it is taken. */
  readonly port: number;
  /** Where the workbook is kept between two starts. */
  readonly stateFile: string;
}

const WORKBOOK_ID = "sheetwire-sample-workbook";
/** Makes the workbooks of exports; apart from the account that edits the sample. */
const ROBOT = "exports@emulated-project.iam.gserviceaccount.com";
/** Once a second, so that an edit shows at once: five times what Google grants a user unless asked. */
const POLLING_INTERVAL_MS = 1_000;
const READS_PER_MINUTE = 300;

export async function startDemoWorkbook({ host, port, stateFile }: DemoOptions): Promise<Demo> {
  const emulator = createEmulator({
    nowMs: Date.now,
    random: Math.random,
    quota: { ...GOOGLE_LIMITS, readsPerUser: READS_PER_MINUTE },
  });
  emulator.addWorkbook({ ...(keptWorkbook(stateFile) ?? sampleWorkbook()), id: WORKBOOK_ID });
  emulator.share(WORKBOOK_ID, "anyone", "reader");
  const apiKey = emulator.accounts.registerApiKey();
  const robot = emulator.accounts.registerServiceAccount({ email: ROBOT });
  const key = emulator.accounts.registerServiceAccount();
  emulator.share(WORKBOOK_ID, key.client_email, "writer");
  const served = await serve(port);
  const stopKeeping = keepWorkbook(emulator, WORKBOOK_ID, apiKey, stateFile);
  const gridUrl = `${served.url}/workbook/${WORKBOOK_ID}`;

  async function serve(wished: number): ReturnType<typeof serveEmulator> {
    try {
      return await serveEmulator(emulator, { port: wished, hostname: host });
    } catch {
      return serveEmulator(emulator, { port: 0, hostname: host });
    }
  }

  return {
    endpoint: served.url,
    gridUrl,
    googleApp: { ...emulator.consents.registerClient(), endpoint: served.url },
    google: {
      quota: { readsPerUser: READS_PER_MINUTE },
      robot,
      accounts: [robot.client_email, key.client_email],
    },
    async register({ registry }: Daemon) {
      const body = { url: gridUrl, credentials: { type: "serviceAccount", key } };
      const known = await registry.get("demo");
      const done = known.ok
        ? await registry.update("demo", body)
        : await registry.register({
            ...body,
            id: "demo",
            name: "Sample workbook",
            description: "A shop's price list and a season's matches, in a spreadsheet of this machine.",
            type: "googleSheet",
            pollingInterval: POLLING_INTERVAL_MS,
            keyColumns: { "Price list": "SKU" },
            writable: true,
          });
      if (!done.ok) throw new Error(`the sample could not be registered: ${JSON.stringify(done.error)}`);
    },
    async stop() {
      stopKeeping();
      await served.stop();
    },
  };
}
