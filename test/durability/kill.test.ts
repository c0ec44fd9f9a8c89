import { expect, test } from "bun:test";
import { killAgainAndAgain } from "./kill-run.ts";

const ROUNDS = 8;

test("DUR-1 DUR-2 DUR-3 kill -9 at any moment loses nothing that a client has, and nothing starts over", async () => {
  const figures = await killAgainAndAgain({ rounds: ROUNDS, seed: "quick" });
  expect(figures.rounds).toBe(ROUNDS);
  expect(figures.killedWhileStarting).toBeGreaterThan(0);
  expect(figures.received).toBeGreaterThan(20);
}, 120_000);
