/** The scheduler as it is, with the real Google source and an emulated Google, in virtual time. */
import type { Credentials } from "#contract/rest.ts";
import { ok } from "#contract/result.ts";
import { createEmulator, type Emulator } from "../../google-emulator/src/index.ts";
import { createFeeds } from "../../src/actors/pace/feeds.ts";
import { createTurns } from "../../src/actors/pace/turns.ts";
import { createSupervisor } from "../../src/actors/supervisor.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { sleep } from "../../src/runtime/clock.ts";
import type { Net } from "../../src/runtime/net.ts";
import { createGoogleDriver } from "../../src/sources/google/google-driver.ts";
import { createFakeDocuments } from "../../test/support/fake-documents.ts";
import { createTestRuntime } from "../../test/support/test-runtime.ts";
import type { VirtualClock } from "../../test/support/virtual-clock.ts";
import { createTally, type Tally } from "./tally.ts";
import type { Outcome, Trace } from "./trace.ts";

const ENDPOINT = "http://google.test";

export interface OursOptions {
  readonly warmUpMs: number;
  readonly readsPerMinute: number;
  /** Wished by every source. */
  readonly pollingIntervalMs: number;
  /** Of a request to Google, there and back. */
  readonly answerMs: number;
  /** drive: its feed is read; push: Drive calls; trigger: a script in each workbook calls. */
  readonly hints: "off" | "drive" | "push" | "trigger";
}

/** Between an edit and the call that it causes, on Google's side. */
const CALL_MS = 500;
/** How often the emulator is asked which calls Google makes. */
const CARRY_MS = 250;

export async function ours(trace: Trace, options: OursOptions): Promise<Outcome & { refused: number }> {
  const { runtime: world, clock } = createTestRuntime();
  const emulator = createEmulator({ nowMs: clock.nowMs, random: () => world.random.float() });
  const tally = createTally(trace, options.warmUpMs, clock);
  const runtime = { ...world, net: networkOf(emulator, tally, clock, options) };
  const driver = createGoogleDriver({ endpoint: ENDPOINT, quota: { readsPerUser: options.readsPerMinute } });
  const feeds = createFeeds({
    runtime,
    onCovered: (account, covered) => turns.cover(account, covered),
    ...(options.hints === "push" ? { push: { address: "https://daemon.test/hooks/google/drive" } } : {}),
  });
  const turns = createTurns({ ...runtime, feeds });
  const supervisor = createSupervisor({
    runtime,
    turns,
    documents: createFakeDocuments(),
    kv: createMemoryBackend().kv,
    openSource: (settings) => driver.open(settings, runtime),
    observe(source, report) {
      if (report.tag === "applied" && report.changed.length > 0) tally.seen(source, report.durableAtMs);
    },
  });
  const credentials: Credentials =
    options.hints === "drive" || options.hints === "push"
      ? { type: "serviceAccount", key: emulator.accounts.registerServiceAccount() }
      : { type: "apiKey", key: emulator.accounts.registerApiKey() };

  for (const { id, changesMs } of trace.workbooks) {
    emulator.addWorkbook({ id, title: id, tabs: [{ title: "A", rows: [["n"], [0]] }] });
    emulator.share(id, "anyone", "reader");
    const person = emulator.person(id);
    for (const [index, atMs] of changesMs.entries()) {
      clock.wakeAt(atMs, () => {
        person.setCell("A", "A2", index + 1);
        tally.made(id);
      });
      if (options.hints === "trigger") clock.wakeAt(atMs + CALL_MS, () => supervisor.wake(id));
    }
    const url = `${ENDPOINT}/spreadsheets/d/${id}/edit`;
    const { pollingIntervalMs: pollingInterval } = options;
    supervisor.start({ id, type: "googleSheet", url, credentials, pollingInterval });
  }
  const stopCarrying = options.hints === "push" ? carryPushes(emulator, clock, feeds) : () => {};
  await clock.advance(trace.lengthMs);
  stopCarrying();
  const closing = supervisor.close();
  await clock.advance(1_000);
  await closing;
  return tally.outcome();
}

function networkOf(emulator: Emulator, tally: Tally, clock: VirtualClock, { answerMs }: OursOptions): Net {
  return {
    async request(request) {
      await sleep(clock, answerMs / 2);
      const { status, headers, body } = emulator.handle(request);
      tally.asked(request.url, status);
      await sleep(clock, answerMs / 2);
      return ok({ status, headers, body: new TextEncoder().encode(body) });
    },
  };
}

function carryPushes(
  emulator: Emulator,
  clock: VirtualClock,
  feeds: Pick<ReturnType<typeof createFeeds>, "take">,
): () => void {
  let cancel = clock.wakeAt(clock.monotonicMs() + CARRY_MS, carry);
  function carry(): void {
    for (const { headers } of emulator.takePushes()) {
      clock.wakeAt(clock.monotonicMs() + CALL_MS, () => {
        feeds.take({
          channel: headers["x-goog-channel-id"]!,
          token: headers["x-goog-channel-token"]!,
          message: Number(headers["x-goog-message-number"]),
          state: headers["x-goog-resource-state"]!,
        });
      });
    }
    cancel = clock.wakeAt(clock.monotonicMs() + CARRY_MS, carry);
  }
  return () => cancel();
}
