/** Sends hostile frames to a sync server in process and checks what becomes of each, and of everybody else. */
import { heapStats } from "bun:jsc";
import * as Y from "yjs";
import { syncStep1Frame } from "#contract/frames.ts";
import { createHostileFrames, type HostileFrame } from "./hostile-frames.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { createSyncStage, type StageClient, type SyncStage } from "./sync-stage.ts";

export interface FuzzResult {
  readonly frames: number;
  readonly sessions: number;
  /** How often sessions ended with each code; "open" where they did not. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What should not be; empty when all is well. */
  readonly problems: readonly string[];
  /** Live heap after a garbage collection, when a tenth was sent and at the end. */
  readonly heapBytes: { readonly early: number; readonly late: number };
  /** The slowest batch of frames, divided by its frames. */
  readonly slowestBatchMsPerFrame: number;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly frames: number;
  readonly onProgress?: (frames: number) => void;
}

/** Sessions at once; each sends until it is closed or has sent its share. */
const BATCH = 200;
const FRAMES_PER_SESSION = 2;
/** After so many the rest would only repeat them. */
const PROBLEMS_MAX = 20;

export async function fuzzFrames({ seed, frames, onProgress }: FuzzOptions): Promise<FuzzResult> {
  const stage = await createSyncStage();
  await stage.write([["x", 1]]);
  await stage.write([["x", 2]]);
  const next = createHostileFrames(createSeededRandom(seed), stage.document.stateVector());
  const witness = await join(stage);
  const before = { position: stage.document.position, stateVector: stage.document.stateVector() };
  const problems: string[] = [];
  const outcomes: Record<string, number> = {};
  const early = { atFrames: frames / 10, bytes: 0 };
  let [sent, sessions, slowest] = [0, 0, 0];

  while (sent < frames && problems.length < PROBLEMS_MAX) {
    const startMs = performance.now();
    const sentBefore = sent;
    const clients = Array.from({ length: BATCH }, () => stage.dial({ follows: false }));
    sessions += BATCH;
    // One in four does not wait until its document is loaded.
    sent += await volley(stage, clients.slice(0, BATCH / 4), next, problems);
    for (let round = 0; round < FRAMES_PER_SESSION; round++)
      sent += await volley(stage, clients, next, problems);
    for (const client of clients) {
      const code = String(client.closed?.code ?? "open");
      outcomes[code] = (outcomes[code] ?? 0) + 1;
      if (!client.closed) client.hangUp();
    }
    await stage.clock.advance(100);
    slowest = Math.max(slowest, (performance.now() - startMs) / Math.max(1, sent - sentBefore));
    if (witness.closed) problems.push(`the witness was closed with ${witness.closed.code}`);
    witness.frames.length = 0;
    if (early.bytes === 0 && sent >= early.atFrames) early.bytes = liveHeap();
    onProgress?.(sent);
  }

  if (stage.server.sessions !== 1)
    problems.push(`${stage.server.sessions} sessions are open, not the witness alone`);
  if (stage.document.position !== before.position) problems.push("something was written to the log");
  if (!Bun.deepEquals(stage.document.stateVector(), before.stateVector))
    problems.push("the document changed");
  await stage.write([["x", "after all"]]);
  if (!Bun.deepEquals(Y.encodeStateVector(witness.doc), stage.document.stateVector())) {
    problems.push("the witness missed what was written afterwards");
  }
  const late = liveHeap();
  return {
    frames: sent,
    sessions,
    outcomes,
    problems,
    heapBytes: { early: early.bytes, late },
    slowestBatchMsPerFrame: slowest,
  };
}

async function join(stage: SyncStage): Promise<StageClient> {
  const client = stage.dial();
  client.send(syncStep1Frame(Y.encodeStateVector(client.doc)));
  await stage.clock.settle();
  return client;
}

/** A frame from each client that is still there; resolves to their number. */
async function volley(
  stage: SyncStage,
  clients: readonly StageClient[],
  next: () => HostileFrame,
  problems: string[],
): Promise<number> {
  const attacks = clients.filter(({ closed }) => !closed).map((client) => ({ client, frame: next() }));
  for (const { client, frame } of attacks) deliver(client, frame, problems);
  await stage.clock.settle();
  for (const { client, frame } of attacks) judge(client, frame, problems);
  return attacks.length;
}

function deliver(client: StageClient, { kind, bytes }: HostileFrame, problems: string[]): void {
  try {
    client.send(bytes);
  } catch (cause) {
    problems.push(`${kind} ${show(bytes)} threw ${String(cause)}`);
  }
}

function judge(client: StageClient, { kind, bytes, expect }: HostileFrame, problems: string[]): void {
  const code = client.closed?.code ?? null;
  if (!expect.includes(code)) {
    problems.push(
      `${kind} ${show(bytes)}: ${code ?? "open"}, not ${expect.map((e) => e ?? "open").join(" or ")}`,
    );
  }
}

function show(bytes: Uint8Array | string): string {
  return typeof bytes === "string" ? JSON.stringify(bytes) : bytes.subarray(0, 60).toHex();
}

function liveHeap(): number {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
}
