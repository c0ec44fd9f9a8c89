import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type CellValue, cellsEqual } from "#contract/cell.ts";
import { type CellWrite, resolveCell, type Standing } from "../../src/model/resolve.ts";
import type { ConflictPolicy } from "../../src/model/write.ts";

const POLICIES: readonly ConflictPolicy[] = ["sheet", "client", "latest", "ask"];

const cell: fc.Arbitrary<CellValue> = fc.oneof(
  fc.constantFrom<CellValue[]>(null, true, false, 0, 1, 2, "", "a", "b", "1"),
  fc.constant({ error: "#REF!" }),
);
const policy = fc.constantFrom(...POLICIES);
const time = fc.integer({ min: 0, max: 4 });

function edit(fields: Partial<CellWrite> = {}): CellWrite {
  return {
    tag: "cell",
    id: "e",
    atMs: 10,
    row: 1,
    slot: 0,
    value: "mine",
    base: "base",
    policy: "sheet",
    theirsAtMs: 5,
    ...fields,
  };
}
const holding = (value: CellValue, known: CellValue = value): Standing => ({ value, known });

describe("resolving edits", () => {
  test("RES-1 what stands there already is confirmed, whatever the edit was made on", () => {
    fc.assert(
      fc.property(cell, cell, policy, (value, base, policy) => {
        expect(resolveCell(edit({ value, base, policy }), holding(value))).toEqual({ tag: "confirm" });
      }),
    );
  });

  test("RES-2 an edit made on what stands there is written, whatever the policy", () => {
    fc.assert(
      fc.property(cell, cell, cell, policy, (value, base, known, policy) => {
        fc.pre(!cellsEqual(value, base));
        const verdict = resolveCell(edit({ value, base, policy }), holding(base, known));
        expect(verdict).toEqual({ tag: "write" });
      }),
    );
  });

  test("RES-3 an edit that names no base replaces whatever stands there", () => {
    const { base: _, ...free } = edit();
    for (const policy of POLICIES)
      expect(resolveCell({ ...free, policy }, holding("theirs"))).toEqual({ tag: "write" });
  });

  test("RES-4 where both sides changed, exactly one value stands and the other is told", () => {
    fc.assert(
      fc.property(
        cell,
        cell,
        cell,
        cell,
        policy,
        time,
        time,
        (value, base, theirs, known, policy, at, seen) => {
          fc.pre(!cellsEqual(theirs, value) && !cellsEqual(theirs, base));
          const wish = edit({ value, base, policy, atMs: at, theirsAtMs: seen });
          const verdict = resolveCell(wish, holding(theirs, known));
          if (verdict.tag === "write") expect(verdict.lost).toEqual(theirs);
          else expect(verdict).toEqual({ tag: "conflict", theirs, asked: policy === "ask" });
        },
      ),
    );
  });

  test("RES-4 sheet keeps theirs, client mine, ask keeps theirs until a person has chosen", () => {
    const by = (policy: ConflictPolicy) => resolveCell(edit({ policy }), holding("theirs"));
    expect(by("sheet")).toEqual({ tag: "conflict", theirs: "theirs", asked: false });
    expect(by("client")).toEqual({ tag: "write", lost: "theirs" });
    expect(by("ask")).toEqual({ tag: "conflict", theirs: "theirs", asked: true });
  });

  test("RES-5 latest lets mine stand only if it was wished after theirs was first seen", () => {
    const at = (atMs: number) => resolveCell(edit({ policy: "latest", atMs }), holding("theirs")).tag;
    expect(at(6)).toBe("write");
    expect(at(5)).toBe("conflict");
    expect(at(4)).toBe("conflict");
  });

  test("RES-5 what is newer than the baseline is later than every wish", () => {
    const wish = edit({ policy: "latest", atMs: 1_000, theirsAtMs: 0 });
    expect(resolveCell(wish, holding("theirs", "older")).tag).toBe("conflict");
  });

  test("RES-6 what the far end made of our value is our value, as a wish and as a base", () => {
    const trimmed = (value: CellValue): CellValue => (value === "" ? null : value);
    expect(resolveCell(edit({ value: "", base: "x" }), holding(null), trimmed)).toEqual({ tag: "confirm" });
    expect(resolveCell(edit({ value: "n", base: "" }), holding(null), trimmed)).toEqual({ tag: "write" });
    expect(resolveCell(edit({ value: "n", base: "" }), holding(null)).tag).toBe("conflict");
  });

  test("RES-7 a formula is ours by its text, and a plain value is not confirmed by a formula that gives it", () => {
    const there: Standing = { value: "mine", formula: "=A1", known: "base" };
    expect(resolveCell(edit({ base: "mine" }), there)).toEqual({ tag: "write" });
    expect(resolveCell(edit({ value: null, formula: "=A1" }), there)).toEqual({ tag: "confirm" });
    expect(resolveCell(edit({ value: "mine", formula: "=B1" }), there).tag).toBe("conflict");
  });
});
