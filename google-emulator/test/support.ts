/** What the emulator's tests share: a clock set by hand, a seeded generator, short calls. */
import { createEmulator, type Emulator, type EmulatorOptions, type Json } from "../src/index.ts";

export interface TestEmulator extends Emulator {
  /** Milliseconds; tests set it. */
  nowMs: number;
  /** Status and parsed body of one call; `body` is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Answer;
  get(path: string): Answer;
}

/** An answer's JSON, looked into without asking whether each field is there. */
export interface Loose {
  readonly [name: string]: Loose;
  readonly [index: number]: Loose;
}

export interface Answer {
  readonly status: number;
  readonly body: Loose;
}

export const START_MS = Date.parse("2026-05-04T10:00:30Z");

export function testEmulator(options: Partial<EmulatorOptions> = { open: true }): TestEmulator {
  const state = { nowMs: START_MS };
  const emulator = createEmulator({ nowMs: () => state.nowMs, random: seeded(7), ...options });
  const call: TestEmulator["call"] = (method, path, body, headers = {}) => {
    const answer = emulator.handle({
      method,
      url: path,
      headers: { "content-type": "application/json", ...headers },
      body: body === undefined ? "" : JSON.stringify(body),
    });
    const json = answer.headers["content-type"]?.includes("json");
    return { status: answer.status, body: json ? JSON.parse(answer.body) : answer.body };
  };
  return Object.defineProperty({ ...emulator, call, get: (path: string) => call("GET", path) }, "nowMs", {
    get: () => state.nowMs,
    set: (value: number) => {
      state.nowMs = value;
    },
  }) as TestEmulator;
}

/** A workbook "Shop" with one tab of the given rows; texts are typed. */
export function withRows(emulator: Emulator, rows: readonly (readonly Json[])[], title = "Sheet1"): string {
  return emulator.addWorkbook({ title: "Shop", tabs: [{ title, rows }] });
}

export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
