/** A workbook in the emulator, in process, and sources that read it. */
import { expect } from "bun:test";
import type { RegisterBody } from "#contract/rest.ts";
import { createEmulator, type WorkbookSeed } from "../../../google-emulator/src/index.ts";
import { createGoogleDriver, type GoogleDriverOptions } from "../../../src/sources/google/google-driver.ts";
import type { PollResult, Revision, SourceError } from "../../../src/sources/source.ts";
import { createFakeNet, type FakeAnswer } from "../../support/fake-net.ts";
import { createTestRuntime } from "../../support/test-runtime.ts";
import { ENDPOINT } from "./test-source.ts";

const ROWS = [
  ["sku", "price", "day", "total"],
  ["a", 1.5, "2030-05-01", "=B2*2"],
  ["b", 2, "2030-05-02", "=B3/0"],
  ["0042", true, "", "=NA()"],
];

export type Emulated = ReturnType<typeof createEmulated>;

/** Tabs "Prices" and "Stock" unless a seed says otherwise. */
export function createEmulated(
  seed: Partial<WorkbookSeed> = {},
  options: Omit<GoogleDriverOptions, "endpoint"> = {},
) {
  const net = createFakeNet();
  const { runtime, clock, random } = createTestRuntime({ net });
  /** How far Google's clock is ahead of ours. */
  const google = { aheadMs: 0 };
  const nowMs = (): number => clock.nowMs() + google.aheadMs;
  const emulator = createEmulator({ nowMs, random: () => random.float() });
  const carry = (request: Parameters<Parameters<typeof net.answer>[0]>[0]): FakeAnswer => {
    const answer = emulator.handle(request);
    if (answer.broken === "reset") return { tag: "Unreachable", detail: "connection reset" };
    const body = answer.broken ? answer.body.slice(0, answer.body.length / 2) : answer.body;
    return new Response(body, {
      status: answer.status,
      headers: { ...answer.headers, date: new Date(nowMs()).toUTCString() },
    });
  };
  net.answer(carry);
  const key = emulator.accounts.registerServiceAccount();
  const id = emulator.addWorkbook({
    title: "Shop",
    tabs: [{ title: "Prices", rows: ROWS }, { title: "Stock" }],
    ...seed,
  });
  emulator.share(id, key.client_email, "reader");
  const driver = createGoogleDriver({ ...options, endpoint: ENDPOINT });
  const credentials: RegisterBody["credentials"] = { type: "serviceAccount", key };
  const open = (more: Partial<RegisterBody> = {}) => {
    const settings = {
      id: "shop",
      type: "googleSheet",
      url: `${ENDPOINT}/spreadsheets/d/${id}`,
      credentials,
      ...more,
    };
    const checked = { ...settings, type: "googleSheet" } as const;
    expect(driver.check(checked)).toEqual([]);
    return driver.open(checked, runtime);
  };

  /** Polls like an actor, with the revision of the last good poll. */
  const follow = (more: Partial<RegisterBody> = {}) => {
    const source = open(more);
    let since: Revision | null = null;
    const { signal } = new AbortController();
    return {
      async poll(): Promise<PollResult> {
        const polled = await source.poll(since, signal);
        if (!polled.ok) throw new Error(`the poll failed: ${JSON.stringify(polled.error)}`);
        if (polled.value.tag !== "Pending") since = polled.value.revision;
        return polled.value;
      },
      async fail(): Promise<SourceError> {
        const polled = await source.poll(since, signal);
        if (polled.ok) throw new Error(`the poll did not fail: ${polled.value.tag}`);
        return polled.error;
      },
    };
  };
  /** What a person does that takes the API: merges, named ranges, hidden rows. */
  const batchUpdate = (...requests: object[]): void => {
    const token = emulator.accounts.issueToken("owner@example.com");
    const answer = emulator.handle({
      method: "POST",
      url: `${ENDPOINT}/v4/spreadsheets/${id}:batchUpdate`,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ requests }),
    });
    if (answer.status !== 200) throw new Error(String(answer.body));
  };
  const person = emulator.person(id);
  return {
    runtime,
    credentials,
    net,
    carry,
    clock,
    google,
    emulator,
    id,
    open,
    follow,
    batchUpdate,
    email: key.client_email,
    person,
  };
}
