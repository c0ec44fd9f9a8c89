import { describe, expect, test } from "bun:test";
import { createGate, type Gate } from "../../src/access/gate.ts";
import { createFailureLimits } from "../../src/access/limits.ts";
import { createTokens } from "../../src/access/tokens.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtual-clock.ts";

function setUp(): { gate: Gate; clock: VirtualClock } {
  const clock = createVirtualClock();
  const limits = createFailureLimits({ clock, burst: 3, refillMs: 1_000, addressesMax: 2 });
  return { gate: createGate({ tokens: createTokens({ adminToken: "right" }), limits }), clock };
}

const guess = async (gate: Gate, times: number, address = "1.1.1.1"): Promise<string[]> => {
  const admissions = Array.from({ length: times }, () => gate.admit("wrong", address));
  return (await Promise.all(admissions)).map(({ tag }) => tag);
};

describe("the gate", () => {
  test("ACC-5 says apart no token, a wrong token and a right one", async () => {
    const { gate } = setUp();
    expect(await gate.admit(null, "a")).toEqual({ tag: "NoToken" });
    expect(await gate.admit("wrong", "a")).toEqual({ tag: "WrongToken" });
    expect(await gate.admit("right", "a")).toMatchObject({ tag: "Admitted", grant: { subject: "admin" } });
  });

  test("ACC-6 wrong tokens from one address are slowed down after a burst, and then even a right one waits", async () => {
    const { gate, clock } = setUp();
    expect(await guess(gate, 5)).toEqual(["WrongToken", "WrongToken", "WrongToken", "SlowDown", "SlowDown"]);
    expect(await gate.admit("right", "1.1.1.1")).toEqual({ tag: "SlowDown", retryAfterMs: 1_000 });
    await clock.advance(400);
    expect(await gate.admit("right", "1.1.1.1")).toEqual({ tag: "SlowDown", retryAfterMs: 600 });
    await clock.advance(600);
    expect(await guess(gate, 2)).toEqual(["WrongToken", "SlowDown"]);
    await clock.advance(60_000);
    expect(await guess(gate, 4)).toEqual(["WrongToken", "WrongToken", "WrongToken", "SlowDown"]);
  });

  test("ACC-7 other addresses, requests without a token and bearers already let in are not slowed down", async () => {
    const { gate } = setUp();
    for (let time = 0; time < 10; time++) await gate.admit(null, "1.1.1.1");
    expect((await gate.admit("right", "1.1.1.1")).tag).toBe("Admitted");
    await guess(gate, 5);
    expect((await gate.admit("right", "1.1.1.1")).tag).toBe("Admitted");
    expect((await gate.admit(null, "1.1.1.1")).tag).toBe("NoToken");
    expect((await gate.admit("right", "2.2.2.2")).tag).toBe("Admitted");
  });

  test("ACC-8 remembers a bounded number of addresses, the latest ones", async () => {
    const { gate } = setUp();
    for (const address of ["a", "b", "c"]) await guess(gate, 3, address);
    expect(await guess(gate, 1, "c")).toEqual(["SlowDown"]);
    expect(await guess(gate, 1, "b")).toEqual(["SlowDown"]);
    expect(await guess(gate, 1, "a")).toEqual(["WrongToken"]);
  });
});
