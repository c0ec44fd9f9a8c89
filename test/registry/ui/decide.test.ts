/** What the choice at a marked cell does. */
import { describe, expect, test } from "bun:test";
import { err, ok } from "../../../client-sdk/src/contract/result.ts";
import type { EditStatus, Receipt } from "../../../client-sdk/src/index.ts";
import { type DecideApi, type Decision, decide } from "../../../src/registry/ui/grid/decide.ts";
import type { ApiError } from "../../../src/registry/ui/rest/call.ts";

function stage(status: Pick<EditStatus, "state"> & Partial<EditStatus>, error?: ApiError) {
  const done: unknown[] = [];
  const answer = async (...act: unknown[]) => {
    done.push(act);
    return error ? err(error) : ok({});
  };
  const api = {
    resolveConflict: (id: string, body: unknown) => answer("resolve", id, body),
    requeueDeadLetter: (id: string) => answer("requeue", id),
  } as unknown as DecideApi;
  const receipt = { status, dismiss: () => done.push("dismiss") } as unknown as Receipt;
  const run = (choice: Decision["choice"]) =>
    decide(api, { choice, receipt, again: () => done.push("again") });
  return { done, run };
}

const refused = (code: string): ApiError => ({
  tag: "Refused",
  problem: { type: `/problems/${code}`, title: "No", status: 409, detail: "Not so." },
});

describe("the choice at a marked cell", () => {
  test("WEB-44 decides the conflict's record and takes the mark off", async () => {
    const mine = stage({ state: "conflict", record: "c1" });
    expect(await mine.run("again")).toBe("");
    expect(mine.done).toEqual([["resolve", "c1", { choice: "mine" }], "dismiss"]);
    const theirs = stage({ state: "conflict", record: "c1" });
    await theirs.run("keep");
    expect(theirs.done).toEqual([["resolve", "c1", { choice: "theirs" }], "dismiss"]);
  });

  test("WEB-44 a parked edit is tried again by its dead letter, which stays when only the mark is dismissed", async () => {
    const again = stage({ state: "parked", record: "d1" });
    await again.run("again");
    expect(again.done).toEqual([["requeue", "d1"], "dismiss"]);
    const dismissed = stage({ state: "parked", record: "d1" });
    await dismissed.run("keep");
    expect(dismissed.done).toEqual(["dismiss"]);
  });

  test("WEB-44 without a record the wish is made again", async () => {
    const { done, run } = stage({ state: "refused" });
    await run("again");
    expect(done).toEqual(["dismiss", "again"]);
  });

  test("WEB-44 the mark stays while the daemon does not answer, and goes when somebody decided otherwise", async () => {
    const gone = stage({ state: "conflict", record: "c1" }, { tag: "Unreachable" });
    expect(await gone.run("again")).not.toBe("");
    expect(gone.done).not.toContain("dismiss");
    const decided = stage({ state: "conflict", record: "c1" }, refused("already-resolved"));
    expect(await decided.run("again")).toContain("Not so.");
    expect(decided.done).toContain("dismiss");
    const mayNot = stage({ state: "conflict", record: "c1" }, refused("edit-refused"));
    await mayNot.run("again");
    expect(mayNot.done).not.toContain("dismiss");
  });
});
