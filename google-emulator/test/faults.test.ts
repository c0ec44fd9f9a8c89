import { describe, expect, test } from "bun:test";
import { type Fault, type ServedEmulator, serveEmulator } from "../src/index.ts";
import { type TestEmulator, testEmulator, withRows } from "./support.ts";

const clear = (emulator: TestEmulator, id: string): number =>
  emulator.call("POST", `/v4/spreadsheets/${id}/values/A1:clear`, {}).status;

describe("faults", () => {
  test("EMU-35 a fault hits the calls it names, as often and as long as it says", () => {
    const emulator = testEmulator();
    const [one, two] = [withRows(emulator, [["a"]]), withRows(emulator, [["a"]])];
    const read = (id: string): number => emulator.get(`/v4/spreadsheets/${id}/values/A1`).status;
    emulator.placeFault({
      match: { path: "/values", method: "GET", spreadsheetId: one },
      answer: { kind: "html" },
      times: 2,
    });
    expect([read(two), read(one), read(one), read(one)]).toEqual([200, 500, 500, 200]);
    expect(emulator.faults()[0]?.hits).toBe(2);
    emulator.clearFaults();
    const fromMs = emulator.nowMs + 1000;
    const answer = { kind: "answer", status: 502, body: { error: "x" } } as const;
    emulator.placeFault({ match: { path: "/v4" }, answer, fromMs, untilMs: fromMs + 1000 });
    expect(read(one)).toBe(200);
    emulator.nowMs = fromMs;
    expect(read(one)).toBe(502);
    emulator.nowMs = fromMs + 1000;
    expect(read(one)).toBe(200);
  });

  describe("EMU-36 each of these", () => {
    test.each<[Fault["answer"], number, boolean]>([
      [{ kind: "html" }, 500, false],
      [{ kind: "quota" }, 429, false],
      [{ kind: "appliedThen503" }, 503, true],
      [{ kind: "reset", applied: false }, 503, false],
      [{ kind: "reset", applied: true }, 200, true],
      [{ kind: "garbage" }, 200, true],
      [{ kind: "truncated" }, 200, true],
      [{ kind: "delay", delayMs: 5 }, 200, true],
    ])("with the fault %j the call answers %d and its effect is there: %p", (answer, status, applied) => {
      const emulator = testEmulator();
      const id = withRows(emulator, [["a"]]);
      emulator.placeFault({ match: {}, answer });
      if (answer.kind === "garbage") {
        const spoiled = emulator.handle({ method: "POST", url: `/v4/spreadsheets/${id}/values/A1:clear` });
        expect(() => JSON.parse(spoiled.body)).toThrow();
      } else expect(clear(emulator, id)).toBe(status);
      expect(emulator.person(id).read("Sheet1")).toEqual(applied ? [] : [["a"]]);
    });
  });

  test("EMU-37 on a port a reset cuts the connection, a truncated body ends early, a delay waits", async () => {
    const emulator = testEmulator();
    const id = withRows(emulator, [["a"]]);
    const waits: number[] = [];
    const wait = async (ms: number): Promise<void> => {
      waits.push(ms);
    };
    const served: ServedEmulator = await serveEmulator(emulator, { port: 0, wait });
    try {
      const read = async (): Promise<string> =>
        (await fetch(`${served.url}/v4/spreadsheets/${id}/values/A1`)).text();
      expect(await read()).toContain('"a"');
      // Not once only: an HTTP client may try again by itself when a kept connection is cut.
      emulator.placeFault({ match: {}, answer: { kind: "reset", applied: false } });
      expect(await read().catch(() => "cut")).toBe("cut");
      emulator.clearFaults();
      emulator.placeFault({ match: {}, answer: { kind: "truncated" }, times: 1 });
      expect(await read().catch(() => "cut")).toBe("cut");
      emulator.clearFaults();
      emulator.placeFault({ match: {}, answer: { kind: "delay", delayMs: 1234 }, times: 1 });
      expect(await read()).toContain('"a"');
      expect(waits).toEqual([1234]);
    } finally {
      await served.stop();
    }
  });

  test("EMU-38 the token endpoint can fail too", () => {
    const emulator = testEmulator();
    const body = { error: "internal_failure" };
    emulator.placeFault({
      match: { path: "/token" },
      answer: { kind: "answer", status: 500, body },
      times: 1,
    });
    expect([emulator.call("POST", "/token").status, emulator.call("POST", "/token").status]).toEqual([
      500, 200,
    ]);
  });
});
