import { describe, expect, test } from "bun:test";
import { type Breaker, begun, CLOSED, type Evidence, judged, refusal } from "../../src/model/breaker.ts";

const failing: Evidence<string> = { tag: "account", error: "no token", leastMs: 0 };
const maybe: Evidence<string> = { tag: "maybe", error: "no answer" };

describe("breaker", () => {
  test("SCH-12 a failure of the account opens it at once, and its sources are told why", () => {
    const open = judged<string>(CLOSED, "a", failing, 1_000, 0.5);
    expect(refusal(open, 1_100)).toBe("no token");
    expect(refusal(open, 1_500)).toBeNull();
  });

  test("SCH-12 three sources without an answer open it, one source alone or a good answer between do not", () => {
    const after = (...steps: readonly (readonly [string, Evidence<string>])[]): Breaker<string> =>
      steps.reduce<Breaker<string>>(
        (breaker, [source, evidence]) => judged(breaker, source, evidence, 0, 0.5),
        CLOSED,
      );
    expect(after(["a", maybe], ["b", maybe], ["c", maybe]).tag).toBe("Open");
    expect(after(["a", maybe], ["a", maybe], ["a", maybe]).tag).toBe("Closed");
    expect(after(["a", maybe], ["b", maybe], ["c", { tag: "fine" }], ["c", maybe]).tag).toBe("Closed");
  });

  test("SCH-13 after the wait one poll probes and the others are refused until it answers", () => {
    const open = judged<string>(CLOSED, "a", failing, 0, 0.5);
    expect(
      refusal(judged<string>(CLOSED, "a", { ...failing, leastMs: 60_000 }, 0, 0.5), 5_000, true),
    ).toBeNull();
    const probing = begun(open, "b");
    expect(refusal(probing, 10_000)).toBe("no token");
    expect(judged(probing, "b", { tag: "fine" }, 10_000, 0.5)).toEqual(CLOSED);
    // What was under way before it opened tells nothing new.
    expect(judged(probing, "c", failing, 10_000, 0.5)).toBe(probing);
  });

  test("SCH-13 a probe that fails doubles the wait, with full jitter; one that told nothing is repeated", () => {
    let breaker = judged<string>(CLOSED, "a", failing, 0, 0.5);
    const waits: number[] = [];
    for (let probe = 0; probe < 9; probe++) {
      breaker = judged(begun(breaker, "a"), "a", maybe, 0, 0.5);
      if (breaker.tag === "Open") waits.push(breaker.untilMs);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    const again = judged(begun(breaker, "a"), "a", { tag: "nothing" }, 7_000, 0.5);
    expect(refusal(again, 7_000)).toBeNull();
  });
});
