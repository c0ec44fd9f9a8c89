/** The scheduler as it is, with the real Google source and an emulated Google, in virtual time. */

import { ok } from "#contract/result.ts";
import { createEmulator } from "../../google-emulator/src/index.ts";
import { createSupervisor } from "../../src/actors/supervisor.ts";
import { createMemoryBackend } from "../../src/backend/memory.ts";
import { sleep } from "../../src/runtime/clock.ts";
import type { Net, NetRequest, NetResponse } from "../../src/runtime/net.ts";
import { createGoogleDriver } from "../../src/sources/google/google-driver.ts";
import { createFakeDocuments } from "../../test/support/fake-documents.ts";
import { createTestRuntime } from "../../test/support/test-runtime.ts";
import type { Detection, Outcome, Trace, WorkbookTrace } from "./trace.ts";

const ENDPOINT = "http://google.test";

export interface OursOptions {
  readonly warmUpMs: number;
  readonly readsPerMinute: number;
  /** Wished by every source. */
  readonly pollingIntervalMs: number;
  /** Of a request to Google, there and back. */
  readonly answerMs: number;
}

interface Book extends WorkbookTrace {
  made: number;
  /** Changes that the last read of its values has seen, and those durable here. */
  read: number;
  seen: number;
}

export async function ours(trace: Trace, options: OursOptions): Promise<Outcome & { refused: number }> {
  const books = new Map<string, Book>(
    trace.workbooks.map((workbook) => [workbook.id, { ...workbook, made: 0, read: 0, seen: 0 }]),
  );
  const detections: Detection[] = [];
  let [reads, found, refused] = [0, 0, 0];
  const { runtime: world, clock } = createTestRuntime();
  const emulator = createEmulator({ nowMs: clock.nowMs, random: () => world.random.float() });
  const net: Net = {
    async request(request) {
      await sleep(clock, options.answerMs / 2);
      const answer = emulator.handle(request);
      if (answer.status === 429) refused++;
      if (clock.monotonicMs() >= options.warmUpMs && request.url.includes("/v4/")) reads++;
      noteRead(request);
      await sleep(clock, options.answerMs / 2);
      return ok(toNet(answer));
    },
  };

  function noteRead({ url }: NetRequest): void {
    const id = /\/v4\/spreadsheets\/([^/:?]+)\/values:batchGet/.exec(url)?.[1];
    const book = id === undefined ? undefined : books.get(id);
    if (book) book.read = book.made;
  }

  const driver = createGoogleDriver({ endpoint: ENDPOINT, quota: { readsPerUser: options.readsPerMinute } });
  const runtime = { ...world, net };
  const supervisor = createSupervisor({
    runtime,
    documents: createFakeDocuments(),
    kv: createMemoryBackend().kv,
    openSource: (settings) => driver.open(settings, runtime),
    observe(source, report) {
      if (report.tag !== "applied" || report.changed.length === 0) return;
      const book = books.get(source)!;
      if (report.durableAtMs >= options.warmUpMs) found++;
      for (; book.seen < book.read; book.seen++) {
        const madeMs = book.changesMs[book.seen]!;
        if (madeMs < options.warmUpMs) continue;
        detections.push({ hot: book.hot, delayMs: report.durableAtMs - madeMs });
      }
    },
  });

  const apiKey = emulator.accounts.registerApiKey();
  for (const book of books.values()) {
    emulator.addWorkbook({ id: book.id, title: book.id, tabs: [{ title: "A", rows: [["n"], [0]] }] });
    emulator.share(book.id, "anyone", "reader");
    const person = emulator.person(book.id);
    for (const atMs of book.changesMs) {
      clock.wakeAt(atMs, () => person.setCell("A", "A2", ++book.made));
    }
  }
  for (const { id } of books.values()) {
    supervisor.start({
      id,
      type: "googleSheet",
      url: `${ENDPOINT}/spreadsheets/d/${id}/edit`,
      apiKey,
      pollingInterval: options.pollingIntervalMs,
    });
  }
  await clock.advance(trace.lengthMs);
  const closing = supervisor.close();
  await clock.advance(1_000);
  await closing;
  return { detections, reads, found, refused };
}

function toNet({
  status,
  headers,
  body,
}: {
  status: number;
  headers: Record<string, string>;
  body: string;
}): NetResponse {
  return { status, headers, body: new TextEncoder().encode(body) };
}
