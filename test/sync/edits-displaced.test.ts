/** Edits of a key that was used before, made without knowing of that: Yjs puts them before or after it by chance. */
import { describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { createEditsStage, PLACE } from "../support/edits-stage.ts";

const cell = (value: unknown) => ({ value });

function docWith(clientID: number, value?: unknown): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  if (value !== undefined) doc.getMap("edits").set("1:0", cell(value));
  return doc;
}

/** A stage on which an edit of "1:0" by client 5,000 was confirmed, and its author is still there. */
async function decided() {
  const stage = await createEditsStage();
  await stage.start();
  const first = stage.dial("ann", { doc: docWith(5_000, "first") });
  await stage.clock.advance(100);
  const { id } = stage.put()[0]!;
  await stage.edits.tell(PLACE, [{ tag: "confirmed", key: "1:0", id }]);
  await stage.clock.advance(100);
  expect(first.edits.size).toBe(0);
  return { stage, first };
}

describe("an edit that was made without knowing of a decided one of its key", () => {
  test.each([100, 4_999, 5_001, 900_000])(
    "EDT-31 is given, whatever its author's client id is (%p)",
    async (id) => {
      const { stage, first } = await decided();
      const second = stage.dial("ann", { doc: docWith(id, "second") });
      let gone = 0;
      second.edits.observe(() => {
        if (!second.edits.has("1:0")) gone++;
      });
      await stage.clock.advance(100);
      expect(stage.put().map(({ wish }) => wish)).toMatchObject([{ value: "first" }, { value: "second" }]);
      expect(second.edits.toJSON()).toEqual({ "1:0": cell("second") });
      expect(first.edits.toJSON()).toEqual({ "1:0": cell("second") });
      // It would pass for confirmed.
      expect(gone).toBe(0);
    },
  );

  test("EDT-31 is not given where its author took it back", async () => {
    const { stage } = await decided();
    const doc = docWith(100, "second");
    doc.getMap("edits").delete("1:0");
    const second = stage.dial("ann", { doc });
    await stage.clock.advance(100);
    expect(stage.put().length).toBe(1);
    expect(second.edits.size).toBe(0);
  });

  test("EDT-31 makes room for one of another device that is not decided", async () => {
    const { stage, first } = await decided();
    first.edits.set("1:0", cell("third"));
    await stage.clock.advance(100);
    stage.dial("ann", { doc: docWith(100, "second") });
    await stage.clock.advance(100);
    expect(first.edits.size).toBe(1);
    expect(stage.put().at(-1)?.wish).toMatchObject({ value: "third" });
  });
});
