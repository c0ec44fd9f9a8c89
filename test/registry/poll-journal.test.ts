import { describe, expect, test } from "bun:test";
import { createPollJournal, POLLS_PER_SOURCE_MAX } from "../../src/registry/poll-journal.ts";

describe("the latest polls", () => {
  test("WEB-19 each with its time, outcome and length; the oldest go, and those of a deleted source", () => {
    let now = 0;
    const journal = createPollJournal({ nowMs: () => now });
    for (now = 1; now <= POLLS_PER_SOURCE_MAX + 2; now++) journal.note("shop", "unchanged", 12.4);
    journal.note("rota", "unauthorized", 3);
    const { shop, rota } = journal.list();
    expect(shop).toHaveLength(POLLS_PER_SOURCE_MAX);
    expect(shop![0]).toEqual({ at: "1970-01-01T00:00:00.003Z", outcome: "unchanged", tookMs: 12 });
    expect(rota!.map(({ outcome }) => outcome)).toEqual(["unauthorized"]);
    journal.forget("shop");
    expect(Object.keys(journal.list())).toEqual(["rota"]);
  });
});
