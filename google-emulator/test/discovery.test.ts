import { describe, expect, test } from "bun:test";
import { isRight, judge, readDiscovery } from "./discovery.ts";

describe("Google's discovery documents", () => {
  test("EMU-53 what they call valid is answered in its shape or an honest 501, what they call invalid is refused", () => {
    const documents = readDiscovery();
    if (!documents)
      return console.log("Discovery documents are not beside the checkout: judging by them is skipped.");
    const verdicts = documents.flatMap(judge);
    expect(verdicts.filter((one) => !isRight(one))).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(5000);
  });
});
