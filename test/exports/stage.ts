/** Exports against the emulator in process, in virtual time; the daemon can be killed at any of its steps. */
import type { DataObject } from "#contract/templates.ts";
import { createEmulator } from "../../google-emulator/src/index.ts";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import { createExports, type Exports, type NewExport } from "../../src/exports/exports.ts";
import type { ExportRecord } from "../../src/exports/jobs/record.ts";
import type { SheetPlan } from "../../src/exports/plan.ts";
import { planExport } from "../../src/exports/plan-export.ts";
import { createGoogleDriver } from "../../src/sources/google/google-driver.ts";
import { ENDPOINT } from "../sources/google/test-source.ts";
import { createFakeNet, type FakeAnswer } from "../support/fake-net.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

export type Life = Exports & { isDead(): boolean };
type Asked = Parameters<Parameters<ReturnType<typeof createFakeNet>["answer"]>[0]>[0];

export type ExportStage = ReturnType<typeof createExportStage>;

export function createExportStage({ quota }: { readonly quota?: null } = {}) {
  const net = createFakeNet();
  const { runtime, clock, random, logs } = createTestRuntime({ net });
  const emulator = createEmulator({
    nowMs: clock.nowMs,
    random: () => random.float(),
    ...(quota === null && { quota }),
  });
  const calls: string[] = [];
  let sentBytes = 0;
  const carry = (request: Asked): FakeAnswer => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/token") calls.push(`${request.method} ${pathname}`);
    const answer = emulator.handle(request);
    sentBytes = Math.max(sentBytes, String(request.body ?? "").length);
    if (answer.broken === "reset") return { tag: "Unreachable", detail: "connection reset" };
    return new Response(answer.status === 204 ? null : answer.body, {
      status: answer.status,
      headers: answer.headers,
    });
  };
  net.answer(carry);
  const key = emulator.accounts.registerServiceAccount();
  const backendStore = createMemoryStore();
  const credentials = { type: "serviceAccount", key } as const;

  /**
   * A daemon's life: what one leaves, the next finds. With `killAt` it ends at that point of its calls and stores,
   * counted from 1: each has one before it and one behind it, where it has been done but is not known.
   */
  function start({ killAt = Number.POSITIVE_INFINITY }: { readonly killAt?: number } = {}): Life {
    const { kv } = createMemoryBackend({ store: backendStore });
    let points = 0;
    const dead = (): boolean => points >= killAt;
    const dies = (): boolean => {
      if (!dead()) points++;
      return dead();
    };
    const never = new Promise<never>(() => {});
    async function mortal<T>(act: () => Promise<T>): Promise<T> {
      if (dies()) return never;
      const done = await act();
      return dies() ? never : done;
    }
    const maker = createGoogleDriver({ endpoint: ENDPOINT, ...(quota === null && { quota: NO_QUOTA }) });
    const exports = createExports({
      kv: { ...kv, put: (...put) => mortal(() => kv.put(...put)) },
      runtime: { ...runtime, net: { request: (request) => mortal(() => net.request(request)) } },
      maker,
      credentials: async (account) => (account === "robot" ? credentials : null),
    });
    return Object.assign(exports, { isDead: dead });
  }

  /** Lets time pass until the export rests, however long Google makes it wait. */
  async function rest(exports: Life, id = "exp-1", minutesMax = 60): Promise<ExportRecord> {
    for (let look = 0; look < minutesMax * 12; look++) {
      await clock.settle();
      const record = exports.get(id);
      if (exports.isDead()) return record!;
      if (record && ["Idle", "Failed", "Cancelled"].includes(record.phase.tag)) return record;
      await clock.advance(5_000);
    }
    throw new Error(`the export did not come to rest: ${JSON.stringify(exports.get(id)?.phase)}`);
  }

  const newExport = (plan: SheetPlan, more: Partial<NewExport> = {}): NewExport => ({
    id: "exp-1",
    subject: "admin",
    conversationId: null,
    account: "robot",
    folder: null,
    share: [],
    edits: "overwrite",
    live: null,
    claims: {},
    key: null,
    plan,
    ...more,
  });

  /** What a person does that takes the API. */
  function batchUpdate(id: string, ...requests: object[]): void {
    const token = emulator.accounts.issueToken(key.client_email);
    const answer = emulator.handle({
      method: "POST",
      url: `${ENDPOINT}/v4/spreadsheets/${id}:batchUpdate`,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ requests }),
    });
    if (answer.status !== 200) throw new Error(String(answer.body));
  }

  function get<T>(id: string, query = ""): T {
    const token = emulator.accounts.issueToken(key.client_email);
    const url = `${ENDPOINT}/v4/spreadsheets/${id}${query}`;
    const answer = emulator.handle({
      method: "GET",
      url,
      headers: { authorization: `Bearer ${token}` },
      body: "",
    });
    return JSON.parse(String(answer.body));
  }

  const keys = async (prefix: string) =>
    (await createMemoryBackend({ store: backendStore }).kv.list(prefix)).map(({ key: name }) => name);

  function trashed(id: string): boolean {
    const headers = { authorization: `Bearer ${emulator.accounts.issueToken(key.client_email)}` };
    const url = `${ENDPOINT}/drive/v3/files/${id}?fields=trashed`;
    return JSON.parse(String(emulator.handle({ method: "GET", url, headers, body: "" }).body)).trashed;
  }

  return {
    keys,
    trashed,
    /** Of the largest body sent. */
    get sentBytes() {
      return sentBytes;
    },
    net,
    carry,
    runtime,
    clock,
    logs,
    emulator,
    calls,
    email: key.client_email,
    start,
    rest,
    newExport,
    batchUpdate,
    get,
  };
}

const NO_QUOTA = {
  readsPerUser: 1e9,
  writesPerUser: 1e9,
  readsPerProject: 1e9,
  writesPerProject: 1e9,
};

/** A table with a key and no template of anybody's. */
export function tablePlan(
  rows: readonly DataObject[],
  key: string | null = "sku",
  title = "Prices",
): SheetPlan {
  const template = { id: "table", version: 1, name: "Table", tabs: [{ title: "Items" }] };
  const planned = planExport(template, rows as never, { title, key: key ?? undefined });
  if (!planned.ok) throw new Error(JSON.stringify(planned.error));
  return planned.value;
}
