import { expect, test } from "bun:test";
import { killAmidEdits } from "./edits-kill-run.ts";

const ROUNDS = 6;

test("DUR-11 kill -9 at any moment amid edits: each has one fate, nothing is lost, written or told twice", async () => {
  const figures = await killAmidEdits({ rounds: ROUNDS, seed: "quick" });
  expect(figures.rounds).toBe(ROUNDS);
  expect(figures.confirmed).toBeGreaterThan(20);
  expect(figures.historyEntries).toBeGreaterThanOrEqual(figures.confirmed);
}, 180_000);
