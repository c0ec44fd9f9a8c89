import { describe, expect, test } from "bun:test";
import type { Connection } from "../../../client-sdk/src/index.ts";
import { ageWords, connectionWords, paceWords, staleWords } from "../../../src/registry/ui/parts/words.ts";

describe("WEB-5 ages and paces", () => {
  test.each([
    [-5000, "just now"],
    [900, "just now"],
    [59_999, "59 s ago"],
    [60_000, "1 min ago"],
    [7_200_000, "2 h ago"],
    [86_400_000, "1 day ago"],
    [3 * 86_400_000, "3 days ago"],
  ])("an age of %d ms reads %s", (ms, words) => {
    expect(ageWords(ms)).toBe(words);
  });

  test.each([
    [500, "every 0.5 s"],
    [5000, "every 5 s"],
    [90_000, "every 1.5 min"],
    [86_400_000, "every 24 h"],
  ])("a pace of %d ms reads %s", (ms, words) => {
    expect(paceWords(ms)).toBe(words);
  });
});

describe("connection words", () => {
  const live = { state: "live" } as const;
  const cases: readonly [Connection, string, string][] = [
    [{ state: "connecting", failures: 0 }, "connecting", "connecting"],
    [{ state: "connecting", failures: 3 }, "reconnecting", "reconnecting now"],
    [{ state: "connected" }, "live", "live"],
    [
      { state: "disconnected", reason: "unreachable", failures: 3, retryAfterMs: 2500 },
      "reconnecting",
      "reconnecting in 3 s",
    ],
    [
      { state: "disconnected", reason: "restart", failures: 1, retryAfterMs: 200 },
      "reconnecting",
      "daemon restarting, reconnecting in 1 s",
    ],
    [{ state: "needs-auth", reason: "token", detail: "" }, "signed-out", "signed out"],
    [{ state: "error", reason: "no-such-document", detail: "" }, "error", "gone"],
    [{ state: "closed", reason: "closed" }, "closed", "closed"],
  ];
  test.each(cases)("WEB-9 %o is told as %s", (connection, state, words) => {
    expect(connectionWords({ connection, status: live })).toMatchObject({ state, words });
  });

  test("WEB-9 connected is not called live before the rows are there", () => {
    const words = connectionWords({ connection: { state: "connected" }, status: { state: "loading" } });
    expect(words.state).toBe("connecting");
  });

  test("WEB-9 rows that are not live say of when they are", () => {
    const stale = { state: "stale", sinceMs: 1000, reason: "unreachable" } as const;
    expect(staleWords(stale, 61_000)).toBe("Not live: these are the values of 1 min ago.");
    expect(staleWords(live, 61_000)).toBeNull();
  });
});
