import { describe, expect, test } from "bun:test";
import { readSessions, replay } from "./recorded.ts";

/** Of all recorded steps; what does not match has its reason in google-emulator/README.md. */
const SHARE_MIN = 0.97;

describe("recorded traffic", () => {
  test("EMU-44 answers to recorded real sessions match in status and structure", () => {
    const sessions = readSessions();
    if (!sessions)
      return console.log("Recorded sessions are not beside the checkout: their replay is skipped.");
    const { steps, matched } = replay(sessions);
    expect(matched / steps).toBeGreaterThanOrEqual(SHARE_MIN);
  });
});
