import { expect, test } from "bun:test";
import { fuzzFrames } from "../support/frame-fuzz.ts";

test("SYN-26 20,000 hostile frames: each is closed with its code, nothing changes, nobody else notices, memory is flat", async () => {
  const result = await fuzzFrames({ seed: 20_000, frames: 20_000 });
  expect(result.problems).toEqual([]);
  expect(result.frames).toBeGreaterThanOrEqual(20_000);
  for (const code of ["4400", "4403", "4409", "open"])
    expect(result.outcomes[code] ?? 0).toBeGreaterThan(100);
  expect(result.heapBytes.late - result.heapBytes.early).toBeLessThan(8 * 1024 * 1024);
}, 60_000);
